/** What to upload, where to, and with which encryption. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState } from 'react';
import { bucketEncryption } from '../../api/buckets.ts';
import { Exact } from '../../shell/exact.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { bytesText, countText, plural } from '../../text/bytes.ts';
import { isBeyondBrowsers } from '../../text/keys.ts';
import type { ChosenFile } from '../../upload/chosen-files.ts';
import type { EncryptionChoice } from '../../upload/encryption.ts';
import { fileBytesMax } from '../../upload/plan.ts';
import { uploads } from '../../upload/uploads.ts';
import { FilePicker } from './file-picker.tsx';

const shownMax = 6;

export function UploadDialog({
  bucket,
  prefix,
  dropped,
  onClose,
}: {
  readonly bucket: string;
  readonly prefix: string;
  /** What was dropped on the page to open this. */
  readonly dropped: readonly ChosenFile[];
  readonly onClose: (begun: boolean) => void;
}) {
  const [files, setFiles] = useState(dropped);
  const [encryption, setEncryption] = useState<EncryptionChoice>('bucket-default');
  const bad = files.find(({ file, path }) => problemOf(prefix + path, file.size) !== undefined);

  const submit = (): void => {
    if (files.length === 0 || bad !== undefined) return;
    uploads.add(files.map(({ file, path }) => ({ file, bucket, key: prefix + path, encryption })));
    onClose(true);
  };

  return (
    <Modal
      visible
      size="large"
      header="Upload"
      onDismiss={() => onClose(false)}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onClose(false)}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={files.length === 0 || bad !== undefined}
              onClick={submit}
            >
              Upload
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <div>
          To <Exact text={`${bucket}/${prefix}`} />
        </div>
        <FilePicker onFiles={(more) => setFiles((old) => [...old, ...more])} />
        <Chosen files={files} onClear={() => setFiles([])} />
        {bad === undefined ? null : (
          <Alert type="error" header="One of them cannot be uploaded">
            <Exact text={bad.path} />: {problemOf(prefix + bad.path, bad.file.size)}
          </Alert>
        )}
        <EncryptionField bucket={bucket} value={encryption} onChange={setEncryption} />
      </SpaceBetween>
    </Modal>
  );
}

function EncryptionField({
  bucket,
  value,
  onChange,
}: {
  readonly bucket: string;
  readonly value: EncryptionChoice;
  readonly onChange: (value: EncryptionChoice) => void;
}) {
  const byDefault = useLoaded(
    useCallback((signal: AbortSignal) => bucketEncryption(bucket, signal), [bucket]),
  );
  const now =
    byDefault.value === 'AES256'
      ? ' It is SSE-S3 now.'
      : byDefault.value === 'none'
        ? ' It has none now: no encryption would be promised.'
        : '';
  return (
    <FormField label="Server-side encryption" stretch>
      <RadioGroup
        value={value}
        onChange={({ detail }) => onChange(detail.value as EncryptionChoice)}
        items={[
          {
            value: 'bucket-default',
            label: 'Use the bucket’s default',
            description: `The upload names no encryption; the bucket’s default decides.${now}`,
          },
          {
            value: 'sse-s3',
            label: 'Amazon S3-style managed keys (SSE-S3)',
            description:
              'The upload asks for it: the header x-amz-server-side-encryption: AES256 is sent.',
          },
          {
            value: 'unspecified',
            label: 'Do not specify',
            description:
              'The header is not sent, as above, whatever the bucket’s default is or becomes. Where a bucket has none, nothing is promised; a policy that denies unencrypted uploads refuses it.',
          },
        ]}
      />
    </FormField>
  );
}

function Chosen({
  files,
  onClear,
}: {
  readonly files: readonly ChosenFile[];
  readonly onClear: () => void;
}) {
  const bytes = files.reduce((total, { file }) => total + file.size, 0);
  return (
    <div aria-live="polite">
      {files.length === 0 ? null : (
        <>
          <strong>
            {plural(files.length, 'file')}, {bytesText(bytes)}
          </strong>{' '}
          <Button variant="inline-link" onClick={onClear}>
            Choose others
          </Button>
          <ul>
            {files.slice(0, shownMax).map(({ file, path }, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- one may choose a file twice
              <li key={index}>
                <Exact text={path} /> ({bytesText(file.size)})
              </li>
            ))}
            {files.length > shownMax ? (
              <li>and {countText(files.length - shownMax)} more</li>
            ) : null}
          </ul>
        </>
      )}
    </div>
  );
}

function problemOf(key: string, bytes: number): string | undefined {
  if (new TextEncoder().encode(key).length > 1024) return 'the whole key has over 1,024 bytes.';
  if (isBeyondBrowsers(key)) return 'its key has “.” or “..” between slashes.';
  if (bytes > fileBytesMax) return `it is larger than ${bytesText(fileBytesMax)}.`;
  return undefined;
}
