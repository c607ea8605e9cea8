/** What the program gives to its commands: everything outside them, so that a test can be it. */
import type { AdminClient, AdminTarget } from '../admin/client.ts';
import type { KeysStatus, VersionReport } from '../admin/contract.ts';
import type { Environment, Settings } from '../config/settings.ts';

export interface CliHost {
  /** The words behind the program's name. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Asks on the terminal and gives the line typed; undefined where nobody can be asked. */
  readonly prompt: ((question: string) => Promise<string>) | undefined;
  /** The text of a file, by its absolute path. Fails as `node:fs` does. */
  readonly readFile: (path: string) => Promise<string>;
  readonly client: (target: AdminTarget) => AdminClient;
  /** Serves until it is told to stop; resolves when all has ended in good order. */
  readonly serve: (settings: Settings) => Promise<void>;
  /** Opens the store of the data folder without serving it. Throws a `StartError` that says why not. */
  readonly openStoreOffline: (settings: Settings) => Promise<OfflineStore>;
  readonly version: VersionReport;
}

/** A store that is open in this process, for commands that work without a server. */
export interface OfflineStore extends AsyncDisposable {
  keysStatus(): Promise<KeysStatus>;
}
