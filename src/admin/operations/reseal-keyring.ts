/** Seals the keyring by another root of trust; data and rows stay as they are. */
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
    // Whatever the transport: what opens the store for ever is not sent over a network.
    if (passphrase !== undefined && caller.kind !== 'local') {
      throw new Refusal('InvalidRequest', {
        message:
          'A passphrase is only taken over the socket in the data folder: run "coffer keys reseal" on the server’s machine, or name a file there with passphrase:FILE.',
      });
    }
    return services.resealKeyring(to, passphrase);
  },
});
