/** The objects of a bucket under a prefix: browse, select, delete, upload. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { entryId, type Entry } from '../../api/listing.ts';
import { BucketTabs } from '../../shell/bucket-tabs.tsx';
import { ErrorBox } from '../../shell/error-box.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { useUploads } from '../../shell/upload-panel.tsx';
import { countText } from '../../text/bytes.ts';
import { objectAddress, parentPrefix, prefixAddress, stepsOf } from '../../text/keys.ts';
import { visibleText } from '../../text/visible.ts';
import { filesOfDrop, type ChosenFile } from '../../upload/chosen-files.ts';
import { EntryTable } from './entry-table.tsx';
import { ObjectsDialog, type ObjectsDialogName } from './objects-dialog.tsx';
import { ObjectsBar } from './objects-bar.tsx';
import { asListed, sorted } from './sorted.ts';
import { useListing } from './use-listing.ts';

export function ObjectsPage() {
  const { bucket = '' } = useParams();
  const [query] = useSearchParams();
  const prefix = query.get('prefix') ?? '';
  const versions = query.get('versions') === 'on';
  // Another place is another page: nothing stays selected.
  return (
    <ObjectsAt
      key={JSON.stringify([bucket, prefix, versions])}
      bucket={bucket}
      prefix={prefix}
      versions={versions}
    />
  );
}

interface Place {
  readonly bucket: string;
  readonly prefix: string;
  readonly versions: boolean;
}

function ObjectsAt({ bucket, prefix, versions }: Place) {
  const listing = useListing(bucket, prefix, versions);
  const [sorting, setSorting] = useState(asListed);
  const [selected, setSelected] = useState<ReadonlyMap<string, Entry>>(new Map());
  const [dialog, setDialog] = useState<ObjectsDialogName>();
  const [dropped, setDropped] = useState<readonly ChosenFile[]>([]);
  const rows = useMemo(() => sorted(listing.entries, sorting), [listing.entries, sorting]);

  const onSelect = useCallback((entries: readonly Entry[], on: boolean) => {
    setSelected((old) => {
      const next = new Map(old);
      for (const entry of entries) {
        if (on) next.set(entryId(entry), entry);
        else next.delete(entryId(entry));
      }
      return next;
    });
  }, []);
  const { reload: reloadListing } = listing;
  const reload = useCallback(() => {
    setSelected(new Map());
    reloadListing();
  }, [reloadListing]);
  useUploadsHere(bucket, prefix, reload);
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    void filesOfDrop(event.dataTransfer).then((files) => {
      if (files.length === 0) return;
      setDropped(files);
      setDialog('upload');
    });
  };

  return (
    <PageBody
      title={prefix === '' ? bucket : visibleText(prefix)}
      trail={trailOf(bucket, prefix)}
      bare
    >
      <BucketTabs bucket={bucket} active="objects" />
      <ObjectsBar
        bucket={bucket}
        prefix={prefix}
        versions={versions}
        selected={[...selected.values()]}
        onReload={reload}
        onCreateFolder={() => setDialog('folder')}
        onDelete={() => setDialog('delete')}
        onUpload={() => {
          setDropped([]);
          setDialog('upload');
        }}
      />
      {listing.error !== undefined && listing.entries.length === 0 ? (
        <ErrorBox what="The objects could not be listed" error={listing.error} retry={reload} />
      ) : (
        <div onDragOver={(event) => event.preventDefault()} onDrop={drop}>
          <EntryTable
            label={`Objects in ${bucket}/${visibleText(prefix)}`}
            rows={rows}
            versions={versions}
            hidden={hiddenOf(prefix)}
            addressOf={(entry) =>
              entry.kind === 'prefix'
                ? prefixAddress(bucket, entry.key, versions)
                : objectAddress(bucket, entry.key, entry.versionId)
            }
            selected={selected}
            onSelect={onSelect}
            sorting={sorting}
            onSort={setSorting}
            more={listing.more}
            loading={listing.loading}
            onNearEnd={listing.loadMore}
            footer={<Foot listing={listing} prefix={prefix} versions={versions} />}
          />
        </div>
      )}
      <Box color="text-body-secondary">
        <span role="status">
          {listing.more
            ? `${countText(listing.entries.length)} loaded, more as you scroll.`
            : `${countText(listing.entries.length)} in all.`}
          {selected.size === 0 ? '' : ` ${countText(selected.size)} selected.`}
        </span>
      </Box>
      <ObjectsDialog
        dialog={dialog}
        bucket={bucket}
        prefix={prefix}
        versions={versions}
        entries={[...selected.values()]}
        dropped={dropped}
        onClose={(changed) => {
          setDialog(undefined);
          if (changed) reload();
        }}
      />
    </PageBody>
  );
}

/** The listing is asked for anew when an upload to this place is through. */
function useUploadsHere(bucket: string, prefix: string, reload: () => void): void {
  const { uploads } = useUploads();
  const done = uploads.filter(
    (upload) =>
      upload.state === 'done' && upload.bucket === bucket && upload.key.startsWith(prefix),
  ).length;
  const busy = uploads.some(({ state }) => state === 'running' || state === 'finishing');
  const seen = useRef(done);
  useEffect(() => {
    if (busy || seen.current === done) return;
    if (done > seen.current) reload();
    seen.current = done;
  }, [busy, done, reload]);
}

function Foot({
  listing,
  prefix,
  versions,
}: {
  readonly listing: ReturnType<typeof useListing>;
  readonly prefix: string;
  readonly versions: boolean;
}) {
  if (listing.loading) {
    return (
      <div className="entries-foot">
        <Spinner /> Listing objects
      </div>
    );
  }
  if (listing.error !== undefined) {
    return (
      <ErrorBox what="No more could be listed" error={listing.error} retry={listing.loadMore} />
    );
  }
  if (listing.more) {
    return (
      <div className="entries-foot">
        <Button onClick={listing.loadMore}>Load more</Button>
      </div>
    );
  }
  if (listing.entries.length > 0) return null;
  return (
    <div className="entries-foot">
      <SpaceBetween size="xs">
        <Box variant="strong">{prefix === '' ? 'No objects yet' : 'Nothing begins with this'}</Box>
        <Box color="text-body-secondary">
          {versions
            ? 'There are no versions and no delete markers either.'
            : 'Upload files, or drop them here. What was deleted may still be there as a version.'}
        </Box>
      </SpaceBetween>
    </div>
  );
}

/** Names are shown from the last slash on. */
function hiddenOf(prefix: string): string {
  return prefix.endsWith('/') ? prefix : parentPrefix(prefix);
}

function trailOf(bucket: string, prefix: string) {
  return [
    { text: 'Buckets', href: '/buckets' },
    { text: bucket, href: prefixAddress(bucket) },
    ...stepsOf(prefix).map((step) => ({
      text: visibleText(step.name),
      href: prefixAddress(bucket, step.prefix),
    })),
  ];
}
