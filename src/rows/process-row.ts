/**
 * Row 18: what one process says of itself: which keyring it holds, until when it is to be waited for,
 * and an upper bound of the wraps that it made, by master key version. The bound counts for ever.
 */
import { KeyReader, encodeKey } from './keyspace.ts';
import { RowBody, encodeBody } from './row-body.ts';
import type { StoreRowKind } from './row-kind.ts';

export interface ProcessRow {
  readonly startedAt: Date;
  readonly wraps: Readonly<Record<string, number>>;
  /** Of the newest keyring that it holds; undefined: it never said. */
  readonly generation: number | undefined;
  /** Undefined: it ended in good order, or never said. */
  readonly leaseUntil: Date | undefined;
}

/** A process that said nothing for so long is not waited for: it is dead, or stands still. */
export const processLeaseMs = 5 * 60_000;

interface Announced {
  readonly startedAt: Date;
  readonly generation: number;
  readonly wraps: ProcessRow['wraps'];
  readonly now: Date;
}

/** The row that says so, given the one before it: of each bound the larger stays. */
export function announcement({ startedAt, generation, wraps, now }: Announced) {
  return (before: ProcessRow | undefined): ProcessRow => {
    const merged = { ...before?.wraps };
    for (const [version, bound] of Object.entries(wraps)) {
      merged[version] = Math.max(bound, merged[version] ?? 0);
    }
    const leaseUntil = new Date(now.getTime() + processLeaseMs);
    return { startedAt, generation, leaseUntil, wraps: merged };
  };
}

export const processIdBytes = 16;
const code = 0x18;

/** By process id. */
export const processRow: StoreRowKind<Uint8Array, ProcessRow> = {
  code,
  name: 'process',
  scheme: 'store',
  cached: undefined,
  encodeKey: (id) => encodeKey(code, id),
  decodeKey: (key) => {
    const reader = new KeyReader(key, code);
    const id = reader.bytes(processIdBytes);
    reader.end();
    return id;
  },
  encode: ({ startedAt, wraps, generation, leaseUntil }) => ({
    body: encodeBody({
      startedAt: startedAt.getTime(),
      wraps,
      generation,
      lease: leaseUntil?.getTime(),
    }),
  }),
  decode: (row) => {
    const body = RowBody.parse(row.body);
    return {
      startedAt: body.time('startedAt'),
      wraps: body.countMap('wraps'),
      generation: body.countIf('generation'),
      leaseUntil: body.timeIf('lease'),
    };
  },
};
