/**
 * The primary: holds the data folder's lock, the admin socket, the console port and the signals;
 * serves the S3 port itself, or through workers.
 */
import { fileURLToPath } from 'node:url';
import { adminServices } from './admin-services.ts';
import { serveAdmin } from './admin/serve.ts';
import { openLog, type Log } from './base/log.ts';
import { openMetrics, sumMetrics, type Metrics, type MetricsSnapshot } from './base/metrics.ts';
import { shutdownLimits } from './base/limits.ts';
import { systemClock } from './base/time.ts';
import { banner } from './banner.ts';
import { type Environment, type Settings, withheldVariables } from './config/settings.ts';
import { startConsoleBuild } from './console-build.ts';
import { consolePage } from './console-pages.ts';
import { consoleHandler } from './console-port.ts';
import { startEndpoint, tlsOf } from './endpoint.ts';
import type { HttpRequest } from './http/exchange.ts';
import { observeWith } from './http/observer.ts';
import { startHttpServer, type HttpServer } from './http/server.ts';
import { Presence } from './jobs/presence.ts';
import { runJobs, type RunningJobs } from './jobs/run.ts';
import { finishDestruction } from './jobs/destroy.ts';
import { removeShredded } from './jobs/remove-shredded.ts';
import { sweepBlobs } from './jobs/sweep-blobs.ts';
import { sweepUploads } from './jobs/sweep-uploads.ts';
import type { OpenedKeys } from './keys/keys-in-force.ts';
import { masterKeysOf, type MasterKeys } from './master-keys.ts';
import { refuseUnmounted, startStore, type OpenedStore, type Start } from './open-store.ts';
import { forPipe } from './opened-keys.ts';
import { endpointFor } from './public-addresses.ts';
import { prepareAdminSocket } from './process/admin-socket.ts';
import { isUnused, openDataFolder } from './process/data-folder.ts';
import { watchSignals } from './process/signals.ts';
import { superviseWorkers, type Supervisor } from './process/supervise.ts';
import type { ReadServed } from './jobs/rewrap-pace.ts';
import type { Rewrapping } from './jobs/rewrap.ts';
import { startRewrapping, watchServed, whatWorkersServe } from './rewrapping.ts';
import { Sweeper } from './store/sweeper.ts';

export interface PrimaryOptions {
  readonly settings: Settings;
  readonly env: Environment;
  readonly version: string;
  /** The program and the arguments that a worker is started with. */
  readonly program: string;
  readonly args: readonly string[];
  readonly write: (text: string) => void;
  /** Asks on the terminal without echo; undefined where nobody can be asked. */
  readonly askSecret?: ((question: string) => Promise<string>) | undefined;
}

