/** What a process holds, as Linux tells it (proc(5)). */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Resident bytes now. */
export function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Open file descriptors now, but for the 256 folders of blobs, which stay open once they were used. */
export function openFiles(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter(
    (fd) => !/\/blobs\/[0-9a-f]{2}$/.test(target(`${folder}/${fd}`)),
  ).length;
}

/** What a descriptor is of; it may be closed by now. */
function target(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

/** Runs `work`; resolves with the most that was resident meanwhile. */
export async function peakDuring(pid: number, work: () => Promise<void>): Promise<number> {
  let peak = residentBytes(pid);
  const look = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
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
