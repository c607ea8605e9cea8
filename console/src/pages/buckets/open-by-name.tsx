import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { prefixAddress } from '../../text/keys.ts';

/** For who may use a bucket but not list them, or was let into another account's. */
export function OpenByName() {
  const [name, setName] = useState('');
  const navigate = useNavigate();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') void navigate(prefixAddress(name.trim()));
      }}
    >
      <FormField
        label="Open a bucket by its name"
        description="Also one of another account, where its policy lets you in."
        secondaryControl={<Button formAction="submit">Open</Button>}
      >
        <Input
          value={name}
          onChange={({ detail }) => setName(detail.value)}
          spellcheck={false}
          autoComplete={false}
        />
      </FormField>
    </form>
  );
}
