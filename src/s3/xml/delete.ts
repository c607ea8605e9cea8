/** `Delete`, the document of DeleteObjects (S3 API reference, 2026-11-24): 1 to 1,000 keys. */
import { parserLimits, s3Limits } from '../../base/limits.ts';
import { Refusal } from '../../base/refusal.ts';
import { unquoteEtag } from '../headers/etag.ts';
import { checkKey } from '../target.ts';
import { type XmlElement, malformed, readXml } from './read.ts';
import { boolean, leaf, members, named, required } from './shape.ts';

const objectsMax = s3Limits.deleteObjectsMax;

export interface ObjectToDelete {
  readonly key: string;
  readonly versionId: string | undefined;
  /** Only if the object has this ETag (without quotes; `*`: only if there is one). */
  readonly ifMatch: string | undefined;
}

export interface DeleteDocument {
  readonly objects: readonly ObjectToDelete[];
  /** Report errors only. */
  readonly quiet: boolean;
}

/** Throws `MalformedXML`, `KeyTooLongError` or `NotImplemented`. */
export function readDelete(bytes: Uint8Array): DeleteDocument {
  const root = named(readXml(bytes, parserLimits.xmlListBytesMax), 'Delete');
  const parts = members(root, ['Quiet'], ['Object']);
  const objects = parts.all('Object');
  if (objects.length === 0) throw malformed('Delete lacks Object', root.place());
  if (objects.length > objectsMax) throw malformed(`more than ${objectsMax} objects`, root.place());
  const quiet = parts.one('Quiet');
  return {
    objects: objects.map(objectToDelete),
    quiet: quiet !== undefined && boolean(quiet),
  };
}

function objectToDelete(element: XmlElement): ObjectToDelete {
  const parts = members(element, ['Key', 'VersionId', 'ETag', 'LastModifiedTime', 'Size']);
  for (const name of ['LastModifiedTime', 'Size']) {
    if (parts.one(name) !== undefined) {
      throw new Refusal('NotImplemented', {
        message: `Deleting on the condition of ${name} is not implemented.`,
      });
    }
  }
  const key = leaf(required(element, parts.one('Key'), 'Key'));
  if (key === '') throw malformed('Key is empty', element.place());
  checkKey(key);
  const versionId = parts.one('VersionId');
  const etag = parts.one('ETag');
  return {
    key,
    versionId: versionId === undefined ? undefined : leaf(versionId).trim() || undefined,
    ifMatch: etag === undefined ? undefined : unquoteEtag(leaf(etag)),
  };
}
