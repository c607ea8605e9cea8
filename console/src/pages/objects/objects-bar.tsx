/** Above the objects: where one is, jumping elsewhere, and what can be done with what is selected. */
import Button from '@cloudscape-design/components/button';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import type { Entry } from '../../api/listing.ts';
import { CopyButton } from '../../shell/copy-button.tsx';
import { startDownload } from '../../shell/download.ts';
import { useNotices } from '../../shell/notices.tsx';
import { prefixAddress, s3Uri } from '../../text/keys.ts';

export function ObjectsBar({
  bucket,
  prefix,
  versions,
  selected,
  onReload,
  onCreateFolder,
  onDelete,
  onUpload,
}: {
  readonly bucket: string;
  readonly prefix: string;
  readonly versions: boolean;
  readonly selected: readonly Entry[];
  readonly onReload: () => void;
  readonly onCreateFolder: () => void;
  readonly onDelete: () => void;
  readonly onUpload: () => void;
}) {
  const [jump, setJump] = useState(prefix);
  const navigate = useNavigate();
  const one = selected.length === 1 ? selected[0] : undefined;
  const notices = useNotices();
  const download = (): void => {
    if (one?.kind !== 'object') return;
    const { key, versionId } = one;
    startDownload({ bucket, key, versionId }).catch((error: unknown) =>
      notices.failed('Nothing is downloaded', error),
    );
  };
  return (
    <div className="bar">
      <form
        className="bar-jump"
        onSubmit={(event) => {
          event.preventDefault();
          void navigate(prefixAddress(bucket, jump, versions));
        }}
      >
        <Input
          type="search"
          value={jump}
          onChange={({ detail }) => setJump(detail.value)}
          placeholder="Jump to a prefix, such as logs/2026-"
          ariaLabel="Jump to a prefix"
          spellcheck={false}
          autoComplete={false}
        />
        <Button formAction="submit">Go</Button>
      </form>
      <Toggle
        checked={versions}
        onChange={({ detail }) => void navigate(prefixAddress(bucket, prefix, detail.checked))}
      >
        Show versions
      </Toggle>
      <SpaceBetween direction="horizontal" size="xs">
        <Button iconName="refresh" ariaLabel="List the objects again" onClick={onReload} />
        <CopyButton text={s3Uri(bucket, one?.key ?? prefix)} label="Copy S3 URI" />
        <Button disabled={one?.kind !== 'object'} onClick={download}>
          Download
        </Button>
        <Button disabled={selected.length === 0} onClick={onDelete}>
          Delete
        </Button>
        <Button onClick={onCreateFolder}>Create folder</Button>
        <Button variant="primary" iconName="upload" onClick={onUpload}>
          Upload
        </Button>
      </SpaceBetween>
    </div>
  );
}
