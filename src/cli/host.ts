/** What the program gives to its commands: everything outside them, so that a test can be it. */
import type { AdminClient, AdminTarget } from '../admin/client.ts';
import type {
  InventoryQueryTexts,
  InventoryReport,
  KeysStatus,
  NewVerification,
  VerifyReport,
  VersionReport,
} from '../admin/contract.ts';
import type { Environment, Settings } from '../config/settings.ts';
import type { RecoveryKits } from './recovery-kits.ts';

export interface CliHost {
  /** The words behind the program's name. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly cwd: string;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  /** Asks on the terminal and gives the line typed; undefined where nobody can be asked. */
  readonly prompt: ((question: string) => Promise<string>) | undefined;
  /** As `prompt`, and what is typed is not shown. */
  readonly askSecret: ((question: string) => Promise<string>) | undefined;
  /** The text of a file, by its absolute path. Fails as `node:fs` does. */
  readonly readFile: (path: string) => Promise<string>;
  /** Opens the standard output, or a file that it makes. Fails as `node:fs` does. */
  readonly openOutput: (path: string | undefined) => Promise<Output>;
  /** Shows how far a command is, in place of what it showed before; undefined where no terminal is. */
  readonly progress: ((line: string) => void) | undefined;
  readonly client: (target: AdminTarget) => AdminClient;
  /** Serves until it is told to stop; resolves when all has ended in good order. */
  readonly serve: (settings: Settings) => Promise<void>;
  /** Opens the store of the data folder without serving it. Throws a `StartError` that says why not. */
  readonly openStoreOffline: (settings: Settings) => Promise<OfflineStore>;
  readonly kits: RecoveryKits;
  readonly version: VersionReport;
}

/** Where a long result goes, no faster than it is taken. */
export interface Output extends AsyncDisposable {
  /** Resolves when more may be written. False: the reader has seen enough. */
  write(text: string): Promise<boolean>;
  /** All was written: makes a file durable. */
  end(): Promise<void>;
}

/** A store that is open in this process, for commands that work without a server. */
export interface OfflineStore extends AsyncDisposable {
  keysStatus(): Promise<KeysStatus>;
  inventory(query: InventoryQueryTexts): Promise<InventoryReport>;
  verify(query: NewVerification): Promise<VerifyReport>;
}
