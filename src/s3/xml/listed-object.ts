/** What the elements of ListObjects, ListObjectsV2 and ListObjectVersions hold alike. */
import { isoTime } from '../../base/time.ts';
import type { ListedObject } from '../../store/listing.ts';

/** `ETag` to `StorageClass`, in the order in which AWS writes them. */
export function objectElements({ etag, checksum, size }: ListedObject): string {
  const checksums =
    checksum === undefined
      ? ''
      : `<ChecksumAlgorithm>${checksum.algorithm}</ChecksumAlgorithm><ChecksumType>${checksum.type}</ChecksumType>`;
  return (
    // Of hexadecimal digits and a number of parts: nothing in it is to be escaped but its quotes.
    `<ETag>&quot;${etag}&quot;</ETag>${checksums}<Size>${size}</Size><StorageClass>STANDARD</StorageClass>`
  );
}

export function lastModifiedElement({ modified }: Pick<ListedObject, 'modified'>): string {
  return `<LastModified>${isoTime(modified)}</LastModified>`;
}
