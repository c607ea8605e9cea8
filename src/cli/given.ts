/** Flags that several commands share, as the admin API takes them. */
import { resolve } from 'node:path';
import type { GivenAccessKey } from '../admin/contract.ts';
import { UsageError } from '../config/usage-error.ts';
import type { CommandCall } from './command.ts';
import { CommandError } from './command-error.ts';

/** --account, or the caller's own. */
export function accountOf(call: CommandCall): string {
  return call.text('account') ?? '~';
}

/** --access-key and --secret-key, as a member to spread into a body. */
export function givenKey(call: CommandCall): { readonly accessKey?: GivenAccessKey } {
  const accessKeyId = call.text('access-key');
  const secretKey = call.text('secret-key');
  if (accessKeyId === undefined && secretKey === undefined) return {};
  if (accessKeyId === undefined || secretKey === undefined) {
    throw new UsageError('--access-key and --secret-key belong together: give both, or neither.');
  }
  return { accessKey: { accessKeyId, secretKey } };
}

/** The text of the file of --policy; undefined when it is not given. */
export async function givenPolicy(call: CommandCall): Promise<string | undefined> {
  const path = call.text('policy');
  if (path === undefined) return undefined;
  return readText(call, resolve(call.host.cwd, path), '--policy');
}

/** The text of a file; `flag` says who named it. */
export function readText(call: CommandCall, path: string, flag: string): Promise<string> {
  return call.host.readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`${flag}: ${path} cannot be read (${error.code ?? error.message}).`, {
      cause: error,
    });
  });
}
