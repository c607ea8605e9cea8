/**
 * Makes a recovery kit. The kit's key is made here: the server seals the kit under it and learns
 * neither the passphrase nor a share; what it hands back opens with nothing that it keeps.
 */
import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { MadeKitReport } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { Ask } from '../../shell/ask.tsx';
import { deriveAside } from './kit/derive-aside.ts';
import { type KitKey, lockWithPassphrase, lockWithShares } from './kit/lock.ts';
import { PassphraseFields, passphraseReady } from './kit/passphrase-fields.tsx';
import { splitOf } from './kit/split.ts';
import { MadeKit, type KitShares } from './made-kit.tsx';

type Way = 'passphrase' | 'shares';

export function BackupKeys({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: () => void;
}) {
  const [way, setWay] = useState<Way>('passphrase');
  const [passphrase, setPassphrase] = useState({ text: '', again: '' });
  const [counts, setCounts] = useState({ shares: '5', threshold: '3' });
  const [progress, setProgress] = useState<number>();
  const [made, setMade] = useState<{ readonly kit: MadeKitReport; readonly shares?: KitShares }>();
  const split = splitOf(counts);

  const make = async (): Promise<void> => {
    // Only who makes a kit loads the code that splits its key.
    const { shareTexts } = await import('./kit/share-files.ts');
    let lock: KitKey | undefined;
    try {
      if (way === 'shares') {
        if (typeof split === 'string') return;
        lock = lockWithShares(split);
        const kit = await admin('POST /admin/v1/keys/backup', { body: lock.kit });
        const texts = await shareTexts(lock.key, kit, split);
        setMade({ kit, shares: { texts, ...split } });
      } else {
        lock = await lockWithPassphrase(passphrase.text, {
          derive: deriveAside,
          onProgress: setProgress,
        });
        setMade({ kit: await admin('POST /admin/v1/keys/backup', { body: lock.kit }) });
      }
      setPassphrase({ text: '', again: '' });
      onMade();
    } finally {
      lock?.key.fill(0);
      setProgress(undefined);
    }
  };

  if (made !== undefined) return <MadeKit {...made} onClose={onClose} />;
  const ready = way === 'shares' ? typeof split !== 'string' : passphraseReady(passphrase);
  return (
    <Ask
      size="large"
      header="Make a recovery kit"
      action="Make the kit"
      failed="No kit was made"
      unready={!ready}
      onClose={onClose}
      run={make}
    >
      <Alert type="info">
        With a kit, and its passphrase or enough of its shares, a store whose root key or keyring is
        lost opens again. Make a new one after every rotation. Whoever opens it reads everything, so
        keep it away from the server and its backups.
      </Alert>
      <FormField label="What opens it">
        <RadioGroup
          value={way}
          onChange={({ detail }) => setWay(detail.value as Way)}
          items={[
            {
              value: 'passphrase',
              label: 'A passphrase',
              description: 'It never leaves this browser; a lost one cannot be replaced.',
            },
            {
              value: 'shares',
              label: 'Shares for several people',
              description: 'Any so many of them open it; fewer tell nothing. They are made here.',
            },
          ]}
        />
      </FormField>
      {way === 'passphrase' ? (
        <PassphraseFields value={passphrase} onChange={setPassphrase} />
      ) : (
        <ShareFields value={counts} onChange={setCounts} problem={split} />
      )}
      {progress === undefined ? null : (
        <ProgressBar
          label="Deriving the kit’s key from the passphrase"
          description="This takes some seconds by design: guessing takes as long for each guess."
          value={100 * progress}
        />
      )}
    </Ask>
  );
}

interface Counts {
  readonly shares: string;
  readonly threshold: string;
}

function ShareFields({
  value,
  onChange,
  problem,
}: {
  readonly value: Counts;
  readonly onChange: (value: Counts) => void;
  readonly problem: ReturnType<typeof splitOf>;
}) {
  return (
    <SpaceBetween size="l">
      <FormField label="Shares" constraintText="2 to 255: one for each person.">
        <Input
          type="number"
          inputMode="numeric"
          value={value.shares}
          onChange={({ detail }) => onChange({ ...value, shares: detail.value })}
        />
      </FormField>
      <FormField
        label="Needed to open it"
        constraintText="At least 2, at most all of them."
        errorText={typeof problem === 'string' ? problem : ''}
      >
        <Input
          type="number"
          inputMode="numeric"
          value={value.threshold}
          onChange={({ detail }) => onChange({ ...value, threshold: detail.value })}
        />
      </FormField>
    </SpaceBetween>
  );
}
