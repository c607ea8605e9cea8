/**
 * Removes what buckets that were shredded held: rows in small transactions, files through the trash.
 * Last goes the bucket's own row, and its name is free. Whatever cuts it off, the next run goes on.
 */
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../base/time.ts';
import { bucketRow } from '../rows/bucket-row.ts';
import { pagesOf } from '../rows/pages.ts';
import type { Rows } from '../rows/rows.ts';
import type { Job } from './run.ts';

const everyMs = 10 * 60_000;
/** Rows of one transaction: inline bytes among them, it reads some MiB. */
const stepRows = 250;

export function removeShredded(parts: {
  readonly rows: Rows;
  readonly clock: Clock;
  /** Aborted when the server is to end. */
  readonly signal: AbortSignal;
}): Job {
  const { rows, clock, signal } = parts;
  return {
    name: 'remove-shredded',
    everyMs,
    run: async () => {
      const names = await shreddedBuckets(rows);
      const done = { buckets: 0, rows: 0 };
      for (const name of names) {
        for (let whole = false; !whole && !signal.aborted;) {
          const step = await rows.transact((transaction) =>
            transaction.removeShredded(name, { limit: stepRows, now: clock() }),
          );
          done.rows += step.rows;
          whole = step.done;
          if (whole) done.buckets += 1;
          // Requests of this process get their turn.
          await setImmediate();
        }
      }
      return names.length === 0 ? undefined : done;
    },
  };
}

async function shreddedBuckets(rows: Rows): Promise<readonly string[]> {
  const names: string[] = [];
  const pages = pagesOf(bucketRow, async (range) => {
    using view = rows.view();
    return await view.range(bucketRow, range);
  });
  for await (const page of pages) {
    for (const { key, value } of page) if (value.shreddedAt !== undefined) names.push(key);
  }
  return names;
}
