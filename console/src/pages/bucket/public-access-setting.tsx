import Checkbox from '@cloudscape-design/components/checkbox';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback } from 'react';
import {
  publicAccessBlock,
  publicAccessSettings,
  setPublicAccessBlock,
} from '../../api/bucket-settings.ts';
import type { PublicAccessBlock } from '../../api/bucket-settings.ts';
import { useLoaded } from '../../shell/use-loaded.ts';
import { SettingBox } from './setting-box.tsx';

const words: Readonly<Record<keyof PublicAccessBlock, readonly [string, string]>> = {
  BlockPublicAcls: ['Block public ACLs', 'Refuses new ACLs that let everybody in.'],
  IgnorePublicAcls: ['Ignore public ACLs', 'ACLs that let everybody in have no effect.'],
  BlockPublicPolicy: [
    'Block public policies',
    'Refuses to save a bucket policy that lets everybody in.',
  ],
  RestrictPublicBuckets: [
    'Restrict public policies',
    'A bucket policy that lets everybody in serves only the owner’s account.',
  ],
};

/** The fence around policies and ACLs that let everybody in. */
export function PublicAccessSetting({ bucket }: { readonly bucket: string }) {
  const loaded = useLoaded(
    useCallback((signal: AbortSignal) => publicAccessBlock(bucket, signal), [bucket]),
  );
  return (
    <SettingBox
      title="Public access block"
      description="To publish objects by a bucket policy, turn the two settings for policies off first."
      loaded={loaded}
      saved={`The public access block of ${bucket} is saved.`}
      save={(block) => setPublicAccessBlock(bucket, block)}
    >
      {(block, onChange) => (
        <SpaceBetween size="s">
          {publicAccessSettings.map((name) => {
            const [label, description] = words[name];
            return (
              <Checkbox
                key={name}
                checked={block[name]}
                description={description}
                onChange={({ detail }) => onChange({ ...block, [name]: detail.checked })}
              >
                {label}
              </Checkbox>
            );
          })}
        </SpaceBetween>
      )}
    </SettingBox>
  );
}
