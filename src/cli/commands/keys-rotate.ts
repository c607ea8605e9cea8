import { clientFlags, clientSettings, type Command } from '../command.ts';

/** Rotates the master key now. */
export const keysRotate: Command = {
  name: 'keys rotate',
  summary: 'Makes a new master key version, under which all that is written from now on is sealed.',
  details:
    'What exists stays readable, and is moved to the new version by itself (keys rewrap). The server rotates by itself too: see --rotate-every in "coffer help settings". Two who ask at once rotate once.',
  words: [],
  flags: clientFlags,
  settings: clientSettings,
  run: async (call) => {
    const client = await call.client();
    const rotated = await client.call('RotateKeys', { body: {} });
    const { previous, current } = rotated;
    call.report(
      rotated,
      `Previous version ${previous}, current version ${current}.\n` +
        `Everything written from now on is sealed under version ${current}. What exists stays readable; the server moves\n` +
        'it to that version by itself, without touching data: "coffer keys status" shows what is left.\n',
    );
  },
};
