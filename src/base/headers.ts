/** A request's headers, as every room that reads them sees them. */

/** Lower-case name → every value in wire order, one Latin-1 character for each byte. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** The one value of a header, or undefined. A repeated header gives its values joined by `,`. */
export function header(headers: Headers, name: string): string | undefined {
  const values = headers.get(name);
  if (values === undefined) return undefined;
  return values.length === 1 ? values[0] : values.join(',');
}
