import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { KeyVersionReport } from '../../../../src/admin/contract.ts';
import { countText } from '../../text/bytes.ts';
import { agoText, timeText } from '../../text/times.ts';

type State = KeyVersionReport['state'];
const indicators: Readonly<Record<State, readonly [StatusIndicatorProps.Type, string]>> = {
  prepared: ['pending', 'Prepared'],
  current: ['success', 'Current'],
  retained: ['info', 'Retained'],
  destroyed: ['stopped', 'Destroyed'],
};

/** Every version there ever was, newest first. */
export function VersionsTable({
  versions,
  onDestroy,
}: {
  readonly versions: readonly KeyVersionReport[];
  /** Absent: the identity may not. */
  readonly onDestroy: ((version: number) => void) | undefined;
}) {
  return (
    <Table
      items={versions.toReversed()}
      wrapLines
      trackBy={({ version }) => String(version)}
      ariaLabels={{ tableLabel: 'Master key versions' }}
      columnDefinitions={[
        ...columns,
        ...(onDestroy === undefined ? [] : [destroyColumn(onDestroy)]),
      ]}
      header={
        <Header
          variant="h2"
          counter={`(${versions.length})`}
          description="A version is retained until nothing is sealed under it, and then until somebody destroys it."
        >
          Versions
        </Header>
      }
      empty={<Box textAlign="center">There is no master key version.</Box>}
    />
  );
}

const columns: readonly TableProps.ColumnDefinition<KeyVersionReport>[] = [
  {
    id: 'version',
    header: 'Version',
    isRowHeader: true,
    cell: ({ version }) => String(version),
  },
  {
    id: 'state',
    header: 'State',
    minWidth: 130,
    cell: ({ state }) => {
      const [type, text] = indicators[state];
      return <StatusIndicator type={type}>{text}</StatusIndicator>;
    },
  },
  {
    id: 'created',
    header: 'Created, age',
    minWidth: 170,
    cell: ({ createdAt }) => (
      <>
        {timeText(createdAt)}
        <Box color="text-body-secondary">{agoText(createdAt)}</Box>
      </>
    ),
  },
  { id: 'wraps', header: 'Wraps (at most)', cell: ({ wraps }) => countText(wraps) },
  {
    id: 'objects',
    header: 'Object versions',
    cell: ({ references }) => countText(references.objectVersions),
  },
  { id: 'uploads', header: 'Uploads', cell: ({ references }) => countText(references.uploads) },
  { id: 'rows', header: 'All rows', cell: ({ references }) => countText(references.rows) },
];

function destroyColumn(
  onDestroy: (version: number) => void,
): TableProps.ColumnDefinition<KeyVersionReport> {
  return {
    id: 'destroy',
    minWidth: 110,
    header: 'Actions',
    cell: ({ version, state }) =>
      state === 'retained' ? (
        <Button
          variant="inline-link"
          ariaLabel={`Destroy version ${version}`}
          onClick={() => onDestroy(version)}
        >
          Destroy
        </Button>
      ) : (
        '–'
      ),
  };
}
