/** Destroys a retained master key version that nothing refers to, and leaves a signed record. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';

export const destroyKeyVersion = operation({
  name: 'DestroyKeyVersion',
  route: 'POST /admin/v1/keys/{version}/destroy',
  permission: 'coffer:DestroyKeyVersion',
  reach: 'administrators',
  input: ({ path }) => {
    const text = path('version');
    if (!/^[1-9][0-9]{0,8}$/.test(text)) {
      throw new Refusal('InvalidArgument', { message: 'A master key version is a number from 1.' });
    }
    return { version: Number(text) };
  },
  subject: () => ({ kind: 'server' }),
  run: ({ services }, { version }) => services.destroyKey(version),
});
