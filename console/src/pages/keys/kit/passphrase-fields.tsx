import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { passphraseCharactersMin, passphraseProblem, passphraseStrength } from './passphrase.ts';
import type { Strength } from './passphrase.ts';

export interface TypedPassphrase {
  readonly text: string;
  readonly again: string;
}

export function passphraseReady({ text, again }: TypedPassphrase): boolean {
  return passphraseProblem(text) === undefined && text === again;
}

const strengths: Readonly<Record<Strength, readonly [StatusIndicatorProps.Type, string]>> = {
  weak: ['warning', 'Weak: use more words'],
  fair: ['info', 'Fair'],
  strong: ['success', 'Strong, unless it is a known phrase'],
};

/** A new passphrase, typed twice. */
export function PassphraseFields({
  value,
  onChange,
}: {
  readonly value: TypedPassphrase;
  readonly onChange: (value: TypedPassphrase) => void;
}) {
  const { text, again } = value;
  const [left, setLeft] = useState({ text: false, again: false });
  const problem = passphraseProblem(text);
  const [type, words] = strengths[passphraseStrength(text)];
  return (
    <SpaceBetween size="l">
      <FormField
        label="Passphrase"
        constraintText={`At least ${passphraseCharactersMin} characters, such as six random words.`}
        errorText={left.text ? problem : undefined}
        secondaryControl={
          text === '' ? null : <StatusIndicator type={type}>{words}</StatusIndicator>
        }
      >
        <Input
          type="password"
          value={text}
          onChange={({ detail }) => onChange({ ...value, text: detail.value })}
          onBlur={() => setLeft({ ...left, text: text !== '' })}
          autoComplete="new-password"
        />
      </FormField>
      <FormField
        label="The same once more"
        errorText={left.again && text !== again ? 'The two differ.' : undefined}
      >
        <Input
          type="password"
          value={again}
          onChange={({ detail }) => onChange({ ...value, again: detail.value })}
          onBlur={() => setLeft({ ...left, again: again !== '' })}
          autoComplete="new-password"
        />
      </FormField>
    </SpaceBetween>
  );
}
