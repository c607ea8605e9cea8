/** `Tagging`, of objects and of buckets (S3 API reference of PutObjectTagging, 2026-11-24). */
import type { Tags } from '../../store/buckets.ts';
import { checkTags } from '../tag-rules.ts';
import { type XmlElement, readXml } from './read.ts';
import { leaf, members, named, required } from './shape.ts';
import { element as wrap, textElement, xmlDocument } from './write.ts';

/** The tags of the document. Throws `MalformedXML` or `InvalidTag`. */
export function readTagging(bytes: Uint8Array, kind: 'object' | 'bucket'): Tags {
  const root = named(readXml(bytes), 'Tagging');
  const set = required(root, members(root, ['TagSet']).one('TagSet'), 'TagSet');
  const tags = tagsIn(set);
  checkTags(tags, kind);
  return tags;
}

/** The `Tag` children of a `TagSet`, unchecked. */
export function tagsIn(set: XmlElement): Tags {
  return members(set, [], ['Tag'])
    .all('Tag')
    .map((tag) => {
      const parts = members(tag, ['Key', 'Value']);
      return [
        leaf(required(tag, parts.one('Key'), 'Key')),
        leaf(required(tag, parts.one('Value'), 'Value')),
      ];
    });
}

/** The reply of GetObjectTagging and GetBucketTagging. */
export function taggingDocument(tags: Tags): string {
  const set = tags
    .map(([key, value]) => wrap('Tag', textElement('Key', key) + textElement('Value', value)))
    .join('');
  return xmlDocument('Tagging', wrap('TagSet', set));
}
