/** `x-amz-storage-class`: Coffer keeps everything as STANDARD (S3-BEHAVIOURS 8). */
import { Refusal } from '../../base/refusal.ts';
import { type Headers, header } from '../../http/exchange.ts';

const storageClassHeader = 'x-amz-storage-class';

/** AWS's other classes, from the service model of S3 (2026-11-24). */
const otherClasses = new Set([
  'AWS_BACKUP_LOW_COST_WARM',
  'AWS_BACKUP_WARM',
  'DEEP_ARCHIVE',
  'EXPRESS_ONEZONE',
  'FSX_ONTAP',
  'FSX_OPENZFS',
  'GLACIER',
  'GLACIER_IR',
  'INTELLIGENT_TIERING',
  'ONEZONE_IA',
  'OUTPOSTS',
  'REDUCED_REDUNDANCY',
  'SNOW',
  'STANDARD_IA',
]);

/** Throws `NotImplemented` for another class of AWS's and `InvalidStorageClass` for none of them. */
export function checkStorageClass(headers: Headers): void {
  const value = header(headers, storageClassHeader);
  if (value === undefined || value === 'STANDARD') return;
  if (!otherClasses.has(value)) {
    throw new Refusal('InvalidStorageClass', { fields: { StorageClassRequested: value } });
  }
  throw new Refusal('NotImplemented', {
    message: `The storage class ${value} is not implemented; STANDARD is.`,
    fields: { Header: storageClassHeader },
  });
}
