/**
 * `npm run test:memory`: sixteen objects stream in at once, then out at once; the server's memory
 * must not follow their size. Then many uploads and downloads are abandoned halfway; memory,
 * descriptors and blob files must be back where they were. One process is tried first, then a primary
 * with two workers, of which all are counted together. `--size 1GiB` makes the objects larger than
 * 64 MiB. Needs Linux, for /proc.
 */
import { parseArgs } from 'node:util';
import { MemoryPass } from './memory-pass.ts';
import { bytesOf, Report } from './report.ts';

const { values: options } = parseArgs({
  options: { size: { type: 'string', default: '64MiB' } },
});
const size = bytesOf(options.size);
const report = new Report();
for (const { workers, abandoned } of [
  { workers: 1, abandoned: 1_000 },
  { workers: 2, abandoned: 300 },
]) {
  console.log(`--workers ${workers}`);
  await using pass = await MemoryPass.start({ workers, size, report });
  await pass.stream();
  await pass.abandon(abandoned);
  await pass.end();
}
process.exitCode = report.failures === 0 ? 0 : 1;
