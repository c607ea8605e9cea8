import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useNotices } from '../../shell/notices.tsx';
import { useMay } from '../../shell/session.tsx';
import { DeleteBucket } from '../buckets/delete-bucket.tsx';
import { EmptyBucket } from '../buckets/empty-bucket.tsx';
import { ShredBucket } from './shred-bucket.tsx';

/** The ways in which a bucket ends. */
export function RemovalBox({ bucket }: { readonly bucket: string }) {
  const [dialog, setDialog] = useState<'empty' | 'delete' | 'shred'>();
  const may = useMay();
  const notices = useNotices();
  const navigate = useNavigate();
  const close = (): void => setDialog(undefined);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="An empty bucket can be deleted. Administrators can shred one, whatever it holds: it is unreadable at once."
        >
          Remove the bucket
        </Header>
      }
    >
      <SpaceBetween direction="horizontal" size="xs">
        <Button onClick={() => setDialog('empty')}>Empty</Button>
        <Button onClick={() => setDialog('delete')}>Delete</Button>
        {may('ShredBucket') ? <Button onClick={() => setDialog('shred')}>Shred</Button> : null}
      </SpaceBetween>
      {dialog === 'empty' ? <EmptyBucket bucket={bucket} onClose={close} /> : null}
      {dialog === 'delete' ? (
        <DeleteBucket
          bucket={bucket}
          onClose={close}
          onEmpty={() => setDialog('empty')}
          onDeleted={() => {
            notices.done(`The bucket ${bucket} is deleted.`);
            void navigate('/buckets');
          }}
        />
      ) : null}
      {dialog === 'shred' ? (
        <ShredBucket
          bucket={bucket}
          onClose={close}
          onShredded={() => {
            notices.done(`The bucket ${bucket} is shredded.`);
            void navigate('/buckets');
          }}
        />
      ) : null}
    </Container>
  );
}
