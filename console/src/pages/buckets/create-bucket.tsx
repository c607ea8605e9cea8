import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import { useState } from 'react';
import {
  bucketNameProblem,
  createBucket,
  encryptByDefault,
  setVersioning,
} from '../../api/buckets.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { FormDialog } from '../../shell/form-dialog.tsx';
import { useSession } from '../../shell/session.tsx';

/** Makes a bucket: its name, what a write without an encryption header gets, versioning. */
export function CreateBucket({
  onClose,
  onCreated,
}: {
  readonly onClose: () => void;
  readonly onCreated: (name: string) => void;
}) {
  const { region, newBuckets } = useSession();
  const [name, setName] = useState('');
  const [encryption, setEncryption] = useState('server');
  const [versioning, setVersioningChoice] = useState('off');
  const [touched, setTouched] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<{ readonly what: string; readonly error: unknown }>();
  // Once made, a second attempt goes on with what is still to be set.
  const [made, setMade] = useState<string>();
  const problem = bucketNameProblem(name);

  const submit = async (): Promise<void> => {
    setTouched(true);
    if (problem !== undefined || busy) return;
    setBusy(true);
    let what = 'The bucket could not be made';
    try {
      if (made !== name) await createBucket(name, region);
      setMade(name);
      what = 'The bucket is made, but its default encryption could not be set';
      if (encryption === 'sse-s3') await encryptByDefault(name);
      what = 'The bucket is made, but its versioning could not be turned on';
      if (versioning === 'on') await setVersioning(name, 'Enabled');
      onCreated(name);
    } catch (error) {
      setFailure({ what, error });
    } finally {
      setBusy(false);
    }
  };

  return (
    <FormDialog
      header="Create bucket"
      action="Create bucket"
      busy={busy}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      {failure === undefined ? null : <ErrorBox {...failure} />}
      <FormField
        label="Name"
        constraintText="3 to 63 lower-case letters, digits, dots and hyphens. It cannot be changed."
        errorText={touched ? problem : undefined}
      >
        <Input
          value={name}
          onChange={({ detail }) => setName(detail.value)}
          onBlur={() => setTouched(name !== '')}
          disabled={made !== undefined}
          autoComplete={false}
          spellcheck={false}
          autoFocus
        />
      </FormField>
      <FormField label="Default encryption" description="For writes that ask for none.">
        <RadioGroup
          value={encryption}
          onChange={({ detail }) => setEncryption(detail.value)}
          items={[
            {
              value: 'server',
              label: 'As this server does for new buckets',
              description:
                newBuckets === 'modern'
                  ? 'Now SSE-S3: what names no encryption is encrypted with managed keys.'
                  : 'Now the rules of 2020: encryption is promised only where a write asks for it.',
            },
            {
              value: 'sse-s3',
              label: 'Amazon S3-style managed keys (SSE-S3)',
              description: 'Set on the bucket itself, whatever the server does.',
            },
          ]}
        />
      </FormField>
      <FormField label="Versioning" description="Keeps what is overwritten and deleted.">
        <RadioGroup
          value={versioning}
          onChange={({ detail }) => setVersioningChoice(detail.value)}
          items={[
            { value: 'off', label: 'Off' },
            { value: 'on', label: 'On' },
          ]}
        />
      </FormField>
      <Alert type="info">The bucket is private: only your account has access to it.</Alert>
    </FormDialog>
  );
}
