/** A policy as JSON: begun from a ready-made one, checked by the server, its mistakes shown in place. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import LiveRegion from '@cloudscape-design/components/live-region';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { Ask } from '../shell/ask.tsx';
import { ErrorBox } from '../shell/error-box.tsx';
import { excerptOf, malformedMessage, placeIn } from './located.ts';
import { PolicyText } from './policy-text.tsx';
import type { Template } from './templates.ts';
import { UseTemplate } from './use-template.tsx';

export interface PolicyEditorProps {
  /** "Bucket policy" */
  readonly label: string;
  /** As it stands; null: there is none. */
  readonly policy: string | null;
  readonly templates: readonly Template[];
  /** The name for templates; undefined: they ask for it. */
  readonly bucket?: string;
  /** Throws what the server refuses. */
  readonly onSave: (text: string) => Promise<void>;
  readonly onRemove: () => Promise<void>;
}

export function PolicyEditor(props: PolicyEditorProps) {
  const { label, policy, templates, bucket, onSave, onRemove } = props;
  const [draft, setDraft] = useState(policy ?? '');
  const [failed, setFailed] = useState<{ readonly error: unknown; readonly text: string }>();
  const [busy, setBusy] = useState(false);
  const [asked, setAsked] = useState<Template | 'remove'>();
  const message = failed === undefined ? undefined : malformedMessage(failed.error);
  const place = useMemo(() => (message === undefined ? undefined : placeIn(message)), [message]);
  const changed = draft !== (policy ?? '');

  const save = async (): Promise<void> => {
    setBusy(true);
    setFailed(undefined);
    try {
      await onSave(draft);
    } catch (error) {
      setFailed({ error, text: draft });
    } finally {
      setBusy(false);
    }
  };
  const choose = (template: Template): void => {
    if (bucket === undefined || draft.trim() !== '') setAsked(template);
    else setDraft(template.policy(bucket));
  };

  return (
    <SpaceBetween size="m">
      <PolicyText
        label={label}
        value={draft}
        onChange={setDraft}
        wrong={failed?.text === draft ? place : undefined}
      />
      {failed !== undefined && message !== undefined ? (
        <Alert type="error" header="The policy is not saved">
          <LiveRegion assertive>{message}</LiveRegion>
          {place === undefined ? null : (
            <pre className="policy-excerpt" aria-hidden="true">
              {excerptOf(failed.text, place)}
            </pre>
          )}
        </Alert>
      ) : null}
      {message === undefined ? (
        <ErrorBox what="The policy is not saved" error={failed?.error} />
      ) : null}
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          variant="primary"
          loading={busy}
          disabled={!changed || draft.trim() === ''}
          onClick={() => void save()}
        >
          Save policy
        </Button>
        <Button disabled={!changed} onClick={() => setDraft(policy ?? '')}>
          Discard changes
        </Button>
        <ButtonDropdown
          items={templates.map(({ id, text, description }) => ({ id, text, description }))}
          onItemClick={({ detail }) => {
            const template = templates.find(({ id }) => id === detail.id);
            if (template !== undefined) choose(template);
          }}
        >
          Ready-made policies
        </ButtonDropdown>
        {policy === null ? null : <Button onClick={() => setAsked('remove')}>Remove policy</Button>}
      </SpaceBetween>
      <Box color="text-body-secondary" fontSize="body-s">
        The server checks the policy when it is saved, and says where it is wrong.
      </Box>
      {asked === 'remove' ? (
        <Ask
          header={`Remove: ${label}`}
          action="Remove policy"
          failed="The policy is not removed"
          onClose={() => setAsked(undefined)}
          run={async () => {
            await onRemove();
            setDraft('');
            setFailed(undefined);
            setAsked(undefined);
          }}
        >
          <Box>What the policy allows and denies no longer holds, from the next request on.</Box>
        </Ask>
      ) : null}
      {asked === undefined || asked === 'remove' ? null : (
        <UseTemplate
          template={asked}
          bucket={bucket}
          replaces={draft.trim() !== ''}
          onUse={(text) => {
            setDraft(text);
            setFailed(undefined);
            setAsked(undefined);
          }}
          onClose={() => setAsked(undefined)}
        />
      )}
    </SpaceBetween>
  );
}
