/**
 * Blob ids that this process may write: a block is reserved by a durable row before any of its ids
 * is used, so that whatever a crash leaves behind is explained by a row. The transaction that makes
 * a blob visible reads the row again: who takes a block over from a process that seemed dead fences
 * its late commits.
 *
 * A block whose ids all came to a known end gives its row back; a block with an id of unknown fate
 * keeps it until the sweeper has looked.
 */
import { randomId } from '../base/ids.ts';
import { Fault } from '../base/refusal.ts';
import type { Clock } from '../base/time.ts';
import { blobIdBytes } from '../engines/blobs.ts';
import { reservationPrefixBytes, reservationRow } from '../rows/reservation-row.ts';
import type { RowTransaction, Rows } from '../rows/rows.ts';

/** Ids of a block: rows are rare, and a sweep of a dead process's blocks is short. */
const reservationBlock = 4_096;

interface Block {
  readonly prefix: Buffer;
  /** Ids handed out. */
  used: number;
  /** Ids whose end is not known yet. */
  open: number;
}

/** A blob id to be written once, by this process. */
export interface ReservedBlobId {
  readonly id: Uint8Array;
  /** The id's fate is known: visible, or never written, or removed again. */
  settle(): void;
}

export class Reservations {
  readonly #rows: Rows;
  readonly #clock: Clock;
  #block: Block | undefined;
  #reserving: Promise<Block> | undefined;
  readonly #returning = new Set<Promise<void>>();

  constructor(rows: Rows, clock: Clock) {
    this.#rows = rows;
    this.#clock = clock;
  }

  /** The next id of a block that is durably reserved. */
  async take(): Promise<ReservedBlobId> {
    let block = this.#block;
    while (block === undefined || block.used >= reservationBlock) {
      this.#reserving ??= this.#reserve().finally(() => {
        this.#reserving = undefined;
      });
      block = await this.#reserving;
    }
    const id = Buffer.allocUnsafe(blobIdBytes);
    id.set(block.prefix);
    id.writeUInt32BE(block.used, reservationPrefixBytes);
    block.used += 1;
    block.open += 1;
    return { id, settle: once(() => this.#settle(block)) };
  }

  /** To be called by the transaction that makes the blob visible. */
  async assertHeld(transaction: RowTransaction, id: Uint8Array): Promise<void> {
    const prefix = id.subarray(0, reservationPrefixBytes);
    const row = await transaction.get(reservationRow, prefix);
    if (row !== undefined && Buffer.compare(row.process, this.#rows.processId) === 0) return;
    throw new Fault('unavailable', 'the reservation of a blob was taken over by a sweep');
  }

  /** Waits for rows on their way back. */
  async idle(): Promise<void> {
    await Promise.all(this.#returning);
  }

  async #reserve(): Promise<Block> {
    const prefix = randomId(reservationPrefixBytes);
    const row = { process: this.#rows.processId, createdAt: this.#clock() };
    await this.#rows.transact(async (transaction) => {
      transaction.put(reservationRow, prefix, row);
    });
    this.#block = { prefix, used: 0, open: 0 };
    return this.#block;
  }

  #settle(block: Block): void {
    block.open -= 1;
    if (block.open > 0 || block.used < reservationBlock) return;
    const returning = this.#rows
      .transact(async (transaction) => {
        transaction.delete(reservationRow, block.prefix);
      })
      // The row only explains blobs: one too many is the sweeper's to remove.
      .catch(() => undefined)
      .finally(() => this.#returning.delete(returning));
    this.#returning.add(returning);
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (!done) action();
    done = true;
  };
}
