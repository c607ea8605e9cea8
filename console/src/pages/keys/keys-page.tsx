/** The master keys: every version and what refers to it, rotation, re-wrap, kits, destruction, records. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useCallback, useState } from 'react';
import { admin } from '../../api/admin.ts';
import { Ask } from '../../shell/ask.tsx';
import { ErrorBox } from '../../shell/error-box.tsx';
import { useNotices } from '../../shell/notices.tsx';
import { ForAdministrators } from '../../shell/for-administrators.tsx';
import { PageBody } from '../../shell/page-body.tsx';
import { SideBySide } from '../../shell/side-by-side.tsx';
import { useMay } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { Waiting } from '../../shell/waiting.tsx';
import { BackupKeys } from './backup-keys.tsx';
import { CoverageChart } from './coverage-chart.tsx';
import { DestroyKey } from './destroy-key.tsx';
import { KeyFacts } from './key-facts.tsx';
import { RecordsTable } from './records-table.tsx';
import { RewrapPanel } from './rewrap-panel.tsx';
import { useRewrap } from './use-rewrap.ts';
import { VersionsTable } from './versions-table.tsx';

const loadStatus = (signal: AbortSignal) => admin('GET /admin/v1/keys', { signal });
type Dialog =
  | { readonly kind: 'rotate' }
  | { readonly kind: 'backup' }
  | { readonly kind: 'destroy'; readonly version: number };

const trail = [{ text: 'Master keys', href: '/keys' }];

export function KeysPage() {
  const may = useMay();
  if (may('GetKeysStatus')) return <Keys />;
  return (
    <PageBody title="Master keys" trail={trail}>
      <ForAdministrators what="the master keys" action="GetKeysStatus" />
    </PageBody>
  );
}

function Keys() {
  const { value: status, error, loading, reload } = useLoaded(loadStatus);
  const rewrap = useRewrap(reload);
  const [dialog, setDialog] = useState<Dialog>();
  const [recordsTurn, setRecordsTurn] = useState(0);
  const may = useMay();
  const notices = useNotices();
  const close = useCallback(() => setDialog(undefined), []);
  const recorded = useCallback(() => setRecordsTurn((turn) => turn + 1), []);

  const rotate = async (): Promise<void> => {
    const body = status === undefined ? {} : { from: status.current };
    const { previous, current } = await admin('POST /admin/v1/keys/rotate', { body });
    close();
    notices.done(`Version ${current} is current; before it was version ${previous}.`);
    reload();
  };
  return (
    <PageBody
      title="Master keys"
      trail={trail}
      description="Each object has a key of its own; a master key version wraps it. Versions follow one another, and none is lost while anything needs it."
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button iconName="refresh" ariaLabel="Count again" loading={loading} onClick={reload} />
          {may('BackupKeys') ? (
            <Button onClick={() => setDialog({ kind: 'backup' })}>Make a recovery kit</Button>
          ) : null}
          {may('RotateKeys') ? (
            <Button
              variant="primary"
              disabled={status === undefined}
              onClick={() => setDialog({ kind: 'rotate' })}
            >
              Rotate now
            </Button>
          ) : null}
        </SpaceBetween>
      }
    >
      <ErrorBox what="The master keys could not be looked at" error={error} retry={reload} />
      {status === undefined && error === undefined ? <Waiting /> : null}
      {status === undefined ? null : (
        <SpaceBetween size="l">
          <SideBySide>
            <KeyFacts status={status} />
            <CoverageChart status={status} />
          </SideBySide>
          <VersionsTable
            versions={status.versions}
            onDestroy={
              may('DestroyKeyVersion')
                ? (version) => setDialog({ kind: 'destroy', version })
                : undefined
            }
          />
        </SpaceBetween>
      )}
      {may('GetRewrapStatus') ? <RewrapPanel rewrap={rewrap} mayStart={may('RewrapKeys')} /> : null}
      {may('ListRecords') ? <RecordsTable turn={recordsTurn} /> : null}
      <Reseal />
      {dialog?.kind === 'rotate' ? (
        <Ask
          header="Rotate the master key"
          action="Rotate now"
          failed="The master key is not rotated"
          onClose={close}
          run={rotate}
        >
          <Box>
            A new version is made, and all that is written from then on is sealed under it. What
            exists stays readable; the server moves it to the new version by itself. Nothing is
            interrupted.
          </Box>
          <Box>Make a new recovery kit afterwards: older kits do not open what comes later.</Box>
        </Ask>
      ) : null}
      {dialog?.kind === 'backup' ? <BackupKeys onClose={close} onMade={recorded} /> : null}
      {dialog?.kind === 'destroy' ? (
        <DestroyKey
          version={dialog.version}
          onClose={close}
          onDestroyed={() => {
            recorded();
            reload();
          }}
        />
      ) : null}
    </PageBody>
  );
}

function Reseal() {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="To seal the keyring by another root of trust (a passphrase, Vault, AWS KMS, a token)."
        >
          Another keeper
        </Header>
      }
    >
      <SpaceBetween size="xs">
        <Box>
          This is done on the server’s machine, as the new keeper’s secrets belong there and not in
          a browser:
        </Box>
        <Box variant="code">coffer keys reseal --to vault:https://vault.example/coffer</Box>
      </SpaceBetween>
    </Container>
  );
}
