/** The system's errors on blob files as what the blob port promises. */
import { Fault, Refusal } from '../../base/refusal.ts';

/** The system's name of an error, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** A full disk or a spent quota is the operator's to mend; all else is a Fault. */
export function writeFailure(error: unknown, doing: string): Error {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Refusal('InsufficientStorage');
  return new Fault('failed', `${doing}: ${messageOf(error)}`, { cause: error });
}

export function readFailure(error: unknown, doing: string): Fault {
  const kind = codeOf(error) === 'ENOENT' ? 'damaged' : 'failed';
  return new Fault(kind, `${doing}: ${messageOf(error)}`, { cause: error });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
