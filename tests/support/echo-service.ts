/**
 * A small service made of the real process parts, for tests that kill it: DATA PORT WORKERS. The
 * handler answers with the worker's process id and the secret it was handed.
 */
import { openLog } from '../../src/base/log.ts';
import { openMetrics, sumMetrics } from '../../src/base/metrics.ts';
import { StartError } from '../../src/base/start-error.ts';
import { observeWith } from '../../src/http/observer.ts';
import { startHttpServer } from '../../src/http/server.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { openDataFolder } from '../../src/process/data-folder.ts';
import { watchSignals } from '../../src/process/signals.ts';
import { superviseWorkers } from '../../src/process/supervise.ts';
import type { Supervisor } from '../../src/process/supervise.ts';
import { connectPrimary, isWorker } from '../../src/process/worker.ts';

const [data = '', port = '0', workers = '2'] = process.argv.slice(2);
const log = openLog({ level: 'info', format: 'json' });
const metrics = openMetrics({ version: 'test' });

function serve(secret: () => string): Promise<HttpServer> {
  return startHttpServer({
    address: { host: '127.0.0.1', port: Number(port), setting: '--listen' },
    observer: observeWith(log, metrics),
    async handler(request) {
      if (request.target === '/slow') await new Promise((resolve) => setTimeout(resolve, 300));
      const environment = process.env['COFFER_ROOT_SECRET_KEY'] ?? 'none';
      const body = JSON.stringify({ pid: process.pid, secret: secret(), environment });
      return { status: 200, headers: {}, body };
    },
  });
}

async function worker(): Promise<void> {
  const link = await connectPrimary();
  let secret = link.secret.toString();
  try {
    await link.joined(String(process.pid));
    link.onSecret((bytes) => void (secret = bytes.toString()));
    const server = await serve(() => secret);
    link.serve({
      listening: server.listening,
      snapshot: () => metrics.snapshot(),
      consoleListens: () => undefined,
      reload: () => log.info('reloaded'),
      async stop(graceMs) {
        await server.close(graceMs);
        log.flush();
      },
    });
  } catch (error) {
    await link.refuse((error as Error).message);
    process.exit(1);
  }
}

async function report(supervisor: Supervisor): Promise<void> {
  const all = await supervisor.snapshots();
  console.log(JSON.stringify({ workers: all.length, metrics: await sumMetrics(all) }));
}

async function primary(): Promise<void> {
  using folder = await openDataFolder({ path: data, keeperGiven: true });
  const supervisor = await superviseWorkers({
    count: Number(workers),
    program: import.meta.filename,
    args: process.argv.slice(2),
    withheld: ['COFFER_ROOT_SECRET_KEY'],
    secret: Buffer.from('secret one'),
    log,
    workerGone: (processId) => log.info('gone', { processId }),
  });
  const stopped = watchSignals({
    reload() {
      supervisor.reload();
      supervisor.hand(Buffer.from('secret two'));
      void report(supervisor);
    },
    force: () => process.exit(1),
  });
  console.log(JSON.stringify({ ...supervisor.listening, isNew: folder.isNew }));
  await stopped;
  await supervisor.stop(5_000);
  log.flush();
}

try {
  await (isWorker() ? worker() : primary());
  if (!isWorker()) process.exit(0);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exit(error.exitCode);
}
