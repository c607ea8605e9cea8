/** What a suite of the console is given. */
import type { Check } from '../clients/checks.ts';
import type { House } from './house.ts';

export interface Stage {
  readonly house: House;
  readonly check: Check;
  /** A folder of the run's own, removed at the end. */
  readonly folder: string;
  /** A figure that is told and not asserted. */
  readonly figure: (what: string, value: string) => void;
}

export interface Suite {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}
