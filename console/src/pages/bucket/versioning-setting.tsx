import RadioGroup from '@cloudscape-design/components/radio-group';
import { useCallback } from 'react';
import { bucketVersioning, setVersioning } from '../../api/buckets.ts';
import { useLoaded } from '../../shell/use-loaded.ts';
import { SettingBox } from './setting-box.tsx';

/** Whether what is overwritten and deleted is kept. */
export function VersioningSetting({ bucket }: { readonly bucket: string }) {
  const loaded = useLoaded(
    useCallback((signal: AbortSignal) => bucketVersioning(bucket, signal), [bucket]),
  );
  return (
    <SettingBox
      title="Versioning"
      description="Keeps what is overwritten and deleted, as older versions that take up room."
      loaded={loaded}
      saved={`The versioning of ${bucket} is changed.`}
      save={async (value) => {
        if (value !== 'Off') await setVersioning(bucket, value);
      }}
      fit={(value) => value !== 'Off' && value !== loaded.value}
    >
      {(value, onChange) => (
        <RadioGroup
          ariaLabel="Versioning"
          value={value}
          onChange={({ detail }) => onChange(detail.value as typeof value)}
          items={[
            {
              value: 'Enabled',
              label: 'On',
              description: 'Each write is a new version; a delete leaves a marker.',
            },
            {
              value: 'Suspended',
              label: 'Suspended',
              description: 'Older versions stay; new writes replace one another.',
            },
            {
              value: 'Off',
              label: 'Never turned on',
              description: 'Once it was on, versioning can be suspended and no more.',
              disabled: loaded.value !== 'Off',
            },
          ]}
        />
      )}
    </SettingBox>
  );
}
