/** What an object of parts is called by: its ETag and its checksum, made of those of its parts. */
import { hash } from 'node:crypto';
import { Fault, assert } from '../../base/refusal.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from '../checksums.ts';
import { CrcCombiner, isCrc } from '../checksums/crc-combine.ts';
import { badChecksum, checksumOf } from '../checksums/digests.ts';
import type { ListedPart } from './completed-list.ts';
import { otherChecksum } from './part-checksums.ts';

/** The MD5 of the parts' MD5s, and how many there are (S3-BEHAVIOURS 4). */
export function etagOf(parts: readonly ListedPart[]): string {
  const digests = parts.map(({ row }) => Buffer.from(row.md5, 'hex'));
  return `${hash('md5', Buffer.concat(digests))}-${parts.length}`;
}

/** The object's checksum, of those that its parts were kept with. */
export function checksumOfParts(
  parts: readonly ListedPart[],
  { algorithm, type }: { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType },
): Checksum {
  const sums = parts.map(({ number, row }) => {
    const value = row.checksums[algorithm];
    if (value === undefined) throw new Fault('damaged', `part ${number} lacks its ${algorithm}`);
    return { value: Buffer.from(value, 'base64'), size: row.size };
  });
  if (type === 'COMPOSITE') {
    const digest = checksumOf(Buffer.concat(sums.map(({ value }) => value)), algorithm);
    return { algorithm, type, value: `${digest.toString('base64')}-${parts.length}` };
  }
  assert(isCrc(algorithm), 'only a CRC of parts is one of the whole');
  const whole = new CrcCombiner(algorithm);
  for (const { value, size } of sums) whole.add(value, size);
  return { algorithm, type, value: whole.digest().toString('base64') };
}

/** Refuses another checksum than the object's. The count behind a composite one may be left out. */
export function assertChecksum(actual: Checksum, declared: Checksum | undefined): void {
  if (declared === undefined) return;
  const { algorithm, type, value } = actual;
  if (declared.algorithm !== algorithm) throw otherChecksum(algorithm, declared.algorithm);
  if (declared.value === value) return;
  if (type === 'COMPOSITE' && declared.value === value.slice(0, value.indexOf('-'))) return;
  throw badChecksum(algorithm);
}
