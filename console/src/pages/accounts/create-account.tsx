import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import type { CreatedAccount } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { Ask } from '../../shell/ask.tsx';
import { canonicalIdProblem, nameProblem } from './names.ts';

/** Makes an account, with a first access key of its root. */
export function CreateAccount({
  onClose,
  onCreated,
}: {
  readonly onClose: () => void;
  readonly onCreated: (created: CreatedAccount) => void;
}) {
  const [name, setName] = useState('');
  const [canonicalId, setCanonicalId] = useState('');
  const problems = [nameProblem(name), canonicalIdProblem(canonicalId)];
  return (
    <Ask
      header="Create account"
      action="Create account"
      failed="The account is not made"
      unready={problems.some((problem) => problem !== undefined)}
      onClose={onClose}
      run={async () => {
        const body = canonicalId === '' ? { name } : { name, canonicalId };
        onCreated(await admin('POST /admin/v1/accounts', { body }));
      }}
    >
      <FormField label="Name" errorText={name === '' ? undefined : problems[0]}>
        <Input
          value={name}
          onChange={({ detail }) => setName(detail.value)}
          autoComplete={false}
          spellcheck={false}
          autoFocus
        />
      </FormField>
      <ExpandableSection headerText="A canonical user id of your choice">
        <FormField
          label="Canonical user id"
          description="For an account that moves here from elsewhere. Empty: one is made."
          constraintText="64 lower-case hexadecimal digits."
          errorText={problems[1]}
        >
          <Input
            value={canonicalId}
            onChange={({ detail }) => setCanonicalId(detail.value.trim())}
            autoComplete={false}
            spellcheck={false}
          />
        </FormField>
      </ExpandableSection>
    </Ask>
  );
}
