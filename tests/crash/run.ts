/**
 * `npm run test:crash`: rotate, rewrap, destroy, reseal and shred, killed by SIGKILL; after each kill
 * everything that was acknowledged is there, whole, and exactly one master key version is current.
 * First bugs that are planted must be found; then each step of each operation is cut off once; then
 * processes and real servers are killed at random moments under load.
 *
 *   --kills N    at least so many (300)
 *   --seed S     makes the same choices again; moments within a process stay the machine's own
 *   --minutes M  fails where that was not enough (11)
 *
 * A failure names what was done, and the store's folder is kept. Needs Linux, for /proc.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findPlantedBugs } from './controls.ts';
import { killAtRandom, type Lane, sweepFirstStart, sweepSteps } from './inner-layer.ts';
import { operations } from './plan.ts';
import { Report } from './report.ts';
import { killServers } from './server-layer.ts';

const { values: flags } = parseArgs({
  options: {
    kills: { type: 'string', default: '300' },
    seed: { type: 'string', default: randomBytes(4).toString('hex') },
    minutes: { type: 'string', default: '11' },
  },
});
const { seed } = flags;
const kills = Number(flags.kills);
const minutes = Number(flags.minutes);
const serverKills = Math.ceil(kills / 6);
const folder = mkdtempSync(join(tmpdir(), 'coffer-crash-'));
const report = new Report({ endMs: minutes * 60_000 });
const lane = (name: string, isEnough = (): boolean => false): Lane => ({
  name,
  folder,
  seed: `${seed}/${name}`,
  report,
  isEnough: () => isEnough() || report.isOver(),
});

console.log(`seed ${seed}, ${kills} kills, stores in ${folder}`);
try {
  await findPlantedBugs(lane('planted'));
  console.log('each step of each operation');
  await Promise.all([
    sweepSteps(lane('sweep-1'), ['rotate', 'destroy', 'shred']),
    sweepSteps(lane('sweep-2'), ['rewrap', 'reseal', 'start']).then(() =>
      sweepFirstStart(lane('first')),
    ),
  ]);
  console.log('random moments');
  const enough = (): boolean => report.kills >= kills;
  const enoughServers = (): boolean => report.killsOf('server') >= serverKills;
  const more = availableParallelism() > 2 ? [lane('random-2', enough)] : [];
  await Promise.all([
    killServers(lane('server', enoughServers)),
    ...[lane('random-1', enough), ...more].map((one) => killAtRandom(one, operations)),
  ]);
} catch (error) {
  console.error(error);
  report.print();
  console.error(`after ${report.kills} kills; again: npm run test:crash -- --seed ${seed}`);
  console.error(`the stores are kept in ${folder}`);
  process.exit(1);
}
report.print();
rmSync(folder, { recursive: true, force: true });
if (report.kills < kills || report.killsOf('server') < serverKills) {
  console.error(`${minutes} minutes were not enough for ${kills} kills`);
  process.exitCode = 1;
}
