import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { ObjectHead, ObjectName } from '../../api/object.ts';
import { startDownload } from '../../shell/download.ts';
import { useNotices } from '../../shell/notices.tsx';
import { parentPrefix, prefixAddress } from '../../text/keys.ts';
import { DeleteVersion } from './delete-version.tsx';
import { ShareDialog } from './share-dialog.tsx';

export function ObjectActions({
  object,
  head,
}: {
  readonly object: ObjectName;
  readonly head: ObjectHead;
}) {
  const [dialog, setDialog] = useState<'share' | 'delete'>();
  const notices = useNotices();
  const navigate = useNavigate();
  const download = (): void => {
    startDownload(object).catch((error: unknown) => notices.failed('Nothing is downloaded', error));
  };
  return (
    <>
      <SpaceBetween direction="horizontal" size="xs">
        <Button iconName="download" onClick={download}>
          Download
        </Button>
        <Button iconName="share" onClick={() => setDialog('share')}>
          Share
        </Button>
        <Button onClick={() => setDialog('delete')}>Delete</Button>
      </SpaceBetween>
      {dialog === 'share' ? (
        <ShareDialog object={object} onClose={() => setDialog(undefined)} />
      ) : null}
      {dialog === 'delete' ? (
        <DeleteVersion
          object={object}
          versioned={head.versionId !== null}
          marker={false}
          onClose={(deleted) => {
            setDialog(undefined);
            if (!deleted) return;
            notices.done('It is deleted.');
            void navigate(prefixAddress(object.bucket, parentPrefix(object.key)));
          }}
        />
      ) : null}
    </>
  );
}
