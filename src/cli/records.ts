/** How a signed record is shown to people: its facts, its text as it was signed, its signature. */
import type { RecordReport } from '../admin/contract.ts';
import { facts, shownTime } from './output.ts';

export function shownRecord(record: RecordReport): string {
  const { id, kind, madeAt, text, signature, verified } = record;
  return (
    facts([
      ['Record', `${kind}, ${shownTime(madeAt)}`],
      ['Id', id],
      ['Signature', `${signature} (${verified ? 'verified' : 'DOES NOT VERIFY'})`],
    ]) + `${text}\n`
  );
}
