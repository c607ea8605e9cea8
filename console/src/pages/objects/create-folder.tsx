import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { s3 } from '../../api/s3.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { Exact } from '../../shell/exact.tsx';
import { FormDialog } from '../../shell/form-dialog.tsx';
import { isBeyondBrowsers } from '../../text/keys.ts';

/** A folder is an empty object whose key ends in a slash. */
export function CreateFolder({
  bucket,
  prefix,
  onClose,
  onCreated,
}: {
  readonly bucket: string;
  readonly prefix: string;
  readonly onClose: () => void;
  readonly onCreated: (name: string) => void;
}) {
  const [name, setName] = useState('');
  const [touched, setTouched] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const key = `${prefix}${name}/`;
  const problem = problemOf(name, key);

  const submit = async (): Promise<void> => {
    setTouched(true);
    if (problem !== undefined || busy) return;
    setBusy(true);
    try {
      // Never in place of one that is there, with what it may hold.
      await s3({ method: 'PUT', bucket, key, headers: { 'if-none-match': '*' } });
      onCreated(name);
    } catch (refused) {
      setError(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <FormDialog
      header="Create folder"
      action="Create folder"
      busy={busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <ErrorBox what="The folder is not made" error={error} />
      <FormField
        label="Name"
        description={
          <>
            In <Exact text={`${bucket}/${prefix}`} />. It is an empty object whose key ends in a
            slash.
          </>
        }
        errorText={touched ? problem : undefined}
      >
        <Input
          value={name}
          onChange={({ detail }) => setName(detail.value)}
          autoComplete={false}
          spellcheck={false}
          autoFocus
        />
      </FormField>
    </FormDialog>
  );
}

function problemOf(name: string, key: string): string | undefined {
  if (name === '') return 'Enter a name.';
  if (isBeyondBrowsers(key)) return 'No part of it can be “.” or “..”.';
  if (new TextEncoder().encode(key).length > 1024) return 'The whole key has at most 1,024 bytes.';
  return undefined;
}
