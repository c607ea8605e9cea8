/** What the parts of the metadata contract share: the store under test, and short ways to use it. */
import { asSealed, type Sealed } from '../../src/base/sealed.ts';
import type { Metadata } from '../../src/engines/metadata.ts';

/** A store under test, and what has to be cleared away after it. */
export interface OpenedMetadata extends AsyncDisposable {
  readonly metadata: Metadata;
}

export type OpenMetadata = () => Promise<OpenedMetadata>;

export const key = (text: string): Buffer => Buffer.from(text);
export const sealed = (text: string | Uint8Array): Sealed => asSealed(Buffer.from(text));

/** Puts rows of equal key and value. */
export function fill(metadata: Metadata, keys: readonly string[]): Promise<void> {
  return metadata.transact(async (transaction) => {
    for (const text of keys) transaction.put(key(text), sealed(text));
  });
}

export async function read(metadata: Metadata, name: string): Promise<string | undefined> {
  using snapshot = metadata.snapshot();
  const value = await snapshot.get(key(name));
  return value && Buffer.from(value).toString();
}

/** Adds one to the counter `name`, by reading and writing it. */
export function raise(metadata: Metadata, name: string): Promise<void> {
  return metadata.transact(async (transaction) => {
    const value = await transaction.get(key(name));
    const count = Number(Buffer.from(value ?? sealed('0')).toString());
    transaction.put(key(name), sealed(`${count + 1}`));
  });
}
