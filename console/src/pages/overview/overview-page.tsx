/** How the server does, live: only for administrators, and while the page is seen. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback } from 'react';
import { admin } from '../../api/admin.ts';
import { ErrorBox } from '../../shell/error-box.tsx';
import { ForAdministrators } from '../../shell/for-administrators.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { SideBySide } from '../../shell/side-by-side.tsx';
import { useMay } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { useNow } from '../../shell/use-now.ts';
import { Waiting } from '../../shell/waiting.tsx';
import { Charts } from './charts.tsx';
import { KeysFacts, ServerFacts } from './server-facts.tsx';
import { useSamples } from './use-samples.ts';
import { warningsOf } from './warnings.ts';

const trail = [{ text: 'Overview', href: '/overview' }];

export function OverviewPage() {
  const may = useMay();
  return (
    <PageBody title="Overview" trail={trail} description="Of the server, every five seconds.">
      {may('GetOverview') ? (
        <Live />
      ) : (
        <ForAdministrators what="how the server does" action="GetOverview" />
      )}
    </PageBody>
  );
}

function Live() {
  const { latest, points, error } = useSamples();
  const may = useMay();
  const mayKeys = may('GetKeysStatus');
  // Once: it counts every row of the store.
  const load = useCallback(
    async (signal: AbortSignal) =>
      mayKeys ? (await admin('GET /admin/v1/keys', { signal })).keeper : undefined,
    [mayKeys],
  );
  const { value: keeper } = useLoaded(load);
  const now = useNow();
  if (latest === undefined) {
    if (error === undefined) return <Waiting />;
    return <ErrorBox what="The server could not be looked at" error={error} />;
  }
  return (
    <SpaceBetween size="l">
      <ErrorBox what="The server could not be looked at just now" error={error} />
      {warningsOf(latest, keeper).map(({ type, header, text, href }) => (
        <Alert
          key={header}
          type={type}
          header={header}
          action={href === undefined ? null : <Button href={href}>Look</Button>}
        >
          {text}
        </Alert>
      ))}
      <SideBySide>
        <ServerFacts overview={latest} answering={error === undefined} />
        <KeysFacts overview={latest} keeper={keeper} now={now} />
      </SideBySide>
      <Charts points={points} now={new Date(latest.now).getTime()} />
    </SpaceBetween>
  );
}
