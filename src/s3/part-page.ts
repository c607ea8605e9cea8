/** A page of parts, as ListParts (query) and GetObjectAttributes (headers) ask for it. */
import { s3Limits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import { textElement } from './xml/write.ts';

export interface PartPage {
  /** Parts after this number. */
  readonly marker: number;
  /** 0 to 1,000. */
  readonly limit: number;
}

/** One of the two values, with the name it goes by. */
export type Parameter = readonly [name: string, value: string | undefined];

/** The page asked for: 1,000 parts from the first by default. Throws `InvalidArgument`. */
export function partPage(max: Parameter, marker: Parameter): PartPage {
  const limit = Math.min(count(max) ?? s3Limits.listEntriesMax, s3Limits.listEntriesMax);
  return { marker: count(marker) ?? 0, limit };
}

/** What a reply tells of the page. */
export function partPageElements(
  { marker, limit }: PartPage,
  { numbers, more }: { readonly numbers: readonly number[]; readonly more: boolean },
): string {
  return (
    textElement('PartNumberMarker', marker) +
    textElement('NextPartNumberMarker', numbers.at(-1) ?? 0) +
    textElement('MaxParts', limit) +
    textElement('IsTruncated', more)
  );
}

const countMax = 2 ** 31 - 1;

function count([name, text]: Parameter): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= countMax) return value;
  throw new Refusal('InvalidArgument', {
    message: `Argument ${name} must be an integer between 0 and ${countMax}`,
    fields: { ArgumentName: name, ArgumentValue: text },
  });
}
