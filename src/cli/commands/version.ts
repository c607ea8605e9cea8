import { clientFlags, clientSettings, type Command } from '../command.ts';
import { facts } from '../output.ts';

/** Shows this program's version and, with --endpoint, the server's. */
export const version: Command = {
  name: 'version',
  summary: 'Shows the version; with --endpoint the server’s too.',
  words: [],
  flags: clientFlags,
  settings: clientSettings,
  run: async (call) => {
    const own = call.host.version;
    if (!call.has('endpoint')) {
      call.report(own, `coffer ${own.version} (node ${own.node})\n`);
      return;
    }
    const client = await call.client();
    const server = await client.call('GetVersion', {});
    call.report(
      { ...own, server },
      facts([
        ['This program', `coffer ${own.version} (node ${own.node})`],
        ['The server', `coffer ${server.version} (node ${server.node})`],
      ]),
    );
  },
};
