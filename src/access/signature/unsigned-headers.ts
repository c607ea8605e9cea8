/**
 * SECURITY-REGRESSIONS rule 2: every `x-amz-*` header of an authenticated request is signed, and
 * `host` is, or the request is refused as AWS refuses it (CVE-2026-54330).
 */
import type { Headers } from '../../base/headers.ts';
import { Refusal } from '../../base/refusal.ts';

/** Throws `AccessDenied` that names the headers which should have been signed. */
export function refuseUnsigned(headers: Headers, signed: ReadonlySet<string>): void {
  let unsigned = signed.has('host') ? '' : 'host';
  for (const name of headers.keys()) {
    if (!name.startsWith('x-amz-') || signed.has(name)) continue;
    unsigned += unsigned === '' ? name : `, ${name}`;
  }
  if (unsigned === '') return;
  throw new Refusal('AccessDenied', {
    message: 'There were headers present in the request which were not signed',
    fields: { HeadersNotSigned: unsigned },
  });
}
