import { resolve } from 'node:path';
import { UsageError } from '../../config/usage-error.ts';
import type { Command, CommandCall } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { confirm } from '../confirm.ts';
import { facts, shownTime, table } from '../output.ts';
import type { KitCheck, KitOpening, RestoredKeyring } from '../recovery-kits.ts';
import { givenPassphrase } from './keys-backup.ts';

/** Restores the keyring of a store from a recovery kit, or tries whether a kit could. */
export const keysRestore: Command = {
  name: 'keys restore',
  summary:
    'Opens a store that lost its root of trust or keyring, from a recovery kit; or tries one.',
  details:
    'With --check it proves that the kit opens everything in the store of the data folder, and changes nothing; a server may run meanwhile. Without it, no server may run: the keyring of the kit is sealed by the root of trust that --keeper names (a new root key file is made where there is none) and comes in force, after the id of the store was typed. Refused where nothing is lost, where the kit is of another store, and where it lacks a key that rows need.',
  words: ['KIT'],
  flags: ['share', 'passphrase-file', 'check', 'yes'],
  settings: ['data', 'keeper', 'vaultTokenFile', 'vaultNamespace', 'awskmsEndpoint'],
  run: async (call) => {
    const { kits } = call.host;
    const settings = call.settings();
    const opening = openingOf(call);
    if (call.has('check')) {
      const check = await kits.check(settings, opening);
      call.report(check, textOfCheck(check));
      if (!check.opens) throw new CommandError('The kit does not open everything in this store.');
      return;
    }
    await using restoring = await kits.beginRestore(settings, opening);
    const { store, lost } = restoring;
    await confirm(
      call,
      `${lost}\nThis puts the keyring of the recovery kit ${restoring.kit} in force for the store ${store} in ${settings.data}.`,
      store,
    );
    const restored = await restoring.restore();
    call.report(restored, textOfRestored(restored));
  },
};

function openingOf(call: CommandCall): KitOpening {
  const { cwd, askSecret } = call.host;
  return {
    kit: resolve(cwd, call.word('KIT')),
    shares: call.texts('share').map((path) => resolve(cwd, path)),
    passphrase: async () => {
      const given = await givenPassphrase(call);
      if (given !== undefined) return given;
      if (askSecret === undefined) {
        throw new UsageError(
          'This kit opens with a passphrase, and there is no terminal to ask on: give --passphrase-file FILE.',
        );
      }
      return { text: await askSecret('Passphrase of the kit: '), where: 'typed' };
    },
  };
}

function textOfCheck(check: KitCheck): string {
  const inForce =
    check.keyringUnopened === null
      ? `generation ${check.generationInForce}, held against the kit`
      : `generation ${check.generationInForce}, not opened: ${check.keyringUnopened}`;
  const rows = check.versions.map(({ version, opens, rows: count, row, trouble }) => [
    String(version),
    opens ? 'opens' : 'DOES NOT OPEN',
    count.toLocaleString('en-US'),
    trouble ?? row ?? 'no row names it',
  ]);
  return (
    facts([
      [
        'Kit',
        `${check.kit}, made ${shownTime(check.madeAt)}, keyring generation ${check.generation}`,
      ],
      ['Store', check.store],
      ['Keyring in force', inForce],
      ['Opens this store', check.opens ? 'yes, all of it' : 'NO'],
    ]) +
    '\n' +
    table(['VERSION', 'WITH THE KIT', 'ROWS', 'TRIED ON'], rows, 'There are no rows.')
  );
}

function textOfRestored({
  store,
  generation,
  current,
  keeper,
  madeRootKey,
}: RestoredKeyring): string {
  const made =
    madeRootKey === null
      ? ''
      : `The root key file ${madeRootKey} is new: BACK IT UP NOW, away from the data.\n`;
  return (
    `The store ${store} has its keyring again: generation ${generation}, current version ${current}, sealed by ${keeper.kind}:${keeper.location}.\n` +
    `${made}Start the server with --keeper ${keeper.kind}:${keeper.location}, run "coffer verify", and make a new kit.\n`
  );
}
