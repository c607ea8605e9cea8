/** Listings: UTF-8 byte order, delimiters, markers that survive concurrent deletes. */
import type { ChecksumAlgorithm, ChecksumType } from './checksums.ts';
import type { View } from './store.ts';
import type { Upload } from './uploads.ts';

export interface ListQuery {
  readonly bucket: string;
  readonly prefix: string;
  /** '' for none. */
  readonly delimiter: string;
  /** 0 to 1,000. Keys and common prefixes counted together. */
  readonly limit: number;
}

export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: Date;
  readonly checksum:
    | { readonly algorithm: ChecksumAlgorithm; readonly type: ChecksumType }
    | undefined;
}

export interface ListedVersion extends ListedObject {
  readonly versionId: string;
  readonly latest: boolean;
  readonly deleteMarker: boolean;
}

export interface ObjectPage {
  readonly objects: readonly ListedObject[];
  readonly commonPrefixes: readonly string[];
  readonly truncated: boolean;
  /** The last key or common prefix given; the next page starts after it. Undefined on an empty page. */
  readonly last: string | undefined;
}

export interface Listing {
  /**
   * Current objects after `after` (a key or a common prefix: everything that begins with such a
   * prefix is skipped).
   */
  objects(view: View, query: ListQuery & { readonly after?: string }): Promise<ObjectPage>;
  /** Versions and markers, newest first within a key, after (`keyMarker`, `versionIdMarker`). */
  versions(
    view: View,
    query: ListQuery & { readonly keyMarker?: string; readonly versionIdMarker?: string },
  ): Promise<{
    readonly versions: readonly ListedVersion[];
    readonly commonPrefixes: readonly string[];
    readonly truncated: boolean;
    readonly nextKeyMarker: string | undefined;
    readonly nextVersionIdMarker: string | undefined;
  }>;
  /** Uploads in progress, by key and then by when they began. */
  uploads(
    view: View,
    query: ListQuery & { readonly keyMarker?: string; readonly uploadIdMarker?: string },
  ): Promise<{
    readonly uploads: readonly Upload[];
    readonly commonPrefixes: readonly string[];
    readonly truncated: boolean;
    readonly nextKeyMarker: string | undefined;
    readonly nextUploadIdMarker: string | undefined;
  }>;
}
