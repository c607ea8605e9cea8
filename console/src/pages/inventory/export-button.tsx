import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useEffect, useRef, useState } from 'react';
import { useNotices } from '../../shell/notices.tsx';
import { saveFile } from '../../shell/save-file.ts';
import { plural } from '../../text/bytes.ts';
import { csvName, exportCsv } from './csv.ts';
import type { Filters } from './filters.ts';

/** Exports what the filters leave, all of it, as CSV. */
export function ExportButton({ filters }: { readonly filters: Filters }) {
  const [lines, setLines] = useState<number>();
  const running = useRef<AbortController>(undefined);
  const notices = useNotices();
  useEffect(() => () => running.current?.abort(), []);

  const start = async (): Promise<void> => {
    const stop = new AbortController();
    running.current = stop;
    setLines(0);
    try {
      const exported = await exportCsv(filters, stop.signal, setLines);
      saveFile(csvName(filters, new Date()), exported.parts, 'text/csv');
      notices.done(`${plural(exported.lines, 'version')} exported.`);
    } catch (error) {
      notices.failed('The inventory was not exported', error);
    } finally {
      setLines(undefined);
    }
  };

  if (lines === undefined) {
    return (
      <Button iconName="download" onClick={() => void start()}>
        Export CSV
      </Button>
    );
  }
  return (
    <SpaceBetween direction="horizontal" size="xs" alignItems="center">
      <StatusIndicator type="loading">{plural(lines, 'version')} so far</StatusIndicator>
      <Button onClick={() => running.current?.abort()}>Cancel</Button>
    </SpaceBetween>
  );
}
