import TagEditor, { type TagEditorProps } from '@cloudscape-design/components/tag-editor';
import { useCallback, useState } from 'react';
import { bucketTags, setBucketTags } from '../../api/bucket-settings.ts';
import { useLoaded } from '../../shell/use-loaded.ts';
import { SettingBox } from './setting-box.tsx';

const tagsMax = 50;

/** Tags of the bucket itself. */
export function TagsSetting({ bucket }: { readonly bucket: string }) {
  const [valid, setValid] = useState(true);
  const loaded = useLoaded(
    useCallback(
      async (signal: AbortSignal) => {
        const tags = await bucketTags(bucket, signal);
        return tags.map((tag): TagEditorProps.Tag => ({ ...tag, existing: true }));
      },
      [bucket],
    ),
  );
  return (
    <SettingBox
      title="Tags"
      description="Of the bucket itself, for those who keep order. Policies do not look at them."
      loaded={loaded}
      saved={`The tags of ${bucket} are saved.`}
      save={(tags) => {
        const kept = tags.filter((tag) => tag.markedForRemoval !== true);
        return setBucketTags(
          bucket,
          kept.map(({ key, value }) => ({ key, value })),
        );
      }}
      fit={() => valid}
    >
      {(tags, onChange) => (
        <TagEditor
          tags={tags}
          tagLimit={tagsMax}
          onChange={({ detail }) => {
            setValid(detail.valid);
            onChange([...detail.tags]);
          }}
        />
      )}
    </SettingBox>
  );
}
