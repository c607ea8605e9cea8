import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import ProgressBar from '@cloudscape-design/components/progress-bar';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { RewrapReport } from '../../../../src/admin/contract.ts';
import { Ask } from '../../shell/ask.tsx';
import { ErrorBox } from '../../shell/error-box.tsx';
import { timeText } from '../../text/times.ts';
import { outcomeOf, progressPercent, progressText, scopeText } from './rewrap-text.ts';
import type { Rewrap } from './use-rewrap.ts';

/** What older versions sealed moves to the current one: how far it is, and what could not be moved. */
export function RewrapPanel({
  rewrap,
  mayStart,
}: {
  readonly rewrap: Rewrap;
  readonly mayStart: boolean;
}) {
  const { report, error, start } = rewrap;
  const [asking, setAsking] = useState(false);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Moves what older versions sealed to the current one. Only wrapped keys and rows are sealed anew: no object is rewritten. The server does it by itself after each rotation."
          actions={mayStart ? <Button onClick={() => setAsking(true)}>Re-wrap</Button> : null}
        >
          Re-wrap
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ErrorBox what="It is not known how the re-wrap stands" error={error} />
        {report === null ? (
          <Box color="text-body-secondary">None ran since the server started.</Box>
        ) : null}
        {report ? <Standing report={report} /> : null}
      </SpaceBetween>
      {asking ? <StartRewrap start={start} onClose={() => setAsking(false)} /> : null}
    </Container>
  );
}

function Standing({ report }: { readonly report: RewrapReport }) {
  const { finishedAt, unmoved, version } = report;
  const { type, text } = outcomeOf(report);
  return (
    <SpaceBetween size="m">
      {finishedAt === null ? (
        <ProgressBar
          label={`Moving ${scopeText(report)} to version ${version}`}
          value={progressPercent(report)}
          additionalInfo={progressText(report)}
          description="It goes on when this page is left."
        />
      ) : (
        <Alert type={type} header={`Ended ${timeText(finishedAt)}`}>
          {text}
        </Alert>
      )}
      {unmoved.rows === 0 ? null : (
        <ExpandableSection
          headerText={`Rows that could not be moved (${unmoved.rows})`}
          headerDescription="“coffer verify” says what is wrong with each. The first hundred are named."
        >
          <ul>
            {unmoved.names.map((name) => (
              <li key={name} className="exact">
                {name}
              </li>
            ))}
          </ul>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}

function StartRewrap({
  start,
  onClose,
}: {
  readonly start: Rewrap['start'];
  readonly onClose: () => void;
}) {
  const [bucket, setBucket] = useState('');
  const [prefix, setPrefix] = useState('');
  return (
    <Ask
      header="Re-wrap"
      action="Re-wrap"
      failed="The re-wrap did not begin"
      onClose={onClose}
      run={async () => {
        const scope = prefix === '' ? { bucket } : { bucket, prefix };
        await start(bucket === '' ? {} : scope);
        onClose();
      }}
    >
      <Box>
        Everything is moved, or a bucket before all else. Requests go on meanwhile; nothing has to
        be waited for.
      </Box>
      <FormField label="Bucket" description="Empty: everything.">
        <Input
          value={bucket}
          onChange={({ detail }) => setBucket(detail.value)}
          autoComplete={false}
          spellcheck={false}
        />
      </FormField>
      <FormField label="Prefix" description="Only keys that begin with it.">
        <Input
          value={prefix}
          disabled={bucket === ''}
          onChange={({ detail }) => setPrefix(detail.value)}
          autoComplete={false}
          spellcheck={false}
        />
      </FormField>
    </Ask>
  );
}
