/** The dialogs of the objects' page. */
import { useCallback } from 'react';
import { bucketVersioning } from '../../api/buckets.ts';
import type { Entry } from '../../api/listing.ts';
import { useNotices } from '../../shell/notices.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { parentPrefix } from '../../text/keys.ts';
import { visibleText } from '../../text/visible.ts';
import type { ChosenFile } from '../../upload/chosen-files.ts';
import { CreateFolder } from './create-folder.tsx';
import { DeleteEntries } from './delete-entries.tsx';
import { UploadDialog } from './upload-dialog.tsx';

export type ObjectsDialogName = 'folder' | 'delete' | 'upload';

export function ObjectsDialog({
  dialog,
  bucket,
  prefix,
  versions,
  entries,
  dropped,
  onClose,
}: {
  readonly dialog: ObjectsDialogName | undefined;
  readonly bucket: string;
  readonly prefix: string;
  readonly versions: boolean;
  /** Those that are selected. */
  readonly entries: readonly Entry[];
  readonly dropped: readonly ChosenFile[];
  /** `changed`: the listing may be another now. */
  readonly onClose: (changed: boolean) => void;
}) {
  const versioning = useLoaded(
    useCallback((signal: AbortSignal) => bucketVersioning(bucket, signal), [bucket]),
  ).value;
  const notices = useNotices();
  // What is made under half a name stands beside what the half name finds.
  const folder = prefix.endsWith('/') ? prefix : parentPrefix(`${prefix}x`);
  switch (dialog) {
    case undefined:
      return null;
    case 'folder':
      return (
        <CreateFolder
          bucket={bucket}
          prefix={folder}
          onClose={() => onClose(false)}
          onCreated={(name) => {
            notices.done(`The folder ${visibleText(name)} is made.`);
            onClose(true);
          }}
        />
      );
    case 'upload':
      return (
        <UploadDialog
          bucket={bucket}
          prefix={folder}
          dropped={dropped}
          onClose={() => onClose(false)}
        />
      );
    case 'delete':
      return (
        <DeleteEntries
          bucket={bucket}
          entries={entries}
          versions={versions}
          versioning={versioning}
          onClose={onClose}
        />
      );
  }
}
