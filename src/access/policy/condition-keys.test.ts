/** The table of keys and that of actions against AWS's reference, and docs/POLICY.md against the table. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { s3Actions } from './actions.ts';
import { conditionKeyNamed, conditionKeys, keyScope } from './condition-keys.ts';
import { operatorNames } from './operators.ts';

const root = join(import.meta.dirname, '../../..');

interface Reference {
  readonly actions: Readonly<Record<string, readonly string[]>>;
  readonly conditionKeys: Readonly<
    Record<string, { readonly type: string; readonly actions: readonly string[] | 'all' }>
  >;
}

const reference = JSON.parse(
  readFileSync(join(root, 'tests/vectors/s3-service-authorization.json'), 'utf8'),
) as Reference;

test("every action of AWS's reference is known, with its kind of resource, and no other", () => {
  const kindOf = (types: readonly string[]): string => {
    if (types.includes('object')) return 'object';
    if (types.includes('bucket')) return 'bucket';
    return types.length === 0 ? 'none' : 'other';
  };
  const expected = Object.entries(reference.actions).map(([name, types]) => [
    `s3:${name}`,
    kindOf(types),
  ]);
  assert.deepEqual(Object.fromEntries(s3Actions()), Object.fromEntries(expected));
});

test("every s3: key of AWS's reference is in the table, with its type and its actions, and no other", () => {
  const ours = conditionKeys().filter(({ name }) => name.startsWith('s3:'));
  const theirs = Object.entries(reference.conditionKeys).filter(([name]) => name.startsWith('s3:'));
  assert.deepEqual(
    ours.map(({ name }) => name).toSorted(),
    theirs.map(([name]) => name).toSorted(),
  );
  for (const { name, type, support, actions } of ours) {
    const found = reference.conditionKeys[name];
    assert.equal(type, found?.type, name);
    if (support === 'supported')
      assert.deepEqual(actions?.toSorted() ?? 'all', found?.actions, name);
  }
});

test('keys are found in any case, tag keys only with their tag', () => {
  assert.equal(conditionKeyNamed('S3:PREFIX')?.name, 's3:prefix');
  assert.equal(conditionKeyNamed('aws:PrincipalTag/Team/Lead')?.name, 'aws:PrincipalTag/<key>');
  assert.equal(conditionKeyNamed('aws:PrincipalTag/'), undefined);
  assert.equal(conditionKeyNamed('aws:PrincipalTag'), undefined);
  assert.equal(conditionKeyNamed('s3:prefix/a'), undefined);
  assert.equal(conditionKeyNamed('s3:'), undefined);
  assert.equal(keyScope('s3:prefix')?.actions.has('s3:ListBucket'), true);
  assert.equal(keyScope('s3:existingobjecttag/a')?.actions.has('s3:GetObject'), true);
  assert.equal(keyScope('aws:username'), undefined);
});

const page = readFileSync(join(root, 'docs/POLICY.md'), 'utf8');

test('docs/POLICY.md shows the table of keys, row for row', () => {
  const rows = [
    ...page.matchAll(
      /^\| `((?:s3|aws|[a-z0-9]+):[^`]+)` \| (\w+) \| (supported|refused) \| (.+) \|$/gm,
    ),
  ];
  assert.deepEqual(
    rows.map(([, name, type, support, note]) => ({ name, type, support, note })),
    conditionKeys().map(({ name, type, support, note }) => ({ name, type, support, note })),
  );
});

test('docs/POLICY.md names every operator', () => {
  for (const name of operatorNames()) assert.ok(page.includes(`\`${name}\``), name);
});
