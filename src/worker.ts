/** A worker: serves the S3 port with the keyring that the primary opened. */
import { toHex } from './base/bytes.ts';
import { openLog } from './base/log.ts';
import { openMetrics } from './base/metrics.ts';
import { Presence } from './jobs/presence.ts';
import type { Settings } from './config/settings.ts';
import { startEndpoint, tlsOf } from './endpoint.ts';
import { joinStore } from './open-store.ts';
import { fromPipe } from './opened-keys.ts';
import { connectPrimary } from './process/worker.ts';

/** Serves until the primary says stop, or is gone. */
export async function runWorker(settings: Settings, version: string): Promise<void> {
  const log = openLog({ level: settings.logLevel, format: settings.logFormat });
  const link = await connectPrimary();
  try {
    const metrics = openMetrics({ version });
    let ready = true;
    const opened = await joinStore(
      {
        data: settings.data,
        onFailure: (fault) => {
          log.error('the store accepts no more writes: this worker ends', { error: fault });
          log.flush();
          process.exit(1);
        },
      },
      fromPipe(link.secret),
    );
    await link.joined(toHex(opened.rows.processId));
    const presence = new Presence(opened.rows, log);
    link.onSecret((bytes) => {
      opened.keys.take(fromPipe(bytes));
      bytes.fill(0);
      presence.tell();
    });
    await presence.begin();
    let console: Settings['console'];
    const server = await startEndpoint({
      settings,
      opened,
      log,
      metrics,
      consoleBound: () => console,
      ready: () => ready,
    });
    link.serve({
      listening: server.listening,
      snapshot: () => metrics.snapshot(),
      reload: async () => {
        const identity = await tlsOf(settings);
        if (identity !== undefined) server.useTls(identity);
      },
      consoleListens: (listening) => {
        console = listening;
      },
      stop: async (graceMs) => {
        ready = false;
        await server.close(graceMs);
        await presence.end();
        await opened.close();
        log.flush();
      },
    });
  } catch (error) {
    await link.refuse(error instanceof Error ? error.message : String(error));
    process.exit(1);
  }
}
