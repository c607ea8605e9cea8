/** One object, or one of its versions: what it is, how it is protected, and what can be done with it. */
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import { useCallback } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { headObject, isNotThere, type ObjectHead, type ObjectName } from '../../api/object.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { Exact } from '../../shell/exact.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { Waiting } from '../../shell/waiting.tsx';
import { lastPart, objectAddress, prefixAddress, stepsOf } from '../../text/keys.ts';
import { visibleText } from '../../text/visible.ts';
import { EncryptionBox } from './encryption-box.tsx';
import { MetadataBox } from './metadata-box.tsx';
import { ObjectActions } from './object-actions.tsx';
import { PreviewBox } from './preview-box.tsx';
import { PropertiesBox } from './properties-box.tsx';
import { TagsBox } from './tags-box.tsx';
import { VersionsBox } from './versions-box.tsx';

export function ObjectPage() {
  const { bucket = '' } = useParams();
  const [query] = useSearchParams();
  const key = query.get('key') ?? '';
  const versionId = query.get('versionId') ?? undefined;
  return (
    <ObjectAt
      key={JSON.stringify([bucket, key, versionId])}
      bucket={bucket}
      objectKey={key}
      versionId={versionId}
    />
  );
}

function ObjectAt({
  bucket,
  objectKey: key,
  versionId,
}: {
  readonly bucket: string;
  readonly objectKey: string;
  readonly versionId: string | undefined;
}) {
  const [query, setQuery] = useSearchParams();
  const { value, error, reload } = useLoaded(
    useCallback(
      (signal: AbortSignal) => headObject({ bucket, key, versionId }, signal),
      [bucket, key, versionId],
    ),
  );
  // Under the version's own id, what is done later is done to what is shown now.
  const object: ObjectName = { bucket, key, versionId };
  const title = visibleText(lastPart(key)) || 'Object';
  const tab = query.get('tab') ?? 'properties';
  return (
    <PageBody
      title={title}
      trail={trailOf(bucket, key)}
      description={versionId === undefined ? undefined : <>Version {versionId}</>}
      actions={
        value === undefined || value.deleteMarker ? undefined : (
          <ObjectActions object={object} head={value} />
        )
      }
    >
      {error === undefined ? null : isNotThere(error) ? (
        <NotThere bucket={bucket} objectKey={key} versionId={versionId} />
      ) : (
        <ErrorBox what="The object could not be looked at" error={error} retry={reload} />
      )}
      {value === undefined && error === undefined ? (
        <Waiting />
      ) : (
        <Tabs
          activeTabId={tab}
          ariaLabel="About the object"
          onChange={({ detail }) =>
            setQuery(
              (old) => {
                old.set('tab', detail.activeTabId);
                return old;
              },
              { replace: true },
            )
          }
          tabs={[
            {
              id: 'properties',
              label: 'Properties',
              content: <Properties object={object} head={value} onChange={reload} />,
            },
            {
              id: 'preview',
              label: 'Preview',
              content:
                value === undefined || value.deleteMarker ? (
                  'There is nothing to look at.'
                ) : (
                  <PreviewBox object={object} head={value} />
                ),
            },
            {
              id: 'versions',
              label: 'Versions',
              content: <VersionsBox bucket={bucket} objectKey={key} onChange={reload} />,
            },
          ]}
        />
      )}
    </PageBody>
  );
}

function Properties({
  object,
  head,
  onChange,
}: {
  readonly object: ObjectName;
  readonly head: ObjectHead | undefined;
  readonly onChange: () => void;
}) {
  if (head === undefined) return 'There is nothing to tell.';
  return (
    <SpaceBetween size="l">
      {head.deleteMarker ? (
        <Alert type="info" header="This version is a delete marker">
          It hides the versions before it. Remove it among the versions, and the newest of them is
          back.
        </Alert>
      ) : null}
      <PropertiesBox object={object} head={head} />
      <EncryptionBox object={object} head={head} />
      {head.deleteMarker ? null : <MetadataBox head={head} />}
      {head.deleteMarker ? null : <TagsBox object={object} onChange={onChange} />}
    </SpaceBetween>
  );
}

function NotThere({
  bucket,
  objectKey,
  versionId,
}: {
  readonly bucket: string;
  readonly objectKey: string;
  readonly versionId: string | undefined;
}) {
  return (
    <Alert type="warning" header="There is no such object">
      <Exact text={objectKey} /> {versionId === undefined ? '' : `in the version ${versionId} `}is
      not in {bucket}, or is hidden by a delete marker: look among the versions.
    </Alert>
  );
}

function trailOf(bucket: string, key: string) {
  return [
    { text: 'Buckets', href: '/buckets' },
    { text: bucket, href: prefixAddress(bucket) },
    ...stepsOf(key)
      .slice(0, -1)
      .map((step) => ({ text: visibleText(step.name), href: prefixAddress(bucket, step.prefix) })),
    { text: visibleText(lastPart(key)), href: objectAddress(bucket, key) },
  ];
}
