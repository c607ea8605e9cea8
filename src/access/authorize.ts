/**
 * The one reader of what a decision needs: the bucket's owner, its policy and its public access
 * block, and the identity's own policy. What cannot be read or parsed refuses; it is never taken
 * for "no policy" (SECURITY-REGRESSIONS, "Policy").
 */
import { Fault, Refusal } from '../base/refusal.ts';
import { policyRow, type PolicyConfig } from '../rows/bucket-config-row.ts';
import type { RowView } from '../rows/rows.ts';
import { userRow } from '../rows/user-row.ts';
import { decide, type Decision, type DecisionBucket } from './decision.ts';
import type { Identity } from './identity.ts';
import type { ConditionContext, Permission } from './permission.ts';
import { parseBucketPolicy, parseIdentityPolicy } from './policy/parse.ts';
import type { Policy, Statement } from './policy/policy.ts';
import { bindUsers, naming } from './policy/principals.ts';
import { needsExistingTags } from './policy/tag-conditions.ts';

/** What the caller knows of a pair once its bucket has been read. */
export interface PairFacts {
  /** The account id of the bucket's owner; undefined for account-level actions. */
  readonly owner: string | undefined;
  /** 16 bytes: which bucket of that name it was; undefined for account-level actions. */
  readonly bucketId: Uint8Array | undefined;
  /** A policy asks for the tags that the object has (`existingTagConditions`). */
  readonly needsExistingTags: boolean;
}

/** Gives a pair's condition keys; asked once for each pair. */
export type PairConditions = (
  permission: Permission,
  facts: PairFacts,
) => ConditionContext | Promise<ConditionContext>;

/** Decides the pairs of one request, on one view. */
export class Authorizer {
  readonly #view: RowView;
  readonly #identity: Identity;
  readonly #conditions: PairConditions;
  readonly #buckets = new Map<string, ReadBucket>();

  constructor(view: RowView, identity: Identity, conditions: PairConditions) {
    this.#view = view;
    this.#identity = identity;
    this.#conditions = conditions;
  }

  /** The decision of a pair. Its bucket must exist: `NoSuchBucket`. */
  async decide(permission: Permission): Promise<Decision> {
    const bucket =
      permission.bucket === undefined ? undefined : await this.#bucket(permission.bucket);
    const identityPolicy = await this.#identityPolicy();
    const context = await this.#conditions(permission, {
      owner: bucket?.ownerAccount,
      bucketId: bucket?.id,
      needsExistingTags: needsExistingTags(permission, [bucket?.policy, identityPolicy]),
    });
    return decide({ identity: this.#identity, permission, context, bucket, identityPolicy });
  }

  /** False where nobody's word could let this identity do anything to the bucket. */
  async mayBeAllowed(name: string): Promise<boolean> {
    if (this.#identity.kind !== 'anonymous') return true;
    if ((await this.#view.bucket(name)) === undefined) return false;
    const { policy } = await this.#bucket(name);
    return policy?.statements.some(letsIn(this.#identity)) === true;
  }

  async #bucket(name: string): Promise<ReadBucket> {
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const bucket = await this.#view.bucket(name);
    if (bucket === undefined) throw new Refusal('NoSuchBucket', { fields: { BucketName: name } });
    const config = await this.#view.in(bucket).config(policyRow);
    const facts = {
      id: bucket.row.id,
      ownerAccount: bucket.row.account,
      policy: config && bucketPolicy(config, name),
      restrictPublicBuckets: bucket.row.publicAccessBlock?.restrictPublicBuckets ?? false,
    };
    this.#buckets.set(name, facts);
    return facts;
  }

  async #identityPolicy(): Promise<Policy | undefined> {
    if (this.#identity.kind !== 'user') return undefined;
    const name = { account: this.#identity.account.id, name: this.#identity.userName };
    const user = await this.#view.get(userRow, name);
    if (user === undefined) throw new Fault('damaged', `the user ${name.name} has no row`);
    if (user.policy === undefined) return undefined;
    const { policy } = user;
    return parsedOnce(user, () => parseIdentityPolicy(policy));
  }
}

const letsIn =
  (identity: Identity) =>
  ({ effect, principals }: Statement): boolean =>
    effect === 'Allow' && principals !== undefined && naming(principals, identity) !== 'no';

interface ReadBucket extends DecisionBucket {
  readonly id: Uint8Array;
}

// An opened row is the same object as long as its bytes in the store are: a policy is parsed once
// for each time it is set.
const parsed = new WeakMap<object, Policy>();

function parsedOnce(row: object, parse: () => Policy): Policy {
  let policy = parsed.get(row);
  if (policy === undefined) {
    policy = asStored(parse);
    parsed.set(row, policy);
  }
  return policy;
}

function bucketPolicy(config: PolicyConfig, bucket: string): Policy {
  return parsedOnce(config, () =>
    bindUsers(parseBucketPolicy(config.text, { bucket }), config.users),
  );
}

/** A stored policy was valid when it was set; that it is not now is our trouble, not the client's. */
function asStored(parse: () => Policy): Policy {
  try {
    return parse();
  } catch (error) {
    throw new Fault('damaged', 'a stored policy does not parse', { cause: error });
  }
}
