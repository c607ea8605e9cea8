import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { bucketNameProblem } from '../api/buckets.ts';
import { Ask } from '../shell/ask.tsx';
import type { Template } from './templates.ts';

/** Puts a ready-made policy into the editor; nothing is saved by it. */
export function UseTemplate({
  template,
  bucket,
  replaces,
  onUse,
  onClose,
}: {
  readonly template: Template;
  readonly bucket: string | undefined;
  /** There is text in the editor. */
  readonly replaces: boolean;
  readonly onUse: (text: string) => void;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(bucket ?? '');
  const asks = bucket === undefined && template.asksBucket === true;
  const problem = asks ? bucketNameProblem(name) : undefined;
  return (
    <Ask
      header={template.text}
      action="Put into the editor"
      failed="It could not be made"
      unready={problem !== undefined}
      onClose={onClose}
      run={async () => onUse(template.policy(name))}
    >
      <Box>{template.description}</Box>
      {asks ? (
        <FormField label="Bucket" errorText={name === '' ? undefined : problem}>
          <Input
            value={name}
            onChange={({ detail }) => setName(detail.value)}
            autoComplete={false}
            spellcheck={false}
            autoFocus
          />
        </FormField>
      ) : null}
      {replaces ? <Box>It replaces what is in the editor. Nothing is saved yet.</Box> : null}
    </Ask>
  );
}
