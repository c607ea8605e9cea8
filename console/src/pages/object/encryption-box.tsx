import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Link from '@cloudscape-design/components/link';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useCallback } from 'react';
import type { InventoryEntryReport } from '../../../../src/admin/contract.ts';
import { admin } from '../../api/admin.ts';
import type { ObjectHead, ObjectName } from '../../api/object.ts';
import { useMay } from '../../shell/session.tsx';
import { useLoaded } from '../../shell/use-loaded.ts';
import { timeText } from '../../text/times.ts';

interface Known {
  readonly entry: InventoryEntryReport;
  /** The master key in force and since when, where one may know. */
  readonly current: { readonly version: number; readonly since: string } | undefined;
}

/** What was promised to the writer, and what the inventory tells of how it is kept. */
export function EncryptionBox({
  object,
  head,
}: {
  readonly object: ObjectName;
  readonly head: ObjectHead;
}) {
  const may = useMay();
  const inventory = may('ListInventory');
  const overview = may('GetOverview');
  const { bucket, key } = object;
  const versionId = head.versionId ?? 'null';
  const { value, loading } = useLoaded(
    useCallback(
      async (signal: AbortSignal): Promise<Known | undefined> => {
        const entry = inventory ? await entryOf(bucket, key, versionId, signal) : undefined;
        if (entry === undefined) return undefined;
        if (!overview) return { entry, current: undefined };
        const { keys } = await admin('GET /admin/v1/overview', { signal });
        return { entry, current: { version: keys.current, since: keys.createdAt } };
      },
      [bucket, key, versionId, inventory, overview],
    ),
  );
  return (
    <Container
      header={
        <Header variant="h2" description="Coffer seals every object, whatever was asked for.">
          Server-side encryption
        </Header>
      }
    >
      <KeyValuePairs
        columns={4}
        items={[
          {
            label: 'Promised',
            value: head.deleteMarker ? (
              'A delete marker has no content'
            ) : head.encryption === 'AES256' ? (
              <StatusIndicator type="success">SSE-S3 (AES256)</StatusIndicator>
            ) : head.encryption === null ? (
              <StatusIndicator type="info">Nothing was asked for</StatusIndicator>
            ) : (
              head.encryption
            ),
          },
          ...(value === undefined ? [] : entryItems(value)),
        ]}
      />
      {inventory || loading ? null : (
        <Box color="text-body-secondary">Your identity may not read the encryption inventory.</Box>
      )}
    </Container>
  );
}

function entryItems({ entry, current }: Known) {
  return [
    {
      label: 'Master key version',
      value: (
        <>
          {entry.keyVersion}{' '}
          {current === undefined ? null : entry.keyVersion === current.version ? (
            '(current)'
          ) : (
            <>
              (older than the current one, {current.version}: <Link href="/keys">re-wrap</Link>)
            </>
          )}
        </>
      ),
    },
    { label: 'Wrapped since', value: wrappedSince(entry, current) },
    { label: 'Format', value: `${entry.format}: AES-256-GCM, key wrapped with XAES-256-GCM` },
  ];
}

/** The store keeps no time of a re-wrap: it is between the key's beginning and now. */
function wrappedSince(entry: InventoryEntryReport, current: Known['current']): string {
  const written = timeText(entry.lastModified);
  if (current === undefined || entry.keyVersion !== current.version) {
    return `It was written, ${written}, or a re-wrap since`;
  }
  if (Date.parse(current.since) <= Date.parse(entry.lastModified))
    return `It was written, ${written}`;
  return `A re-wrap after ${timeText(current.since)}`;
}

/** Undefined where it is not on the pages of the key: it was deleted meanwhile. */
async function entryOf(
  bucket: string,
  key: string,
  versionId: string,
  signal: AbortSignal,
): Promise<InventoryEntryReport | undefined> {
  let after: string | undefined;
  do {
    const page = await admin('GET /admin/v1/inventory', {
      query: { bucket, prefix: key, limit: '200', ...(after === undefined ? {} : { after }) },
      signal,
    });
    const own = page.entries.filter((entry) => entry.key === key);
    const found = own.find((entry) => entry.versionId === versionId);
    if (found !== undefined) return found;
    // The key's own versions come before all keys that begin with it.
    after = own.length < page.entries.length ? undefined : (page.next ?? undefined);
  } while (after !== undefined);
  return undefined;
}
