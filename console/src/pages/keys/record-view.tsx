import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { RecordReport } from '../../../../src/admin/contract.ts';
import { saveFile } from '../../shell/save-file.ts';
import { timeText } from '../../text/times.ts';
import { indented } from './records.ts';

/** One signed record: what it tells, whether its signature is good, and its file. */
export function RecordView({ record }: { readonly record: RecordReport }) {
  return (
    <SpaceBetween size="s">
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Record', value: record.kind },
          { label: 'Made', value: timeText(record.madeAt) },
          { label: 'Signature', value: <Signature record={record} /> },
        ]}
      />
      <pre className="exact">{indented(record.text)}</pre>
      <Box>
        <Button iconName="download" onClick={() => saveRecord(record)}>
          Download the record (JSON)
        </Button>
      </Box>
    </SpaceBetween>
  );
}

export function Signature({ record }: { readonly record: RecordReport }) {
  return record.verified ? (
    <StatusIndicator type="success">Verified</StatusIndicator>
  ) : (
    <StatusIndicator type="error">Does not verify</StatusIndicator>
  );
}

export function saveRecord(record: RecordReport): void {
  const text = `${JSON.stringify(record, undefined, 2)}\n`;
  saveFile(
    `coffer-record-${record.kind}-${record.id.slice(0, 8)}.json`,
    [text],
    'application/json',
  );
}
