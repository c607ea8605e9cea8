import { clientFlags, clientSettings, type Command } from '../command.ts';
import { confirm } from '../confirm.ts';
import { shownRecord } from '../records.ts';

/** Makes a bucket unreadable at once, whatever it holds. */
export const bucketShred: Command = {
  name: 'bucket shred',
  summary: 'Destroys the secret of a bucket: all that it holds is unreadable at once.',
  details:
    'Works on buckets that are not empty, versioned ones too, and cannot be undone. Rows and files are removed afterwards by the server; the name is free once they are. Older copies of the sealed secret (free pages of the database, backups) open until the master key versions that sealed it are destroyed: the command says which, and how.',
  words: ['NAME'],
  flags: ['yes', ...clientFlags],
  settings: clientSettings,
  run: async (call) => {
    const name = call.word('NAME');
    const warning = `This makes everything in the bucket ${name} unreadable, for everybody and for ever.`;
    await confirm(call, warning, name);
    const client = await call.client();
    const shredded = await client.call('ShredBucket', { path: { bucket: name }, body: {} });
    const destroy = shredded.versions.map((version) => `  coffer keys destroy ${version}\n`);
    call.report(
      shredded,
      `The bucket ${name} is shredded. What it held is being removed.\n\n` +
        `${shownRecord(shredded.record)}\n` +
        'Older copies of its sealed secret stay readable in principle until the master key versions\n' +
        'that sealed it are destroyed. Next:\n' +
        `  coffer keys rotate\n  coffer keys rewrap\n${destroy.join('')}`,
    );
  },
};
