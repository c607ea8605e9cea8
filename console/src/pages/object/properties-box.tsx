import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import type { ReactNode } from 'react';
import type { ObjectHead, ObjectName } from '../../api/object.ts';
import { CopyButton } from '../../shell/copy-button.tsx';
import { Exact } from '../../shell/exact.tsx';
import { exactBytesText, plural } from '../../text/bytes.ts';
import { s3Uri } from '../../text/keys.ts';
import { timeText } from '../../text/times.ts';

/** What S3 tells of the object. */
export function PropertiesBox({
  object,
  head,
}: {
  readonly object: ObjectName;
  readonly head: ObjectHead;
}) {
  const { bucket, key } = object;
  const content = head.deleteMarker
    ? []
    : [
        { label: 'Size', value: exactBytesText(head.size) },
        { label: 'Type', value: <Exact text={head.contentType} /> },
        { label: 'ETag', value: <Exact text={head.etag} /> },
        { label: 'Storage class', value: head.storageClass },
        ...(head.parts === null
          ? []
          : [{ label: 'Uploaded in', value: plural(head.parts, 'part') }]),
        ...head.checksums.map(([algorithm, value]) => ({
          label: `Checksum ${algorithm}${head.checksumType === 'COMPOSITE' ? ' (of the parts’ checksums)' : ''}`,
          value: <Exact text={value} />,
        })),
        ...head.headers.map(([label, value]) => ({ label, value: <Exact text={value} /> })),
      ];
  return (
    <Container header={<Header variant="h2">Properties</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Key', value: copied('Copy the key', key) },
          { label: 'S3 URI', value: copied('Copy the S3 URI', s3Uri(bucket, key)) },
          { label: 'ARN', value: copied('Copy the ARN', `arn:aws:s3:::${bucket}/${key}`) },
          { label: 'Last modified', value: timeText(head.lastModified) },
          {
            label: 'Version',
            value:
              head.versionId === null ? (
                'The bucket has no versioning'
              ) : (
                <Exact text={head.versionId} />
              ),
          },
          ...content,
        ]}
      />
    </Container>
  );
}

function copied(label: string, text: string): ReactNode {
  return (
    <>
      <CopyButton icon label={label} text={text} /> <Exact text={text} />
    </>
  );
}
