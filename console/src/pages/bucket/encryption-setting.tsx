import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState } from 'react';
import { removeEncryption } from '../../api/bucket-settings.ts';
import { bucketEncryption, encryptByDefault } from '../../api/buckets.ts';
import { Ask } from '../../shell/ask.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { SettingBox } from './setting-box.tsx';

/** What a write gets that names no encryption. */
export function EncryptionSetting({ bucket }: { readonly bucket: string }) {
  const loaded = useLoaded(
    useCallback((signal: AbortSignal) => bucketEncryption(bucket, signal), [bucket]),
  );
  const [removing, setRemoving] = useState(false);
  const notices = useNotices();
  const close = (): void => setRemoving(false);
  return (
    <SettingBox
      title="Default encryption"
      description="For writes that ask for none in their own header. What is stored already stays as it is."
      loaded={loaded}
      saved={`${bucket} encrypts by default.`}
      save={() => encryptByDefault(bucket)}
      fit={(value) => value === 'AES256'}
    >
      {(value, onChange) => (
        <SpaceBetween size="m">
          <RadioGroup
            ariaLabel="Default encryption"
            value={value}
            onChange={({ detail }) => {
              if (detail.value === 'none') setRemoving(true);
              else onChange('AES256');
            }}
            items={[
              {
                value: 'AES256',
                label: 'Amazon S3-style managed keys (SSE-S3)',
                description:
                  'The rule of today: every new object is encrypted with a key of its own.',
              },
              {
                value: 'none',
                label: 'Only when a write asks for it',
                description: 'The rule of 2020, of buckets that were made by it.',
              },
            ]}
          />
          {value === 'none' ? (
            <Alert type="warning">
              Objects that are written without a request are listed without protection in the
              inventory. They are sealed on disk all the same.
            </Alert>
          ) : null}
          {value === 'AES256' && loaded.value === 'AES256' ? (
            <Button onClick={() => setRemoving(true)}>Remove the bucket’s own setting</Button>
          ) : null}
          {removing ? (
            <Ask
              header="Remove the bucket’s default encryption"
              action="Remove"
              failed="It is not removed"
              onClose={close}
              run={async () => {
                await removeEncryption(bucket);
                const now = await bucketEncryption(bucket);
                close();
                loaded.reload();
                notices.done(
                  now === 'AES256'
                    ? `${bucket} was made by the rules of today: it still encrypts by default.`
                    : `${bucket} encrypts only what asks for it now.`,
                );
              }}
            >
              <Box>
                What comes then depends on the rules that the bucket was made by. By those of today
                it goes on encrypting with SSE-S3, which cannot be turned off. By those of 2020
                (classic) it encrypts only writes that ask for it.
              </Box>
            </Ask>
          ) : null}
        </SpaceBetween>
      )}
    </SettingBox>
  );
}
