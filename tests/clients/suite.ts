/** What a client's file is given, and the settings every client program needs. */
import type { Checks } from './checks.ts';
import type { Credentials, Site } from './site.ts';

export interface Stage {
  /** A server whose new buckets are modern: AES256 by default, public access blocked. */
  readonly site: Site;
  /** A server with the rules of 2020 (`--new-buckets classic`); undefined with `--endpoint`. */
  readonly classic: Site | undefined;
  /** The suite's own folder, removed at the end. */
  readonly folder: string;
  /** Stands in every body, in metadata and in tags; must never be found in the data folder. */
  readonly canary: string;
  readonly checks: Checks;
}

export interface Suite {
  readonly name: string;
  readonly run: (stage: Stage) => Promise<void>;
}

/** The environment of a client program: a home of its own, these credentials, UTF-8. */
export function clientEnvironment(
  { site, folder }: Stage,
  who: Credentials = site.root,
): Record<string, string> {
  return {
    HOME: folder,
    LC_ALL: 'C.UTF-8',
    PYTHONUTF8: '1',
    AWS_ACCESS_KEY_ID: who.accessKeyId,
    AWS_SECRET_ACCESS_KEY: who.secretAccessKey,
    AWS_DEFAULT_REGION: site.region,
    AWS_REGION: site.region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
  };
}

/** Throws unless the two are equal. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${what}: got ${got}, not ${wanted}`);
}

/** Throws unless the text contains the part. */
export function contains(text: string, part: string | RegExp, what: string): void {
  const found = typeof part === 'string' ? text.includes(part) : part.test(text);
  if (!found) throw new Error(`${what}: no ${String(part)} in ${text.slice(0, 800)}`);
}
