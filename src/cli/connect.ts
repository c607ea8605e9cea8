/**
 * Which server a command talks to: over the Unix socket of the data folder, or with --endpoint over
 * the network, signed with the credentials that AWS's tools use too ("Configuration and credential
 * file settings", AWS CLI user guide, 2026-11-24): the environment, else a profile of the shared
 * credentials file. The file that the first start writes (DATA.credentials) is one.
 */
import { resolve } from 'node:path';
import type { AdminClient, AdminTarget } from '../admin/client.ts';
import { findAdminSocket } from '../config/admin-socket.ts';
import { UsageError } from '../config/usage-error.ts';
import { InvalidValue, url as originOf } from '../config/values.ts';
import type { CommandCall } from './command.ts';
import { CommandError } from './command-error.ts';
import { readText } from './given.ts';

/** Throws where what is sent, or answered, could be read on its way to the server. */
export function requireSecretWay(call: CommandCall): void {
  const endpoint = call.text('endpoint');
  if (endpoint === undefined) return;
  const { protocol, hostname } = new URL(checkedOrigin(endpoint));
  if (protocol === 'https:' || loopback.has(hostname)) return;
  throw new CommandError(
    `${endpoint} is not encrypted, and keys do not travel so. Use the https:// address, or run the command on the server's machine.`,
  );
}

export async function connect(call: CommandCall): Promise<AdminClient> {
  return call.host.client(await targetOf(call));
}

async function targetOf(call: CommandCall): Promise<AdminTarget> {
  const endpoint = call.text('endpoint');
  const { data, region } = call.settings();
  if (endpoint === undefined) return { kind: 'socket', data, path: await findAdminSocket(data) };
  const url = checkedOrigin(endpoint);
  const { protocol, hostname } = new URL(url);
  if (protocol === 'http:' && !loopback.has(hostname)) {
    call.note(`Warning: ${url} is not encrypted: whoever is on the way can read what it answers.`);
  }
  return { kind: 'endpoint', url, region, ...(await credentials(call)) };
}

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

function checkedOrigin(text: string): string {
  try {
    return originOf(text);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new UsageError(`--endpoint ${error.message} (given: ${JSON.stringify(text)}).`);
  }
}

interface SigningKey {
  readonly accessKeyId: string;
  readonly secretKey: string;
}

async function credentials(call: CommandCall): Promise<SigningKey> {
  const { env, cwd } = call.host;
  const accessKeyId = env['AWS_ACCESS_KEY_ID'];
  const secretKey = env['AWS_SECRET_ACCESS_KEY'];
  if (accessKeyId && secretKey) return { accessKeyId, secretKey };
  const file = env['AWS_SHARED_CREDENTIALS_FILE'];
  if (file === undefined || file === '') {
    throw new CommandError(
      '--endpoint needs credentials to sign with: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SHARED_CREDENTIALS_FILE.',
    );
  }
  const path = resolve(cwd, file);
  const profile = env['AWS_PROFILE'] || 'default';
  const text = await readText(call, path, 'AWS_SHARED_CREDENTIALS_FILE');
  const found = profileOf(text, profile);
  if (found !== undefined) return found;
  throw new CommandError(
    `${path} has no aws_access_key_id and aws_secret_access_key in its profile [${profile}].`,
  );
}

function profileOf(text: string, profile: string): SigningKey | undefined {
  const values = new Map<string, string>();
  let inside = false;
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*(.*?)\s*\]\s*$/.exec(line)?.[1];
    if (section !== undefined) {
      inside = section === profile;
      continue;
    }
    const [, name, value] = /^\s*([a-z_]+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
    if (inside && name !== undefined && value !== undefined) values.set(name, value);
  }
  const accessKeyId = values.get('aws_access_key_id');
  const secretKey = values.get('aws_secret_access_key');
  return accessKeyId === undefined || secretKey === undefined
    ? undefined
    : { accessKeyId, secretKey };
}
