/** Moves what older master key versions sealed to the current one: all of it, a bucket, or a prefix in it. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';

export const rewrapKeys = operation({
  name: 'RewrapKeys',
  route: 'POST /admin/v1/keys/rewrap',
  permission: 'coffer:RewrapKeys',
  reach: 'administrators',
  input: ({ body }) => {
    const bucket = body.textIf('bucket');
    const prefix = body.textIf('prefix');
    if (prefix !== undefined && bucket === undefined) {
      throw new Refusal('InvalidRequest', { message: 'A "prefix" needs its "bucket".' });
    }
    return { ...(bucket !== undefined && { bucket }), ...(prefix !== undefined && { prefix }) };
  },
  subject: () => ({ kind: 'server' }),
  run: ({ services }, scope) => services.rewrapKeys(scope),
});
