/** What an administrator should see to, told with the mend. */
import type { KeysStatus, Overview } from '../../../../src/admin/contract.ts';
import { bytesText, percentText, plural } from '../../text/bytes.ts';
import { timeText } from '../../text/times.ts';

export interface Warning {
  readonly type: 'warning' | 'error';
  readonly header: string;
  readonly text: string;
  readonly href?: string;
}

const fullShareError = 0.03;
const fullShareWarning = 0.1;
const lateMs = 2 * 3_600_000;

export function warningsOf(
  overview: Pick<Overview, 'now' | 'ready' | 'disk' | 'keys'>,
  keeper: KeysStatus['keeper'] | undefined,
): readonly Warning[] {
  const { now, ready, disk, keys } = overview;
  return [
    ...(ready ? [] : [notReady]),
    ...(keeper === undefined || keeper.healthy ? [] : [keeperTrouble(keeper.kind)]),
    ...diskWarnings(disk),
    ...rewrapWarnings(keys),
    ...rotationWarnings(keys, now),
  ];
}

const notReady: Warning = {
  type: 'error',
  header: 'The server is not ready',
  text: 'It is starting, stopping, or could not write. Its log says why.',
};

const keeperTrouble = (kind: string): Warning => ({
  type: 'error',
  header: 'The keeper does not open the keyring',
  text: `The root of trust (${kind}) is not there or not the right one. Reads and writes go on, but the next start and the next rotation will fail: mend it before the server is restarted.`,
  href: '/keys',
});

function diskWarnings({ freeBytes, totalBytes }: Overview['disk']): readonly Warning[] {
  if (freeBytes === null || totalBytes === null || totalBytes === 0) return [];
  const share = freeBytes / totalBytes;
  if (share >= fullShareWarning) return [];
  const grave = share < fullShareError;
  return [
    {
      type: grave ? 'error' : 'warning',
      header: grave ? 'The disk is almost full' : 'The disk fills up',
      text: `${bytesText(freeBytes)} (${percentText(freeBytes, totalBytes)}) are free. Without room, writes are refused: delete what is not needed, or enlarge the file system.`,
    },
  ];
}

function rewrapWarnings({ rewrap }: Overview['keys']): readonly Warning[] {
  if (rewrap === null || (rewrap.state !== 'incomplete' && rewrap.state !== 'failed')) return [];
  const text =
    rewrap.state === 'failed'
      ? 'The server tries it again by itself; its log says why it failed.'
      : `${plural(rewrap.unmoved.rows, 'row')} do not open and could not be moved to version ${rewrap.version}. “coffer verify” says what is wrong with them.`;
  return [{ type: 'error', header: 'The re-wrap is not complete', text, href: '/keys' }];
}

function rotationWarnings({ nextRotation }: Overview['keys'], now: string): readonly Warning[] {
  if (nextRotation === null) return [];
  if (new Date(now).getTime() - new Date(nextRotation).getTime() < lateMs) return [];
  return [
    {
      type: 'warning',
      header: 'The rotation of the master key is late',
      text: `It was due ${timeText(nextRotation)}. The server’s log says why it did not rotate; you can rotate by hand.`,
      href: '/keys',
    },
  ];
}