/** Serves until it is told to stop; resolves when all has ended in good order. */
export async function runPrimary(options: PrimaryOptions): Promise<void> {
  const { settings, env, write } = options;
  const log = openLog({ level: settings.logLevel, format: settings.logFormat });
  for (const warning of settings.warnings) log.warn(warning);
  const running: Reloaded[] = [];
  const reload = (): void => void reloadAll(settings, running, log);
  // Watched from here: whoever sees the port answer may already ask for the end.
  const stopped = watchSignals({ reload, force: () => process.exit(1) });
  const keeperGiven = settings.sources.keeper !== 'default';
  await refuseUnmounted(placeOf(options), isUnused);
  using folder = await openDataFolder({ path: settings.data, keeperGiven });
  const { path: data } = folder;
  const start = await startStore({
    ...placeOf(options),
    data,
    patience: { warn: (message) => log.warn(message), stopped },
    onFailure: (fault) => fail(log, fault),
  });
  // However this ends: a process that exits among its commits can only be killed.
  await using closing = new AsyncDisposableStack();
  closing.defer(() => start.store.close());
  await using socket = await prepareAdminSocket(data, env);
  const metrics = openMetrics({ version: options.version });
  const presence = new Presence(start.store.rows, log);
  await presence.begin();
  // Nobody else lives: whoever a process row tells of is a process of before.
  await presence.clearOthers();
  const sweeper = new Sweeper({ ...start.store, clock: systemClock });
  // Asked before anything serves: whoever holds a reservation now is a process of before.
  const gone = new Set(await sweeper.reservationHolders());
  const sweeping = sweepBlobs(sweeper, gone);
  let jobs: RunningJobs | undefined;
  const workerGone = (processId: string): void => {
    gone.add(processId);
    presence.gone(processId);
    jobs?.hurry(sweeping.name);
  };
  const service = await startService(options, { start, log, metrics, workerGone });
  const stopping = new AbortController();
  const { signal } = stopping;
  const hand = (keys: OpenedKeys): void => {
    service.hand?.(keys);
    presence.tell();
  };
  const policy = settings.rotation;
  // Made once workers can be handed to: no keyring changes before.
  const secrets = settings.keeperSecrets;
  const masterKeys = masterKeysOf({ start, data, policy, secrets, log, metrics, hand, signal });
  const removing = removeShredded({ ...start.store, clock: systemClock, signal });
  const finishing = finishDestruction(masterKeys.destruction);
  jobs = runJobs([masterKeys.job, finishing, removing, sweeping, sweepUploads(sweeper)], log);
  const { served } = service;
  const rewrapping = startRewrapping(start.store, { log, metrics, served });
  const { ports, consoleAt, consoleEnded } = await startPorts(options, {
    opened: start.store,
    masterKeys,
    rewrapping,
    shredded: () => jobs?.hurry(removing.name),
    log,
    metrics,
    socketPath: socket.path,
    service,
    signal,
  });
  write(banner(settings, start, { endpoint: service.listening, console: consoleAt }));
  if (start.warning !== undefined) log.warn(start.warning);
  running.push(...ports, service);
  await stopped;
  log.info('stopping: requests in flight may finish');
  stopping.abort();
  // Told first: workers that end now leave nothing that must be swept before the end.
  const jobsEnded = Promise.all([jobs.stop(), rewrapping.stop()]);
  await service.stop(shutdownLimits.graceMsMax);
  await jobsEnded;
  for (const port of ports) await port.close(shutdownLimits.graceMsMax);
  await consoleEnded;
  await presence.end();
  log.flush();
}

function placeOf({ settings, askSecret }: PrimaryOptions) {
  const { data, keeper, keeperSecrets, region, rootCredentials } = settings;
  return {
    data,
    keeper,
    how: { secrets: keeperSecrets, askSecret },
    region,
    given: rootCredentials && {
      accessKeyId: rootCredentials.accessKeyId,
      secretKey: rootCredentials.secretAccessKey.reveal(),
    },
  };
}

/** A failed commit or fsync: nothing more can be promised, so the process ends and is started anew. */
function fail(log: Log, error: Error): void {
  log.error('the store accepts no more writes: Coffer ends', { error });
  log.flush();
  process.exit(1);
}

/** What serves the S3 port: this process, or its workers. */
interface Service {
  readonly listening: HttpServer['listening'];
  readonly served: ReadServed;
  snapshots(): ReturnType<Supervisor['snapshots']>;
  /** Where the console listens, for whoever answers its page. */
  consoleListens(listening: HttpServer['listening']): void;
  useTls?: HttpServer['useTls'];
  reload?(): void;
  /** A keyring that came in force, for the workers. */
  hand?(keys: OpenedKeys): void;
  stop(graceMs: number): Promise<unknown>;
}

type Reloaded = Pick<Service, 'useTls' | 'reload'>;

interface Running {
  readonly start: Start;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Told of a worker that has ended, by its id in the store. */
  readonly workerGone: (processId: string) => void;
}

