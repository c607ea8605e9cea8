import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState } from 'react';
import { objectTags, setObjectTags, type ObjectName, type Tag } from '../../api/object.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';

const tagsMax = 10;
const allowed = /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u;

/** The tags of the object: read, changed, saved together. */
export function TagsBox({
  object,
  onChange,
}: {
  readonly object: ObjectName;
  readonly onChange: () => void;
}) {
  const { bucket, key, versionId } = object;
  const { value, error, reload } = useLoaded(
    useCallback(
      (signal: AbortSignal) => objectTags({ bucket, key, versionId }, signal),
      [bucket, key, versionId],
    ),
  );
  const [edited, setEdited] = useState<readonly Tag[]>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const notices = useNotices();
  const tags = edited ?? value ?? [];
  const problem = problemOf(tags);

  const change = (index: number, part: Partial<Tag>): void => {
    setEdited(tags.map((tag, at) => (at === index ? { ...tag, ...part } : tag)));
  };
  const save = async (): Promise<void> => {
    if (busy || problem !== undefined) return;
    setBusy(true);
    setFailure(undefined);
    try {
      await setObjectTags(object, tags);
      notices.done('The tags are saved.');
      setEdited(undefined);
      reload();
      onChange();
    } catch (refused) {
      setFailure(refused);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${tags.length})`}
          actions={
            edited === undefined ? null : (
              <SpaceBetween direction="horizontal" size="xs">
                <Button onClick={() => setEdited(undefined)}>Discard</Button>
                <Button
                  variant="primary"
                  loading={busy}
                  disabled={problem !== undefined}
                  onClick={() => void save()}
                >
                  Save tags
                </Button>
              </SpaceBetween>
            )
          }
        >
          Tags
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ErrorBox what="The tags could not be read" error={error} retry={reload} />
        <ErrorBox what="The tags are not saved" error={failure} />
        {problem === undefined || edited === undefined ? null : (
          <Box color="text-status-error">{problem}</Box>
        )}
        {error === undefined ? (
          <AttributeEditor
            items={tags}
            empty="The object has no tags."
            addButtonText="Add a tag"
            removeButtonText="Remove"
            disableAddButton={value === undefined || tags.length >= tagsMax}
            onAddButtonClick={() => setEdited([...tags, { key: '', value: '' }])}
            onRemoveButtonClick={({ detail }) =>
              setEdited(tags.filter((_tag, index) => index !== detail.itemIndex))
            }
            additionalInfo={`At most ${tagsMax} tags, of letters, digits, spaces and + - = . _ : / @`}
            definition={[
              {
                label: 'Key',
                control: (tag: Tag, index) => (
                  <Input
                    value={tag.key}
                    ariaLabel={`Key of tag ${index + 1}`}
                    onChange={({ detail }) => change(index, { key: detail.value })}
                  />
                ),
              },
              {
                label: 'Value',
                control: (tag: Tag, index) => (
                  <Input
                    value={tag.value}
                    ariaLabel={`Value of tag ${index + 1}`}
                    onChange={({ detail }) => change(index, { value: detail.value })}
                  />
                ),
              },
            ]}
          />
        ) : null}
      </SpaceBetween>
    </Container>
  );
}

function problemOf(tags: readonly Tag[]): string | undefined {
  if (tags.some(({ key }) => key === '')) return 'Every tag needs a key.';
  if (new Set(tags.map(({ key }) => key)).size < tags.length) return 'Two tags have the same key.';
  if (tags.some(({ key, value }) => !allowed.test(key + value))) {
    return 'Keys and values have only letters, digits, spaces and + - = . _ : / @';
  }
  if (tags.some(({ key, value }) => key.length > 128 || value.length > 256)) {
    return 'A key has at most 128 characters, a value at most 256.';
  }
  return undefined;
}
