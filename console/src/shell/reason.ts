/** Why something failed, in words that say what to do. */
import { AdminError } from '../api/admin.ts';
import { S3Error } from '../api/s3.ts';
import { Unreachable } from '../api/unreachable.ts';

/** Undefined for what was called off and for a session that ended: its dialog says so already. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof DOMException && error.name === 'AbortError') return undefined;
  if (error instanceof S3Error)
    return `${ended(error.message)}${s3Advice(error)} (${named(error)})`;
  if (error instanceof AdminError) {
    return error.code === 'SessionEnded' ? undefined : `${error.message} (${named(error)})`;
  }
  if (error instanceof Unreachable) return error.message;
  return error instanceof Error ? error.message : String(error);
}

/** S3's messages end with or without a full stop. */
function ended(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

function named({ code, requestId }: { readonly code: string; readonly requestId: string }): string {
  return requestId === '' ? code : `${code}, request ${requestId}`;
}

function s3Advice({ code, status }: S3Error): string {
  if (code === 'AccessDenied') {
    return ' Neither your policy nor the bucket policy allows it, or one of them denies it.';
  }
  if (status === 503) return ' Try again in a moment.';
  return '';
}
