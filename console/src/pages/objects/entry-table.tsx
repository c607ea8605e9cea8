/**
 * A table that stays quick at any length: only the rows in sight are drawn, empty space stands for the
 * others, and the next page is asked for before one scrolls to its end.
 */
import Icon from '@cloudscape-design/components/icon';
import Link from '@cloudscape-design/components/link';
import { useEffect, useRef, useState, type ReactNode, type UIEvent } from 'react';
import { entryId, type Entry } from '../../api/listing.ts';
import { Exact } from '../../shell/exact.tsx';
import { bytesText } from '../../text/bytes.ts';
import { timeText } from '../../text/times.ts';
import { visibleText } from '../../text/visible.ts';
import type { Sorting } from './sorted.ts';

export interface EntryTableProps {
  readonly label: string;
  readonly rows: readonly Entry[];
  readonly versions: boolean;
  /** What stands before the names shown. */
  readonly hidden: string;
  readonly addressOf: (entry: Entry) => string;
  readonly selected: ReadonlyMap<string, Entry>;
  readonly onSelect: (entries: readonly Entry[], on: boolean) => void;
  readonly sorting: Sorting;
  readonly onSort: (sorting: Sorting) => void;
  readonly more: boolean;
  readonly loading: boolean;
  readonly onNearEnd: () => void;
  /** Below the rows. */
  readonly footer: ReactNode;
}

const rowPx = 40;
const overscan = 12;
/** Begin to load when so many rows are left. */
const nearEnd = 150;

export function EntryTable(props: EntryTableProps) {
  const { rows, versions, selected, onSelect, more, loading, onNearEnd } = props;
  const region = useRef<HTMLElement>(null);
  const [view, setView] = useState({ first: 0, count: 40 });

  const look = (element: HTMLElement): void => {
    const first = Math.max(0, Math.floor(element.scrollTop / rowPx) - overscan);
    const count = Math.ceil(element.clientHeight / rowPx) + 2 * overscan;
    // In steps, so that a scroll does not draw anew for every row.
    const step = first - (first % 4);
    if (step !== view.first || count !== view.count) setView({ first: step, count });
  };
  const end = Math.min(rows.length, view.first + view.count + 4);

  useEffect(() => {
    if (more && !loading && end > rows.length - nearEnd && view.first > 0) onNearEnd();
  }, [more, loading, end, rows.length, view.first, onNearEnd]);
  useEffect(() => {
    if (region.current !== null && rows.length === 0) region.current.scrollTop = 0;
  }, [rows.length]);

  const first = Math.min(view.first, Math.max(0, rows.length - 1));
  const shown = rows.slice(first, end);
  const all = rows.length > 0 && selected.size >= rows.length;
  const some = selected.size > 0 && !all;
  return (
    <section
      ref={region}
      className="entries"
      aria-label={props.label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by key
      tabIndex={0}
      onScroll={(event: UIEvent<HTMLElement>) => look(event.currentTarget)}
    >
      <table
        aria-label={props.label}
        aria-rowcount={more ? -1 : rows.length + 1}
        aria-busy={loading}
      >
        <thead>
          <tr aria-rowindex={1}>
            <th className="entries-check" scope="col">
              <input
                type="checkbox"
                aria-label="Select everything that is loaded"
                checked={all}
                disabled={rows.length === 0}
                ref={(box) => {
                  if (box !== null) box.indeterminate = some;
                }}
                onChange={(event) => onSelect(rows, event.target.checked)}
              />
            </th>
            <SortHeader {...props} by="name" text="Name" className="entries-name" />
            {versions ? (
              <th className="entries-version" scope="col">
                Version
              </th>
            ) : null}
            <SortHeader {...props} by="size" text="Size" className="entries-size" />
            <SortHeader {...props} by="modified" text="Last modified" className="entries-time" />
          </tr>
        </thead>
        <tbody>
          <Space rows={first} />
          {shown.map((entry, index) => (
            <EntryRow
              key={entryId(entry)}
              entry={entry}
              rowIndex={first + index + 2}
              table={props}
              checked={selected.has(entryId(entry))}
            />
          ))}
          <Space rows={rows.length - end} />
        </tbody>
      </table>
      {props.footer}
    </section>
  );
}

function SortHeader({
  by,
  text,
  className,
  sorting,
  onSort,
}: Pick<EntryTableProps, 'sorting' | 'onSort'> & {
  readonly by: Sorting['by'];
  readonly text: string;
  readonly className: string;
}) {
  const active = sorting.by === by;
  const direction = sorting.descending ? 'descending' : 'ascending';
  return (
    <th className={className} scope="col" aria-sort={active ? direction : 'none'}>
      <button
        type="button"
        onClick={() => onSort({ by, descending: active ? !sorting.descending : by !== 'name' })}
      >
        {text}{' '}
        <Icon
          name={
            active ? (sorting.descending ? 'caret-down-filled' : 'caret-up-filled') : 'caret-down'
          }
        />
      </button>
    </th>
  );
}

/** Stands for rows that are not drawn. */
function Space({ rows }: { readonly rows: number }) {
  if (rows <= 0) return null;
  return (
    <tr aria-hidden="true" style={{ blockSize: rows * rowPx }}>
      <td>&nbsp;</td>
    </tr>
  );
}

function EntryRow({
  entry,
  rowIndex,
  table,
  checked,
}: {
  readonly entry: Entry;
  readonly rowIndex: number;
  readonly table: EntryTableProps;
  readonly checked: boolean;
}) {
  const name = entry.key.slice(table.hidden.length) || entry.key;
  const label = visibleText(name);
  const old = entry.kind !== 'prefix' && entry.latest === false;
  return (
    <tr aria-rowindex={rowIndex} className={checked ? 'entries-selected' : undefined}>
      <td className="entries-check">
        <input
          type="checkbox"
          aria-label={`Select ${label}`}
          checked={checked}
          onChange={(event) => table.onSelect([entry], event.target.checked)}
        />
      </td>
      <th scope="row" className="entries-name" title={label}>
        <Icon
          name={entry.kind === 'prefix' ? 'folder' : entry.kind === 'marker' ? 'remove' : 'file'}
        />{' '}
        {old ? <span className="entries-old">older: </span> : null}
        <Link href={table.addressOf(entry)}>
          <Exact text={name} />
        </Link>
        {entry.kind === 'marker' ? ' (delete marker)' : null}
      </th>
      {table.versions ? (
        <td className="entries-version">
          {entry.kind === 'prefix' ? '' : <Exact text={entry.versionId ?? ''} />}
        </td>
      ) : null}
      <td className="entries-size">{entry.kind === 'object' ? bytesText(entry.size) : '–'}</td>
      <td className="entries-time">
        {entry.kind === 'prefix' ? '–' : timeText(entry.lastModified)}
      </td>
    </tr>
  );
}
