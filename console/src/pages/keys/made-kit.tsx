import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Modal from '@cloudscape-design/components/modal';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { MadeKitReport } from '../../../../src/admin/contract.ts';
import { saveFile } from '../../shell/save-file.ts';
import { timeText } from '../../text/times.ts';

export interface KitShares {
  readonly texts: readonly string[];
  readonly shares: number;
  readonly threshold: number;
}

const kitFile = 'coffer-recovery-kit.txt';

/** A kit that was made: its file and those of its shares, each to be saved. Shown this once. */
export function MadeKit({
  kit,
  shares,
  onClose,
}: {
  readonly kit: MadeKitReport;
  readonly shares?: KitShares;
  readonly onClose: () => void;
}) {
  const files = [
    { name: kitFile, text: kit.text, label: 'Download the kit' },
    ...(shares?.texts ?? []).map((text, index) => ({
      name: `${kitFile}.share-${index + 1}-of-${shares?.shares ?? 0}`,
      text,
      label: `Download share ${index + 1} of ${shares?.shares ?? 0}`,
    })),
  ];
  const [saved, setSaved] = useState<ReadonlySet<string>>(new Set());
  const [warned, setWarned] = useState(false);
  const left = files.length - saved.size;
  const close = (): void => {
    if (left === 0 || warned) onClose();
    else setWarned(true);
  };
  return (
    <Modal
      visible
      size="large"
      header="The recovery kit is made"
      onDismiss={close}
      footer={
        <Box float="right">
          <Button variant={left === 0 ? 'primary' : 'normal'} onClick={close}>
            {warned && left > 0 ? 'Close all the same' : 'Close'}
          </Button>
        </Box>
      }
    >
      <SpaceBetween size="l">
        <KeyValuePairs
          columns={2}
          items={[
            { label: 'Kit', value: <span className="exact">{kit.kit}</span> },
            { label: 'Store', value: <span className="exact">{kit.store}</span> },
            { label: 'Made', value: timeText(kit.madeAt) },
            { label: 'Master key versions in it', value: kit.versions.join(', ') },
          ]}
        />
        <Alert type="warning" header="Save everything now: it is shown this once">
          {shares === undefined
            ? 'Keep the kit away from the server and its backups, and its passphrase in another place than the kit.'
            : `Keep the kit away from the server and its backups. Any ${shares.threshold} of the ${shares.shares} shares open it: give each to another person, and remove the files from this machine.`}
        </Alert>
        {warned && left > 0 ? (
          <Alert type="error">
            {left} of {files.length} files {left === 1 ? 'is' : 'are'} not saved yet. Once this is
            closed, {left === 1 ? 'it is' : 'they are'} gone.
          </Alert>
        ) : null}
        <SpaceBetween size="xs">
          {files.map(({ name, text, label }) => (
            <Button
              key={name}
              iconName={saved.has(name) ? 'check' : 'download'}
              onClick={() => {
                saveFile(name, [text]);
                setSaved((old) => new Set(old).add(name));
              }}
            >
              {label}
            </Button>
          ))}
        </SpaceBetween>
        <Box>
          Try it on the server’s machine:{' '}
          <Box variant="code">coffer keys restore {kitFile} --check</Box>
        </Box>
      </SpaceBetween>
    </Modal>
  );
}
