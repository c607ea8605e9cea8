/** One setting of a bucket: shown as it stands, changed and saved together. */
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useNotices } from '../../shell/notices.tsx';
import type { Loaded } from '../../shell/use-loaded.ts';

export interface SettingBoxProps<Value> {
  /** "Default encryption" */
  readonly title: string;
  readonly description: string;
  readonly loaded: Loaded<Value>;
  /** What is told once it is saved. */
  readonly saved: string;
  readonly save: (value: Value) => Promise<void>;
  /** Whether it may be saved as it stands. */
  readonly fit?: (value: Value) => boolean;
  readonly children: (value: Value, onChange: (value: Value) => void) => ReactNode;
}

export function SettingBox<Value>(props: SettingBoxProps<Value>) {
  const { title, description, loaded, saved, save, fit, children } = props;
  const [edited, setEdited] = useState<{ readonly value: Value }>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const notices = useNotices();
  const shown = edited?.value ?? loaded.value;

  const submit = async (): Promise<void> => {
    if (edited === undefined || busy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      await save(edited.value);
      notices.done(saved);
      setEdited(undefined);
      loaded.reload();
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const discard = (): void => {
    setEdited(undefined);
    setFailure(undefined);
  };

  return (
    <Container
      header={
        <Header
          variant="h2"
          description={description}
          actions={
            edited === undefined ? null : (
              <SpaceBetween direction="horizontal" size="xs">
                <Button ariaLabel={`${title}: discard the changes`} onClick={discard}>
                  Discard
                </Button>
                <Button
                  variant="primary"
                  ariaLabel={`${title}: save`}
                  loading={busy}
                  disabled={fit !== undefined && !fit(edited.value)}
                  onClick={() => void submit()}
                >
                  Save
                </Button>
              </SpaceBetween>
            )
          }
        >
          {title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ErrorBox what="It could not be read" error={loaded.error} retry={loaded.reload} />
        <ErrorBox what="It is not saved" error={failure} />
        {shown === undefined && loaded.error === undefined ? (
          <StatusIndicator type="loading">Looking</StatusIndicator>
        ) : null}
        {shown === undefined ? null : children(shown, (value) => setEdited({ value }))}
      </SpaceBetween>
    </Container>
  );
}
