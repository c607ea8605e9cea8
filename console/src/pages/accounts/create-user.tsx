import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import type { CreatedUser } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import { bucketNameProblem } from '../../api/buckets.ts';
import { userTemplates } from '../../policy/templates.ts';
import { Ask } from '../../shell/ask.tsx';
import { nameProblem } from './names.ts';

const noPolicy = {
  value: '',
  label: 'None yet',
  description: 'It may do what bucket policies let it.',
};

/** Makes a user, with a policy to begin with and a first access key. */
export function CreateUser({
  account,
  onClose,
  onCreated,
}: {
  readonly account: string;
  readonly onClose: () => void;
  readonly onCreated: (created: CreatedUser) => void;
}) {
  const [name, setName] = useState('');
  const [chosen, setChosen] = useState('');
  const [bucket, setBucket] = useState('');
  const template = userTemplates.find(({ id }) => id === chosen);
  const options = [
    noPolicy,
    ...userTemplates.map(({ id, text, description }) => ({ value: id, label: text, description })),
  ];
  const problem = nameProblem(name);
  const bucketProblem = template?.asksBucket === true ? bucketNameProblem(bucket) : undefined;
  return (
    <Ask
      header="Create user"
      action="Create user"
      failed="The user is not made"
      unready={problem !== undefined || bucketProblem !== undefined}
      onClose={onClose}
      run={async () => {
        const body = template === undefined ? { name } : { name, policy: template.policy(bucket) };
        const path = { account };
        onCreated(await admin('POST /admin/v1/accounts/{account}/users', { path, body }));
      }}
    >
      <FormField label="Name" errorText={name === '' ? undefined : problem}>
        <Input
          value={name}
          onChange={({ detail }) => setName(detail.value)}
          autoComplete={false}
          spellcheck={false}
          autoFocus
        />
      </FormField>
      <FormField label="Policy" description="It can be changed to the letter afterwards.">
        <Select
          selectedOption={options.find(({ value }) => value === chosen) ?? noPolicy}
          options={options}
          onChange={({ detail }) => setChosen(detail.selectedOption.value ?? '')}
        />
      </FormField>
      {template?.asksBucket === true ? (
        <FormField label="Bucket" errorText={bucket === '' ? undefined : bucketProblem}>
          <Input
            value={bucket}
            onChange={({ detail }) => setBucket(detail.value)}
            autoComplete={false}
            spellcheck={false}
          />
        </FormField>
      ) : null}
    </Ask>
  );
}
