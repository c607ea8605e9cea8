/** What a process that is to be killed is told to do, and when it is killed. */

export const operations = [
  'start',
  'write',
  'rotate',
  'rewrap',
  'destroy',
  'reseal',
  'shred',
] as const;
export type Operation = (typeof operations)[number];

export type Kill =
  /** Right before so manieth step of the operation. */
  | { readonly step: number }
  /** So many microseconds after the operation began. */
  | { readonly afterUs: number };

/** A bug that is planted, to see that the suite finds it. */
export type Planted = 'acknowledges early' | 'destroys blindly' | 'forgets the keyring file';

export interface Plan {
  readonly place: Place;
  readonly seed: string;
  readonly operation: Operation;
  readonly kill: Kill;
  /** Clients that write and read meanwhile. */
  readonly writers: number;
  readonly planted?: Planted;
}

/** The files of one store under test. */
export interface Place {
  readonly data: string;
  readonly ledger: string;
  /** The root of trust that has the store, or those of which one has it. */
  readonly keeper: string;
  /** The steps that the process took, one a line: `OPERATION<tab>STEP`. */
  readonly steps: string;
}

export const placeIn = (folder: string): Place => ({
  data: `${folder}/data`,
  ledger: `${folder}/ledger`,
  keeper: `${folder}/keeper`,
  steps: `${folder}/steps`,
});
