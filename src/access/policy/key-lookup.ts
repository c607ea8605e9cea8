/**
 * How a policy sees the request's condition keys while one permission is decided.
 *
 * A key is absent for an action that does not carry it (`?prefix=` on a GetObject is no
 * `s3:prefix`), so no request can satisfy a condition with a parameter that its operation ignores.
 * The permission's own keys come first (a copy's source has its own), then the bucket's owner, then
 * the request's.
 */
import { assert } from '../../base/refusal.ts';
import type { ConditionContext, Permission } from '../permission.ts';
import { keyScope } from './condition-keys.ts';
import type { Lookup } from './policy.ts';

export function keyLookup(
  permission: Permission,
  context: ConditionContext,
  ownerAccount: string | undefined,
): Lookup {
  const { action, context: own } = permission;
  return (key) => {
    const scope = keyScope(key);
    if (scope !== undefined) {
      if (!scope.actions.has(action)) return undefined;
      const { handedIn } = scope;
      if (handedIn?.actions.has(action) === true) {
        // Unread is not absent: a policy must never be decided on a value nobody looked up.
        const known = own?.has(handedIn.marker) === true || context.has(handedIn.marker);
        assert(known, `${action} was decided without ${handedIn.marker}, which a policy names`);
      }
    }
    const values = own?.get(key);
    if (values !== undefined) return values;
    if (ownerAccount !== undefined && accountKeys.has(key)) return [ownerAccount];
    return context.get(key);
  };
}

const accountKeys = new Set(['s3:resourceaccount', 'aws:resourceaccount']);
