/** What processes hold together, as Linux tells it (proc(5)). */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** A process and its children. */
export function processesOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  return [pid, ...(children === '' ? [] : children.split(' ').map(Number))];
}

/** Resident bytes now; pages that processes share are counted in each. */
export function residentBytes(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
  });
}

/** Open file descriptors now, but for the 256 folders of blobs, which stay open once they were used. */
export function openFiles(pids: readonly number[]): number {
  return sum(pids, (pid) => {
    const folder = `/proc/${pid}/fd`;
    const open = readdirSync(folder).map((fd) => target(`${folder}/${fd}`));
    return open.filter((path) => !/\/blobs\/[0-9a-f]{2}$/.test(path)).length;
  });
}

const sum = (pids: readonly number[], of: (pid: number) => number): number =>
  pids.reduce((total, pid) => total + of(pid), 0);

/** What a descriptor is of; it may be closed by now. */
function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

/** Runs `work`; resolves with the most that was resident meanwhile. */
export async function peakDuring(
  pids: readonly number[],
  work: () => Promise<void>,
): Promise<number> {
  let peak = residentBytes(pids);
  const look = setInterval(() => {
    peak = Math.max(peak, residentBytes(pids));
  }, 50);
  try {
    await work();
  } finally {
    clearInterval(look);
  }
  return peak;
}

/** Waits until `holds`, as long as it may take; resolves with whether it came to hold. */
export async function settles(holds: () => boolean, msMax = 30_000): Promise<boolean> {
  const deadline = performance.now() + msMax;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await new Promise((go) => setTimeout(go, 100));
  }
  return true;
}
