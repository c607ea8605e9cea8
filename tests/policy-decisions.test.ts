/**
 * The decision table (`policy-decisions.ts`, `policy-principals.ts`, `policy-coverage.ts`), every row of it decided twice:
 * as an Allow that lets a stranger in, and as a Deny that keeps the owner's root out. Then the laws
 * that no policy may break.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { decide, type Decision } from '../src/access/decision.ts';
import type { ConditionContext } from '../src/access/permission.ts';
import { parseBucketPolicy, parseIdentityPolicy } from '../src/access/policy/parse.ts';
import { coverageScenarios } from './policy-coverage.ts';
import { doublyQualifiedRows, nullRows, operatorBlocks } from './policy-decisions.ts';
import { principalScenarios } from './policy-principals.ts';
import { identities, type Scenario } from './policy-scenario.ts';

const bucket = 'examplebucket';
const ownerAccount = identities.root.account.id;
let rowsRun = 0;

/** Whether a condition holds, asked with both effects. */
function holds(condition: unknown, context: ConditionContext): boolean {
  const answers = (['Allow', 'Deny'] as const).map((effect) => {
    const policy = parseBucketPolicy(
      JSON.stringify({
        Version: '2012-10-17',
        Statement: {
          Effect: effect,
          Principal: '*',
          Action: 's3:*',
          Resource: `arn:aws:s3:::${bucket}/*`,
          Condition: condition,
        },
      }),
      { bucket },
    );
    const decision = decide({
      identity: effect === 'Allow' ? identities.anonymous : identities.root,
      permission: { action: 's3:GetObject', resource: `arn:aws:s3:::${bucket}/key`, bucket },
      context,
      bucket: { ownerAccount, policy },
    });
    return effect === 'Allow' ? decision.allowed : !decision.allowed;
  });
  assert.equal(answers[0], answers[1], 'an Allow and a Deny must read a condition alike');
  return answers[0] === true;
}

function contextOf(key: string, values: readonly string[] | undefined): ConditionContext {
  return new Map(values === undefined ? [] : [[key.toLowerCase(), values]]);
}

function row(name: string, run: () => void): void {
  rowsRun += 1;
  test(name, run);
}

describe('operators', () => {
  for (const { operator, key, policy, rows } of operatorBlocks) {
    for (const [request, ...expected] of rows) {
      const qualified = [
        operator,
        `${operator}IfExists`,
        `ForAllValues:${operator}`,
        `ForAnyValue:${operator}`,
      ];
      for (const [index, name] of qualified.entries()) {
        row(`${name} ${JSON.stringify(policy)} of ${JSON.stringify(request)}`, () => {
          const condition = { [name]: { [key]: policy } };
          assert.equal(holds(condition, contextOf(key, request)), expected[index]);
        });
      }
    }
  }
  for (const [request, isNull, isNotNull] of nullRows) {
    row(`Null of ${JSON.stringify(request)}`, () => {
      const context = contextOf('aws:UserAgent', request);
      assert.equal(holds({ Null: { 'aws:UserAgent': 'true' } }, context), isNull);
      assert.equal(holds({ Null: { 'aws:UserAgent': false } }, context), isNotNull);
      assert.equal(holds({ Null: { 'aws:UserAgent': ['true', 'false'] } }, context), true);
    });
  }
  for (const [operator, request, expected] of doublyQualifiedRows) {
    row(`${operator} ["red"] of ${JSON.stringify(request)}`, () => {
      const condition = { [operator]: { 'aws:UserAgent': 'red' } };
      assert.equal(holds(condition, contextOf('aws:UserAgent', request)), expected);
    });
  }
  test('several operators and several keys must all hold', () => {
    const condition = {
      StringEquals: { 'aws:UserAgent': 'red', 'aws:referer': 'home' },
      Bool: { 'aws:SecureTransport': 'true' },
    };
    const all = new Map([
      ['aws:useragent', ['red']],
      ['aws:referer', ['home']],
      ['aws:securetransport', ['true']],
    ]);
    assert.equal(holds(condition, all), true);
    for (const key of all.keys()) {
      assert.equal(holds(condition, new Map(all).set(key, ['other'])), false, key);
    }
  });
});