async function startService(options: PrimaryOptions, running: Running): Promise<Service> {
  const { settings, program, args } = options;
  const { start, log, metrics, workerGone } = running;
  if (settings.workers > 1) {
    const withheld = withheldVariables;
    const secret = forPipe(start.store.keys.newest);
    const count = settings.workers;
    const supervisor = await superviseWorkers({
      count,
      program,
      args,
      withheld,
      secret,
      log,
      workerGone,
    });
    secret.fill(0);
    return servedByWorkers(supervisor);
  }
  let ready = true;
  const opened = start.store;
  const watched = watchServed(metrics);
  let console: Settings['console'];
  const server = await startEndpoint({
    settings,
    opened,
    log,
    metrics: watched.metrics,
    consoleBound: () => console,
    ready: () => ready,
  });
  return {
    listening: server.listening,
    served: watched.served,
    snapshots: async () => [],
    consoleListens: (listening) => {
      console = listening;
    },
    useTls: (identity) => server.useTls(identity),
    stop: (graceMs) => {
      ready = false;
      return server.close(graceMs);
    },
  };
}

function servedByWorkers(supervisor: Supervisor): Service {
  return {
    listening: supervisor.listening,
    served: whatWorkersServe(() => supervisor.snapshots()),
    snapshots: () => supervisor.snapshots(),
    consoleListens: (listening) => supervisor.consoleListens(listening),
    reload: () => supervisor.reload(),
    hand: (keys) => {
      const secret = forPipe(keys);
      supervisor.hand(secret);
      secret.fill(0);
    },
    stop: (graceMs) => supervisor.stop(graceMs),
  };
}

interface PortParts {
  readonly opened: OpenedStore;
  readonly masterKeys: MasterKeys;
  readonly rewrapping: Rewrapping;
  readonly shredded: () => void;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly socketPath: string;
  /** Aborted when the server ends. */
  readonly signal: AbortSignal;
  readonly service: Service;
}

interface StartedPorts {
  readonly ports: readonly HttpServer[];
  /** Where the console listens. */
  readonly consoleAt: HttpServer['listening'] | undefined;
  /** Resolves when nothing is built any more. */
  readonly consoleEnded: Promise<void>;
}

/** The admin socket, and the console port unless it is off. */
async function startPorts(options: PrimaryOptions, parts: PortParts): Promise<StartedPorts> {
  const { settings, version } = options;
  const { opened, log, metrics, socketPath, service, signal } = parts;
  const observer = observeWith(log, metrics);
  const snapshots = async (): Promise<readonly MetricsSnapshot[]> => [
    await metrics.snapshot(),
    ...(await service.snapshots()),
  ];
  const text = async (): Promise<string> => sumMetrics(await snapshots());
  const endpoint = (request: HttpRequest): string =>
    endpointFor(settings, service.listening, request);
  const services = adminServices(opened, {
    settings,
    version,
    ...parts,
    snapshots,
    endpointFor: endpoint,
  });
  const local = consoleHandler({ metrics: text, admin: serveAdmin(services, { trusted: true }) });
  const ports = [
    await startHttpServer({ handler: local, address: { path: socketPath }, observer }),
  ];
  if (settings.console === undefined) {
    return { ports, consoleAt: undefined, consoleEnded: Promise.resolve() };
  }
  const address = { ...settings.console, setting: '--console' };
  const tls = await tlsOf(settings);
  const { trustedProxies } = settings;
  const build = startConsoleBuild({ folder: consoleFolder, log, signal });
  const handler = consoleHandler({
    metrics: text,
    admin: serveAdmin(services, { trusted: false }),
    page: (request) => consolePage(request, build.state(), endpoint(request)),
  });
  const port = await startHttpServer({ handler, address, observer, tls, trustedProxies });
  service.consoleListens(port.listening);
  return { ports: [...ports, port], consoleAt: port.listening, consoleEnded: build.ended };
}

const consoleFolder = fileURLToPath(new URL('../console', import.meta.url));

async function reloadAll(settings: Settings, parts: readonly Reloaded[], log: Log): Promise<void> {
  const read = await tlsOf(settings).then(
    (identity) => ({ identity }),
    (error: unknown) => ({ failure: error as Error }),
  );
  if ('failure' in read) {
    const reason = read.failure.message;
    log.error('the certificate was not reloaded; the old one stays', { reason });
    return;
  }
  for (const part of parts) {
    if (read.identity !== undefined) part.useTls?.(read.identity);
    part.reload?.();
  }
  log.info('reloaded');
}
