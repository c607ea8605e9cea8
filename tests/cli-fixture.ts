/** Commands as an operator runs them, against an admin API on the socket of a data folder. */
import assert from 'node:assert/strict';
import { mkdir, readFile } from 'node:fs/promises';
import { openAdminClient, type AdminTarget } from '../src/admin/client.ts';
import type { KeysStatus } from '../src/admin/contract.ts';
import type { CliHost, OfflineStore } from '../src/cli/host.ts';
import { run } from '../src/cli/run.ts';
import { openOutput } from '../src/cli-output.ts';
import type { Settings } from '../src/config/settings.ts';
import { recoveryKits } from '../src/recovery-kits.ts';
import { blindObserver } from '../src/http/observer.ts';
import { startHttpServer } from '../src/http/server.ts';
import { adminHouse, type AdminHouse } from './admin-fixture.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
  /** The questions asked on the terminal. */
  readonly asked: readonly string[];
  /** What `serve` was started with. */
  readonly served: readonly Settings[];
  readonly targets: readonly AdminTarget[];
  // Tests look into what the contract says is there.
  // eslint-disable-next-line typescript/no-explicit-any
  readonly json: () => any;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What is typed on the terminal; without it there is no terminal. */
  readonly typed?: string;
  /** What is typed where it is not shown, one after another. */
  readonly secrets?: readonly string[];
  readonly offline?: KeysStatus;
  readonly offlineStore?: Pick<OfflineStore, 'inventory' | 'verify'>;
  readonly serve?: () => Promise<void>;
  readonly progress?: (line: string) => void;
}

export interface CliPlace extends AsyncDisposable {
  readonly folder: string;
  readonly house: AdminHouse;
  /** Runs `coffer ARGV` in the folder, whose `coffer-data` is served. */
  coffer(argv: readonly string[], options?: RunOptions): Promise<Ran>;
}

/** A folder with a data folder in it that a server serves. */
export async function cliPlace(): Promise<CliPlace> {
  const folder = await temporaryFolder();
  const house = await adminHouse();
  const data = `${folder.path}/coffer-data`;
  await mkdir(data);
  const server = await startHttpServer({
    handler: house.local,
    address: { path: `${data}/admin.sock` },
    observer: blindObserver,
  });
  return {
    folder: folder.path,
    house,
    coffer: (argv, options) => coffer(argv, { cwd: folder.path, ...options }),
    async [Symbol.asyncDispose]() {
      await server.close(0);
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Runs `coffer ARGV` with everything that it can reach recorded. */
export async function coffer(
  argv: readonly string[],
  options: RunOptions & { readonly cwd?: string } = {},
): Promise<Ran> {
  const said = { out: '', err: '' };
  const asked: string[] = [];
  const served: Settings[] = [];
  const targets: AdminTarget[] = [];
  const { typed, offline, offlineStore } = options;
  const host: CliHost = {
    argv,
    env: options.env ?? {},
    cwd: options.cwd ?? '/nowhere',
    stdout: (text) => void (said.out += text),
    stderr: (text) => void (said.err += text),
    prompt:
      typed === undefined
        ? undefined
        : async (question) => {
            asked.push(question);
            return typed;
          },
    askSecret: secretly(options.secrets, asked),
    readFile: (path) => readFile(path, 'utf8'),
    client: (target) => {
      targets.push(target);
      return openAdminClient(target);
    },
    serve: async (settings) => {
      served.push(settings);
      await options.serve?.();
    },
    openOutput: async (path) =>
      path === undefined
        ? {
            write: async (text) => {
              said.out += text;
              return true;
            },
            end: async () => undefined,
            [Symbol.asyncDispose]: async () => undefined,
          }
        : await openOutput(path),
    progress: options.progress,
    openStoreOffline: async () => {
      if (offline === undefined && offlineStore === undefined) {
        throw new Error('the store was not to be opened');
      }
      return {
        keysStatus: async () => offline ?? assert.fail(),
        inventory: async (query) => (await offlineStore?.inventory(query)) ?? assert.fail(),
        verify: async (query) => (await offlineStore?.verify(query)) ?? assert.fail(),
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
    kits: recoveryKits(undefined),
    version: { version: '1.2.3', node: 'v26.0.0' },
  };
  const exitCode = await run(host);
  const json = (): unknown => JSON.parse(said.out);
  return { exitCode, ...said, asked, served, targets, json };
}

function secretly(secrets: readonly string[] | undefined, asked: string[]): CliHost['askSecret'] {
  if (secrets === undefined) return undefined;
  const left = [...secrets];
  return async (question) => {
    asked.push(question);
    return left.shift() ?? '';
  };
}