function run(scenario: Scenario): Decision {
  const { as, action, on, statements, userStatements, context = {}, restricted } = scenario;
  const resource = on === '*' ? '*' : `arn:aws:s3:::${on}`;
  const version = { Version: scenario.version ?? '2012-10-17' };
  const policy =
    statements &&
    parseBucketPolicy(JSON.stringify({ ...version, Statement: statements }), { bucket });
  const identityPolicy =
    userStatements &&
    parseIdentityPolicy(JSON.stringify({ ...version, Statement: userStatements }));
  const aboutBucket = on !== '*' && scenario.bucketless !== true;
  return decide({
    identity: identities[as],
    permission: { action, resource, ...(aboutBucket ? { bucket } : {}) },
    context: new Map(Object.entries(context)),
    bucket: aboutBucket
      ? { ownerAccount, policy, restrictPublicBuckets: restricted ?? false }
      : undefined,
    identityPolicy,
  });
}

describe('who is let in', () => {
  for (const scenario of [...principalScenarios, ...coverageScenarios]) {
    row(scenario.name, () => {
      const { allowed, reason, by, statement } = run(scenario);
      const answer = [reason, by, statement].filter((part) => part !== undefined).join(' ');
      assert.equal(answer, scenario.answer);
      assert.equal(allowed, reason === 'allowed');
    });
  }
});

test('the table has at least 300 rows', () => {
  assert.ok(rowsRun >= 300, `${rowsRun} rows`);
});

describe('laws', () => {
  const condition = fc.option(
    fc.oneof(
      fc
        .constantFrom('StringEquals', 'StringNotLike', 'ForAnyValue:StringNotEquals')
        .map((name) => ({
          [name]: { 'aws:UserAgent': ['red', '${aws:username}'] },
        })),
      fc.constantFrom('true', 'false').map((value) => ({ Null: { 's3:x-amz-acl': value } })),
    ),
    { nil: undefined },
  );
  const statement = fc.record(
    {
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: fc.constantFrom(
        '*',
        { AWS: identities.root.account.id },
        { AWS: `arn:aws:iam::${ownerAccount}:user/${identities.user.userName}` },
      ),
      Action: fc.constantFrom('s3:PutObject', 's3:Put*', '*'),
      Resource: fc.constantFrom(
        `arn:aws:s3:::${bucket}/*`,
        `arn:aws:s3:::${bucket}/\${aws:username}/*`,
      ),
      Condition: condition,
    },
    { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
  );
  const statements = fc.array(statement, { minLength: 1, maxLength: 5 });
  const who = fc.constantFrom('root', 'user', 'strangerRoot', 'stranger', 'anonymous');
  const agent = fc.constantFrom(undefined, ['red'], ['blue'], ['red', 'blue']);

  function outcome(
    list: readonly object[],
    as: keyof typeof identities,
    values: readonly string[] | undefined,
  ): Decision {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: list });
    return decide({
      identity: identities[as],
      permission: { action: 's3:PutObject', resource: `arn:aws:s3:::${bucket}/bob/x`, bucket },
      context: new Map(values === undefined ? [] : [['aws:useragent', values]]),
      bucket: { ownerAccount, policy: parseBucketPolicy(text, { bucket }) },
    });
  }

  test('nobody but the owner is let in without an Allow', () => {
    fc.assert(
      fc.property(statements, who, agent, (list, as, values) => {
        const denials = list.map((each): object => ({ ...each, Effect: 'Deny' }));
        const decision = outcome(denials, as, values);
        assert.ok(!decision.allowed || decision.by === 'owner');
      }),
    );
  });

  test('an explicit Deny wins, wherever it stands', () => {
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: `arn:aws:s3:::${bucket}/*`,
    };
    fc.assert(
      fc.property(statements, fc.nat(5), who, agent, (list, place, as, values) => {
        const decision = outcome((list as readonly object[]).toSpliced(place, 0, deny), as, values);
        assert.equal(decision.reason, 'explicit-deny');
      }),
    );
  });

  test('adding a Deny never lets anyone in, adding an Allow never keeps anyone out', () => {
    fc.assert(
      fc.property(statements, statement, who, agent, (list, extra, as, values) => {
        const before = outcome(list, as, values);
        const after = outcome([...list, extra], as, values);
        if (extra.Effect === 'Deny') assert.ok(before.allowed || !after.allowed);
        else assert.ok(!before.allowed || after.allowed);
      }),
    );
  });
});
