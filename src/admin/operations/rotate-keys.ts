/** Makes a new master key version current; what exists stays readable under the versions before. */
import { Refusal } from '../../base/refusal.ts';
import { operation } from '../operation.ts';

export const rotateKeys = operation({
  name: 'RotateKeys',
  route: 'POST /admin/v1/keys/rotate',
  permission: 'coffer:RotateKeys',
  reach: 'administrators',
  input: ({ body }) => ({ from: body.countIf('from') }),
  subject: () => ({ kind: 'server' }),
  run: async ({ services }, { from }) => {
    // Taken now: of two who ask at once, the second finds it done.
    const current = services.currentKey();
    const previous = from ?? current;
    if (previous < 1 || previous > current) {
      const message = `Version ${previous} was never current: version ${current} is.`;
      throw new Refusal('InvalidArgument', { message });
    }
    return { previous, current: await services.rotateKeys(previous) };
  },
});
