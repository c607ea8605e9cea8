/**
 * The IAM policy language as S3 uses it, from text to `Policy` (IAM User Guide, "Grammar of the IAM
 * JSON policy language"; S3 User Guide, "Bucket policies"; checked 2026-11-24).
 *
 * Strict: what AWS refuses is refused with AWS's words where they are known, and every refusal says
 * where. Nothing is skipped: an element, action, operator or key that would never do anything is an
 * error, not a silence. docs/POLICY.md lists what was decided where AWS leaves room.
 *
 * Throws `Refusal('MalformedPolicy')` for every text that is no policy, and nothing else.
 */
import { s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { readJson, type JsonMember, type JsonObject } from './json-reader.ts';
import { PolicyText, quoted } from './malformed.ts';
import { parseStatement } from './parse-statement.ts';
import type { PolicyScope } from './policy-scope.ts';
import type { Policy, PolicyVersion, Statement } from './policy.ts';

const { policyBytesMax } = s3Limits;

/** A policy attached to `bucket`: every statement names its principals, and resources of that bucket. */
export function parseBucketPolicy(text: string, { bucket }: { readonly bucket: string }): Policy {
  return parsePolicy(text, bucket);
}

/** A policy attached to a user: no principals; any resource. */
export function parseIdentityPolicy(text: string): Policy {
  return parsePolicy(text, undefined);
}

function parsePolicy(text: string, bucket: string | undefined): Policy {
  if (Buffer.byteLength(text, 'utf8') > policyBytesMax) {
    throw new Refusal('MalformedPolicy', {
      message: `Policy exceeds the maximum allowed document size of ${policyBytesMax} bytes`,
    });
  }
  const source = new PolicyText(text);
  const root = readJson(source);
  const allowed = bucket === undefined ? ['Version', 'Statement'] : ['Version', 'Id', 'Statement'];
  for (const { name, nameAt } of root.members.values()) {
    if (!allowed.includes(name)) source.fail(nameAt, `Unknown field ${quoted(name)}`);
  }
  const version = parseVersion(source, root.members.get('Version'));
  const id = parseId(source, root.members.get('Id'));
  const keys = new Set<string>();
  const variables = version === '2012-10-17';
  const statements = parseStatements(root, { source, bucket, variables, keys });
  const usesExistingTags = [...keys].some((key) => key.startsWith('s3:existingobjecttag/'));
  return { version, id, statements, usesExistingTags };
}

function parseVersion(source: PolicyText, member: JsonMember | undefined): PolicyVersion {
  if (member === undefined) return '2008-10-17';
  const { value } = member;
  if (value.kind === 'string' && (value.value === '2012-10-17' || value.value === '2008-10-17')) {
    return value.value;
  }
  return source.fail(
    value.at,
    'The policy must contain a valid version string',
    '2012-10-17 or 2008-10-17',
  );
}

function parseId(source: PolicyText, member: JsonMember | undefined): string | undefined {
  if (member === undefined) return undefined;
  if (member.value.kind === 'string') return member.value.value;
  return source.fail(member.value.at, 'Policy has an invalid Id', 'a string was expected');
}

function parseStatements(root: JsonObject, scope: PolicyScope): readonly Statement[] {
  const { source } = scope;
  const node = root.members.get('Statement')?.value;
  if (node === undefined) return source.fail(root.at, 'Missing required field Statement');
  const items = node.kind === 'array' ? node.items : [node];
  if (items.length === 0) source.fail(node.at, 'Could not parse the policy: Statement is empty!');
  return items.map((item, index) => {
    if (item.kind === 'object') return parseStatement(scope, item, index);
    return source.fail(item.at, 'Policy has an invalid Statement', 'an object was expected');
  });
}
