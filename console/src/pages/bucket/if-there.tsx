import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { useCallback } from 'react';
import type { ReactNode } from 'react';
import { s3, S3Error } from '../../api/s3.ts';
import { useLoaded } from '../../shell/use-loaded.ts';

/** Says once that there is no such bucket, instead of once for each of its settings. */
export function IfThere({
  bucket,
  children,
}: {
  readonly bucket: string;
  readonly children: ReactNode;
}) {
  const { error } = useLoaded(
    useCallback((signal: AbortSignal) => s3({ method: 'HEAD', bucket, signal }), [bucket]),
  );
  if (!(error instanceof S3Error && error.status === 404)) return children;
  return (
    <Alert
      type="error"
      header="There is no such bucket"
      action={<Button href="/buckets">All buckets</Button>}
    >
      It was deleted, or its name is written in another way.
    </Alert>
  );
}
