/** LMDB's and the system's errors as Faults, with LMDB's numbers (lmdb.h, "Return Codes"). */
import { Fault, type FaultKind } from '../../base/refusal.ts';

/** `error` as a Fault that says what was being done; a Fault stays as it is. */
export function asFault(error: unknown, doing: string): Fault {
  if (error instanceof Fault) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  return new Fault(kindOf(cause), `${doing}: ${cause.message}`, { cause });
}

/** Codes that say the file's bytes are not what LMDB wrote. */
const damagedCodes = new Set([
  -30797, // MDB_PAGE_NOTFOUND
  -30796, // MDB_CORRUPTED
  -30794, // MDB_VERSION_MISMATCH
  -30793, // MDB_INVALID
]);

function kindOf(error: Error): FaultKind {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' && damagedCodes.has(code) ? 'damaged' : 'failed';
}
