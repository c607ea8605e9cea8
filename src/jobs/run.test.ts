import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLog } from '../base/log.ts';
import { runJobs, type Job } from './run.ts';

const log = openLog({ level: 'error', format: 'json' });

/** A job whose turn never comes by itself; each run waits to be let go. */
function jobNamed(name: string) {
  const begun: (() => void)[] = [];
  let told: () => void = () => undefined;
  const job: Job = {
    name,
    everyMs: 2 ** 30,
    run: async () => {
      const end = Promise.withResolvers<undefined>();
      begun.push(() => end.resolve(undefined));
      told();
      return end.promise;
    },
  };
  const runs = async (count: number): Promise<void> => {
    while (begun.length < count) await new Promise<void>((resolve) => (told = resolve));
  };
  return { job, begun, runs };
}

test('a job that is hurried runs without waiting for its turn, and once more when it runs already', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const one = jobNamed('one');
  const other = jobNamed('other');
  const jobs = runJobs([one.job, other.job], log);
  jobs.hurry('one');
  t.mock.timers.tick(0);
  await one.runs(1);
  jobs.hurry('one');
  jobs.hurry('one');
  one.begun[0]?.();
  await turns();
  t.mock.timers.tick(0);
  await one.runs(2);
  one.begun[1]?.();
  await turns();
  t.mock.timers.tick(1);
  await turns();
  assert.equal(one.begun.length, 2);
  assert.equal(other.begun.length, 0);
  await jobs.stop();
  jobs.hurry('one');
  t.mock.timers.tick(1);
  await turns();
  assert.equal(one.begun.length, 2);
});

/** Lets every promise that is settled be heard of. */
const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
