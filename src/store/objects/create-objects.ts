/** Objects and their versions over rows and sealed blobs. */
import type { Objects } from '../objects.ts';
import type { StoreParts } from '../store-parts.ts';
import { copyObject } from './copy.ts';
import { deleteObject } from './delete.ts';
import { openObject } from './open.ts';
import { putObject } from './put.ts';
import { existingTags, objectTags, setObjectTags } from './tags.ts';

export function createObjects(parts: StoreParts): Objects {
  return {
    put: (input) => putObject(parts, input),
    open: (view, input) => openObject(parts.sealedBlobs, view, input),
    delete: (input) => deleteObject(parts, input),
    copy: (input) => copyObject(parts, input),
    tags: objectTags,
    existingTags,
    setTags: (input) => setObjectTags(parts, input),
  };
}
