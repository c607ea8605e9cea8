/** Seals the keyring by another root of trust; data and rows stay as they are. Over the socket in the data folder only. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';

export const resealKeyring = operation({
  name: 'ResealKeyring',
  route: 'POST /admin/v1/keys/reseal',
  permission: 'coffer:ResealKeyring',
  reach: 'administrators',
  input: ({ body }) => ({ to: body.text('to'), passphrase: body.textIf('passphrase') }),
  subject: () => ({ kind: 'server' }),
  run: async ({ services, caller }, { to, passphrase }) => {
    // Who names a root of trust names a library to load or a host to send the server's token to: that is
    // for who may act as the server's user anyway, and no policy gives it.
    if (caller.kind !== 'local') {
      throw new Refusal('InvalidRequest', {
        message:
          'The keyring is sealed by another root of trust only over the socket in the data folder: run "coffer keys reseal" on the server’s machine, without --endpoint.',
      });
    }
    return services.resealKeyring(to, passphrase);
  },
});
