import Button from '@cloudscape-design/components/button';
import Checkbox from '@cloudscape-design/components/checkbox';
import ColumnLayout from '@cloudscape-design/components/column-layout';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Filters } from './filters.ts';

/** What is looked at; applied by hand, as counting may take a while. */
export function FilterBar({
  filters,
  onApply,
}: {
  readonly filters: Filters;
  readonly onApply: (filters: Filters) => void;
}) {
  const [draft, setDraft] = useState(filters);
  const badVersion = draft.keyVersion !== '' && !/^[1-9]\d{0,8}$/.test(draft.keyVersion);
  const none: Filters = { bucket: '', prefix: '', keyVersion: '', onlyNone: false };
  return (
    <Container>
      <form
        aria-label="Filters"
        onSubmit={(event) => {
          event.preventDefault();
          if (!badVersion) onApply(draft);
        }}
      >
        <SpaceBetween size="m">
          <ColumnLayout columns={3}>
            <FormField label="Bucket">
              <Input
                value={draft.bucket}
                placeholder="All buckets"
                onChange={({ detail }) => setDraft({ ...draft, bucket: detail.value })}
                autoComplete={false}
                spellcheck={false}
              />
            </FormField>
            <FormField label="Prefix">
              <Input
                value={draft.prefix}
                placeholder="All keys"
                onChange={({ detail }) => setDraft({ ...draft, prefix: detail.value })}
                autoComplete={false}
                spellcheck={false}
              />
            </FormField>
            <FormField
              label="Key version"
              errorText={badVersion ? 'A version is a number from 1.' : undefined}
            >
              <Input
                value={draft.keyVersion}
                inputMode="numeric"
                placeholder="All versions"
                onChange={({ detail }) => setDraft({ ...draft, keyVersion: detail.value.trim() })}
                autoComplete={false}
              />
            </FormField>
          </ColumnLayout>
          <Checkbox
            checked={draft.onlyNone}
            onChange={({ detail }) => setDraft({ ...draft, onlyNone: detail.checked })}
            description="Sealed like all others, but stored without a request for encryption and without a default of the bucket."
          >
            List only objects without requested encryption
          </Checkbox>
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="primary" formAction="submit" disabled={badVersion}>
              Apply
            </Button>
            <Button
              formAction="none"
              onClick={() => {
                setDraft(none);
                onApply(none);
              }}
            >
              Clear
            </Button>
          </SpaceBetween>
        </SpaceBetween>
      </form>
    </Container>
  );
}
