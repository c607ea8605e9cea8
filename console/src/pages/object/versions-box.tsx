import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Link from '@cloudscape-design/components/link';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import { useCallback, useState } from 'react';
import type { ObjectEntry } from '../../api/listing.ts';
import { headObject, listVersions, restoreVersion } from '../../api/object.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { Exact } from '../../shell/exact.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { bytesText } from '../../text/bytes.ts';
import { objectAddress } from '../../text/keys.ts';
import { timeText } from '../../text/times.ts';
import { DeleteVersion } from './delete-version.tsx';

/** Every version of the key: look at, restore, delete; delete markers can be removed. */
export function VersionsBox({
  bucket,
  objectKey: key,
  onChange,
}: {
  readonly bucket: string;
  readonly objectKey: string;
  readonly onChange: () => void;
}) {
  const { value, error, loading, reload } = useLoaded(
    useCallback((signal: AbortSignal) => listVersions(bucket, key, signal), [bucket, key]),
  );
  const [deleting, setDeleting] = useState<ObjectEntry>();
  const [restoring, setRestoring] = useState<string>();
  const notices = useNotices();

  const restore = async (versionId: string): Promise<void> => {
    setRestoring(versionId);
    try {
      const { encryption } = await headObject({ bucket, key, versionId });
      await restoreVersion({ bucket, key, versionId }, encryption);
      notices.done('A copy of that version is the newest now.');
      reload();
      onChange();
    } catch (refused) {
      notices.failed('The version is not restored', refused);
    } finally {
      setRestoring(undefined);
    }
  };

  return (
    <>
      <ErrorBox what="The versions could not be listed" error={error} retry={reload} />
      <Table
        items={value ?? []}
        loading={loading && value === undefined}
        loadingText="Listing versions"
        trackBy={(entry) => entry.versionId ?? ''}
        ariaLabels={{ tableLabel: 'Versions' }}
        empty={<Box textAlign="center">There is no version of this key.</Box>}
        header={
          <Header
            variant="h2"
            counter={value === undefined ? '' : `(${value.length})`}
            actions={
              <Button iconName="refresh" ariaLabel="List the versions again" onClick={reload} />
            }
          >
            Versions
          </Header>
        }
        columnDefinitions={[
          {
            id: 'version',
            header: 'Version',
            isRowHeader: true,
            cell: (entry) => (
              <Link href={`${objectAddress(bucket, key, entry.versionId)}&tab=properties`}>
                <Exact text={entry.versionId ?? ''} />
              </Link>
            ),
          },
          {
            id: 'kind',
            header: 'What',
            cell: ({ kind, latest }) =>
              `${kind === 'marker' ? 'Delete marker' : 'Version'}${latest === true ? ' (newest)' : ''}`,
          },
          { id: 'size', header: 'Size', cell: (entry) => sizeOf(entry) },
          {
            id: 'modified',
            header: 'Last modified',
            cell: ({ lastModified }) => timeText(lastModified),
          },
          {
            id: 'actions',
            header: 'Actions',
            cell: (entry) => (
              <SpaceBetween direction="horizontal" size="s">
                {entry.kind === 'object' && entry.latest !== true ? (
                  <Button
                    variant="inline-link"
                    loading={restoring === entry.versionId}
                    ariaLabel={`Restore version ${entry.versionId ?? ''}`}
                    onClick={() => void restore(entry.versionId ?? 'null')}
                  >
                    Restore
                  </Button>
                ) : null}
                <Button
                  variant="inline-link"
                  ariaLabel={`${entry.kind === 'marker' ? 'Remove marker' : 'Delete version'} ${entry.versionId ?? ''}`}
                  onClick={() => setDeleting(entry)}
                >
                  {entry.kind === 'marker' ? 'Remove marker' : 'Delete'}
                </Button>
              </SpaceBetween>
            ),
          },
        ]}
      />
      {deleting === undefined ? null : (
        <DeleteVersion
          object={{ bucket, key, versionId: deleting.versionId }}
          versioned
          marker={deleting.kind === 'marker'}
          onClose={(deleted) => {
            setDeleting(undefined);
            if (!deleted) return;
            notices.done(deleting.kind === 'marker' ? 'The marker is removed.' : 'It is deleted.');
            reload();
            onChange();
          }}
        />
      )}
    </>
  );
}

function sizeOf({ kind, size }: ObjectEntry): string {
  return kind === 'marker' ? '–' : bytesText(size);
}
