import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import { useState } from 'react';
import type { PresignedRequest } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import type { ObjectName } from '../../api/object.ts';
import { CopyButton } from '../../shell/copy-button.tsx';
import { ErrorBox } from '../../shell/error-box.tsx';
import { FormDialog } from '../../shell/form-dialog.tsx';
import { isBeyondBrowsers } from '../../text/keys.ts';
import { timeText } from '../../text/times.ts';

const units = [
  { value: '60', label: 'minutes' },
  { value: '3600', label: 'hours' },
  { value: '86400', label: 'days' },
];
const secondsMax = 7 * 86_400;

/** A link that gives the object to whoever has it, for a time. */
export function ShareDialog({
  object,
  onClose,
}: {
  readonly object: ObjectName;
  readonly onClose: () => void;
}) {
  const [amount, setAmount] = useState('1');
  const [unit, setUnit] = useState(units[1] ?? { value: '3600', label: 'hours' });
  const [link, setLink] = useState<PresignedRequest>();
  const [error, setError] = useState<unknown>();
  const seconds = Number(amount) * Number(unit.value);
  const problem =
    /^\d+$/.test(amount) && seconds >= 1 && seconds <= secondsMax
      ? undefined
      : 'A whole number, and at most 7 days in all.';

  const make = async (): Promise<void> => {
    if (problem !== undefined) return;
    const { bucket, key, versionId } = object;
    const query = versionId === undefined ? {} : { query: { versionId } };
    try {
      const body = { method: 'GET', bucket, key, expires: seconds, ...query } as const;
      setLink(await admin('POST /admin/v1/presign', { body }));
      setError(undefined);
    } catch (refused) {
      setError(refused);
    }
  };

  return (
    <FormDialog
      header="Share by link"
      action={link === undefined ? 'Make the link' : 'Make another'}
      close="Close"
      variant={link === undefined ? 'primary' : 'normal'}
      onSubmit={() => void make()}
      onClose={onClose}
    >
      <ErrorBox what="There is no link" error={error} />
      {isBeyondBrowsers(object.key) ? (
        <Alert type="warning">
          No browser can open a link to this key: it has “.” or “..” between slashes.
        </Alert>
      ) : null}
      <FormField
        label="Valid for"
        description="Whoever has the link can read the object until then. It ends earlier when your access key is disabled or may no longer read."
        errorText={problem}
      >
        <SpaceBetween direction="horizontal" size="xs">
          <Input
            value={amount}
            inputMode="numeric"
            ariaLabel="Valid for, amount"
            onChange={({ detail }) => setAmount(detail.value)}
          />
          <Select
            selectedOption={unit}
            options={units}
            ariaLabel="Valid for, unit"
            onChange={({ detail }) =>
              setUnit(units.find(({ value }) => value === detail.selectedOption.value) ?? unit)
            }
          />
        </SpaceBetween>
      </FormField>
      {link === undefined ? null : (
        <FormField label="Link" description={`Until ${timeText(link.expiresAt)}.`} stretch>
          <SpaceBetween size="xs">
            <Textarea value={link.url} readOnly rows={5} ariaLabel="Link" />
            <CopyButton text={link.url} label="Copy the link" />
          </SpaceBetween>
        </FormField>
      )}
    </FormDialog>
  );
}
