import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useState } from 'react';
import { deleteBucket } from '../../api/buckets.ts';
import { S3Error } from '../../api/s3.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { FormDialog } from '../../shell/form-dialog.tsx';
import { NameGuard } from '../../shell/name-guard.tsx';

/** Deletes an empty bucket whose name was typed; one that is not empty can be emptied from here. */
export function DeleteBucket({
  bucket,
  onClose,
  onEmpty,
  onDeleted,
}: {
  readonly bucket: string;
  readonly onClose: () => void;
  readonly onEmpty: () => void;
  readonly onDeleted: () => void;
}) {
  const [typed, setTyped] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (): Promise<void> => {
    if (typed !== bucket || busy) return;
    setBusy(true);
    try {
      await deleteBucket(bucket);
      onDeleted();
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };
  const notEmpty = error instanceof S3Error && error.code === 'BucketNotEmpty';
  return (
    <FormDialog
      header="Delete bucket"
      action="Delete bucket"
      disabled={typed !== bucket}
      busy={busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {notEmpty ? (
        <Alert
          type="error"
          header="The bucket is not empty"
          action={<Button onClick={onEmpty}>Empty it</Button>}
        >
          A bucket can be deleted once it holds no object, no older version and no delete marker.
        </Alert>
      ) : (
        <ErrorBox what="The bucket is not deleted" error={error} />
      )}
      <Alert type="warning">
        The bucket’s policy, settings and encryption secret are destroyed with it. Its name becomes
        free for others.
      </Alert>
      <NameGuard name={bucket} typed={typed} onType={setTyped} />
    </FormDialog>
  );
}
