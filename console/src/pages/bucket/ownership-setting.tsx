import RadioGroup from '@cloudscape-design/components/radio-group';
import { useCallback } from 'react';
import { ownership, type Ownership, setOwnership } from '../../api/bucket-settings.ts';
import { useLoaded } from '../../shell/use-loaded.ts';
import { SettingBox } from './setting-box.tsx';

type Shown = Ownership | 'unset';

/** Whether ACLs count, and whose what others write is. */
export function OwnershipSetting({ bucket }: { readonly bucket: string }) {
  const loaded = useLoaded(
    useCallback(
      async (signal: AbortSignal): Promise<Shown> => (await ownership(bucket, signal)) ?? 'unset',
      [bucket],
    ),
  );
  return (
    <SettingBox
      title="Object ownership"
      description="Every object belongs to the bucket’s owner here; this says whether requests may name ACLs."
      loaded={loaded}
      saved={`The object ownership of ${bucket} is saved.`}
      save={async (chosen) => {
        if (chosen !== 'unset') await setOwnership(bucket, chosen);
      }}
      fit={(chosen) => chosen !== 'unset' && chosen !== loaded.value}
    >
      {(chosen, onChange) => (
        <RadioGroup
          ariaLabel="Object ownership"
          value={chosen}
          onChange={({ detail }) => onChange(detail.value as Shown)}
          items={[
            {
              value: 'BucketOwnerEnforced',
              label: 'Bucket owner enforced',
              description: 'ACLs are off: policies alone decide. The rule of today.',
            },
            {
              value: 'BucketOwnerPreferred',
              label: 'Bucket owner preferred',
              description: 'ACLs are on, for clients that send them.',
            },
            {
              value: 'ObjectWriter',
              label: 'Object writer',
              description: 'ACLs are on, as they were in 2020.',
            },
            ...(loaded.value === 'unset'
              ? [
                  {
                    value: 'unset',
                    label: 'Not set',
                    description: 'As object writer: the rule of buckets of 2020.',
                  },
                ]
              : []),
          ]}
        />
      )}
    </SettingBox>
  );
}
