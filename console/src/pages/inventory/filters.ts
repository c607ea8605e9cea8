/** The filters of the inventory, as they stand in the address. */
export interface Filters {
  readonly bucket: string;
  readonly prefix: string;
  /** Digits, or empty. */
  readonly keyVersion: string;
  /** Only what is listed without requested encryption. */
  readonly onlyNone: boolean;
}

export function filtersOf(query: Pick<URLSearchParams, 'get'>): Filters {
  const keyVersion = query.get('keyVersion') ?? '';
  return {
    bucket: query.get('bucket') ?? '',
    prefix: query.get('prefix') ?? '',
    keyVersion: /^[1-9]\d{0,8}$/.test(keyVersion) ? keyVersion : '',
    onlyNone: query.get('protection') === 'none',
  };
}

/** Without what is not set. */
export function queryOf({ bucket, prefix, keyVersion, onlyNone }: Filters): URLSearchParams {
  const query = new URLSearchParams();
  if (bucket !== '') query.set('bucket', bucket);
  if (prefix !== '') query.set('prefix', prefix);
  if (keyVersion !== '') query.set('keyVersion', keyVersion);
  if (onlyNone) query.set('protection', 'none');
  return query;
}

/** As the admin API takes them. */
export function askedOf({ bucket, prefix, keyVersion }: Filters): {
  readonly bucket?: string;
  readonly prefix?: string;
  readonly keyVersion?: string;
} {
  return {
    ...(bucket === '' ? {} : { bucket }),
    ...(prefix === '' ? {} : { prefix }),
    ...(keyVersion === '' ? {} : { keyVersion }),
  };
}
