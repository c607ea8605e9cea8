/** Destroys the secret of a bucket: everything in it is unreadable at once, whatever it holds. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Link from '@cloudscape-design/components/link';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { ShreddedBucket } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { Ask } from '../../shell/ask.tsx';
import { RecordView } from '../keys/record-view.tsx';

export function ShredBucket({
  bucket,
  onClose,
  onShredded,
}: {
  readonly bucket: string;
  readonly onClose: () => void;
  /** Once it is done and the record was seen. */
  readonly onShredded: () => void;
}) {
  const [shredded, setShredded] = useState<ShreddedBucket>();
  if (shredded !== undefined) return <Shredded shredded={shredded} onClose={onShredded} />;
  return (
    <Ask
      size="large"
      header={`Shred the bucket ${bucket}`}
      action="Shred for ever"
      failed="The bucket is not shredded"
      name={bucket}
      onClose={onClose}
      run={async () => {
        const sent = { path: { bucket }, body: {} };
        setShredded(await admin('POST /admin/v1/buckets/{bucket}/shred', sent));
      }}
    >
      <Alert type="warning" header="This cannot be undone, by anybody">
        <ul>
          <li>
            The bucket’s secret is destroyed. Without it nothing in the bucket opens any more.
          </li>
          <li>It does not have to be empty: objects, older versions and uploads go with it.</li>
          <li>
            What it held is removed afterwards by the server; its name is free once that is done.
          </li>
          <li>
            Older copies of the sealed secret, in backups and free pages of the database, open until
            the master key versions that sealed it are destroyed. You are told which.
          </li>
          <li>A signed record stays.</li>
        </ul>
      </Alert>
    </Ask>
  );
}

function Shredded({
  shredded,
  onClose,
}: {
  readonly shredded: ShreddedBucket;
  readonly onClose: () => void;
}) {
  const { bucket, record, versions } = shredded;
  return (
    <Modal
      visible
      size="large"
      header={`The bucket ${bucket} is shredded`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <Button variant="primary" onClick={onClose}>
            Close
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <Alert type="info" header="What is left to do">
          To make older copies of its secret worthless: rotate and re-wrap on the page of the{' '}
          <Link href="/keys">master keys</Link>, then destroy version
          {versions.length === 1 ? '' : 's'} {versions.join(', ')} there.
        </Alert>
        <RecordView record={record} />
      </SpaceBetween>
    </Modal>
  );
}
