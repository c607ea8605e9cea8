/** Bugs that are planted, each of which the inspection must find: else its silence means nothing. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Lane, runToDeath } from './inner-layer.ts';
import { inspect } from './inspect.ts';
import { type Operation, type Plan, type Planted, placeIn } from './plan.ts';
import { Random } from './random.ts';

const planted: readonly (readonly [Planted, Operation])[] = [
  ['acknowledges early', 'write'],
  ['destroys blindly', 'destroy'],
  ['forgets the keyring file', 'destroy'],
];
const roundsMax = 40;

/** Throws where one is not found. */
export async function findPlantedBugs(lane: Lane): Promise<void> {
  const random = new Random(lane.seed);
  for (const [bug, operation] of planted) {
    const folder = join(lane.folder, `planted-${bug.replaceAll(' ', '-')}`);
    mkdirSync(folder, { recursive: true });
    const place = placeIn(folder);
    let found: string | undefined;
    let round = 0;
    for (; found === undefined && round < roundsMax; round += 1) {
      const kill = { afterUs: Math.round(random.logUniform(2e3, 5e5)) };
      const seed = `${lane.seed}/${round}`;
      const plan: Plan = { place, seed, operation, kill, writers: 2, planted: bug };
      // It may stumble over what it did before it is killed.
      await runToDeath(plan, join(lane.folder, 'compiled')).catch(() => undefined);
      found = await inspect(place).then(
        () => undefined,
        (error: unknown) => (error as Error).message,
      );
    }
    if (found === undefined) throw new Error(`a planted bug was not found: ${bug}`);
    console.log(`planted and found, kill ${round}: ${bug}`);
    console.log(`   ${found.split('\n')[0]?.slice(0, 120)}`);
  }
}
