/**
 * The outer layer: a real server, with clients that write and read over HTTP and keys that are changed
 * through its admin API, is killed: the primary, one worker, or all of its processes at once. The next
 * server on the folder must have everything that was acknowledged.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { KeysStatus, VerifyReport } from '../../src/admin/contract.ts';
import { openSite, type Site } from '../s3/site.ts';
import { httpClient } from './http-client.ts';
import { inspect, settle } from './inspect.ts';
import type { Lane } from './inner-layer.ts';
import { anotherKeeper, keeperInForce } from './keepers.ts';
import { Ledger } from './ledger.ts';
import { type Before, leftBehind } from './left-behind.ts';
import { type Operation, type Place, placeIn } from './plan.ts';
import { Random } from './random.ts';
import { change } from './server-operations.ts';
import { type Client, makeBuckets, Writer } from './writing.ts';

const operations = ['write', 'rotate', 'rewrap', 'destroy', 'reseal', 'shred'] as const;
/** Kills of one store before another is begun. */
const killsOfOne = 25;

/** Kills servers until there were enough. */
export async function killServers(lane: Lane): Promise<void> {
  const random = new Random(lane.seed);
  let place: Place | undefined;
  for (let round = 0; !lane.isEnough(); round += 1) {
    if (round % killsOfOne === 0) place = undefined;
    if (place === undefined) {
      const folder = join(lane.folder, `${lane.name}-${round}`);
      mkdirSync(folder, { recursive: true });
      place = placeIn(folder);
    }
    try {
      await oneServer(place, random, lane);
      // Now and then by whoever opens the folder without a server.
      if (round % 5 === 4) await inspect(place);
    } catch (error) {
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`round ${round} on ${place.data}: ${message}`, { cause: error });
    }
  }
}

async function oneServer(place: Place, random: Random, { report }: Lane): Promise<void> {
  const workers = random.chance(0.3) ? 2 : 1;
  const keeper = await keeperInForce(place);
  const site = await openSite({ workers, data: place.data, flags: ['--keeper', keeper] });
  const house = new ServerHouse(site, place, random, keeper);
  const operation = random.pick(operations);
  const killed = { layer: 'server', operation };
  let before: Before & { readonly objects: number };
  try {
    let objects = await house.inspect();
    let doomed = await house.prepare(operation);
    if (workers > 1 && random.chance(0.3)) {
      await house.killWorker(operation, doomed);
      report.killed({ ...killed, step: 'one worker was killed', objects });
      objects = await house.inspect();
      doomed = await house.prepare(operation);
    }
    const whole = workers > 1 && random.chance(0.5);
    const status = await site.admin.call('GetKeysStatus', {});
    const { keeper } = house;
    const answered = await house.kill(operation, { doomed, whole });
    before = { status, keeper, answered, objects };
  } finally {
    site.server.kill();
    await site.end();
  }
  const step = await leftBehind(place, operation, before);
  report.killed({ ...killed, step, objects: before.objects });
}

class ServerHouse {
  readonly #site: Site;
  readonly #place: Place;
  readonly #random: Random;
  #keeper: string;
  readonly #client: Client;
  #status: KeysStatus | undefined;

  constructor(site: Site, place: Place, random: Random, keeper: string) {
    this.#site = site;
    this.#place = place;
    this.#random = random;
    this.#keeper = keeper;
    this.#client = httpClient(site.s3, () => this.#status?.current ?? 1);
  }

  /** The root of trust that has the keyring, as far as was answered. */
  get keeper(): string {
    return this.#keeper;
  }

  /** What must hold, as clients and administrators see it; gives how many objects were read. */
  async inspect(): Promise<number> {
    const { admin } = this.#site;
    const status = await admin.call('GetKeysStatus', {});
    this.#status = status;
    const current = status.versions.filter(({ state }) => state === 'current');
    assert.deepEqual(
      current.map(({ version }) => version),
      [status.current],
    );
    assert.ok(status.versions.filter(({ state }) => state === 'prepared').length <= 1);
    for (const { version, state, references } of status.versions) {
      assert.ok(state !== 'destroyed' || references.rows === 0, `rows under version ${version}`);
    }
    for (let more: { readonly after?: string } | undefined = {}; more !== undefined;) {
      const body = { deep: true, ...more };
      const page: VerifyReport = await admin.call('VerifyStore', { body });
      assert.deepEqual(page.findings, []);
      more = page.next === null ? undefined : { after: page.next };
    }
    const { records } = await admin.call('ListRecords', {});
    assert.ok(records.every(({ verified }) => verified));
    const ledger = new Ledger(this.#place.ledger);
    const objects = await settle(ledger, this.#client);
    await makeBuckets(this.#client);
    return objects;
  }

  /** What must be so for the operation to have something to do. */
  async prepare(operation: Operation): Promise<readonly string[]> {
    const ledger = new Ledger(this.#place.ledger);
    const writer = this.#writer(ledger, 'w0');
    await writer.write(6);
    const { admin } = this.#site;
    if (operation === 'rewrap') await change(admin, 'rotate');
    if (operation === 'destroy') {
      await change(admin, 'rotate');
      await change(admin, 'rewrap');
    }
    const left = [...ledger.known.keys()].filter((place) => place.startsWith('doomed-'));
    if (operation !== 'shred') return [];
    const names = new Set(left.map((place) => place.split('/')[0] ?? ''));
    return [...names, await writer.fillDoomed()];
  }

  /** Kills one of the workers; the server goes on, and so does what was asked for. */
  async killWorker(operation: Operation, doomed: readonly string[]): Promise<void> {
    const [victim] = workersOf(this.#site.server.pid);
    assert.ok(victim);
    const busy = this.#begin(operation, doomed);
    await pause(this.#random.logUniform(1, 200));
    process.kill(victim, 'SIGKILL');
    await pause(20);
    busy.stop();
    // Requests to the worker break, and what is asked of the primary does not.
    await busy.writers;
    const [changed] = await busy.changing;
    if (changed.status === 'rejected') throw changed.reason;
  }

  /** Kills the primary, with its workers or without; gives whether the operation was answered. */
  async kill(
    operation: Operation,
    { doomed, whole }: { readonly doomed: readonly string[]; readonly whole: boolean },
  ): Promise<boolean> {
    const { server } = this.#site;
    const workers = whole ? workersOf(server.pid) : [];
    const busy = this.#begin(operation, doomed);
    let answered = false;
    const changing = busy.changing.then((changed) => {
      answered = true;
      return changed;
    });
    await pause(this.#random.logUniform(2, 600));
    server.kill();
    for (const worker of workers) process.kill(worker, 'SIGKILL');
    const done = answered;
    busy.stop();
    await busy.writers;
    const [changed] = await changing;
    if (done && changed.status === 'rejected') throw changed.reason;
    return done;
  }

  #begin(operation: Operation, doomed: readonly string[]) {
    const ledger = new Ledger(this.#place.ledger);
    const until = new AbortController();
    const writers = ['w1', 'w2'].map((name) =>
      this.#writer(ledger, name).write(Infinity, until.signal),
    );
    const changing = this.#change(operation, ledger, doomed);
    // From here on: what breaks off with the server is looked at later.
    return {
      writers: Promise.allSettled(writers),
      changing: Promise.allSettled([changing]),
      stop: () => until.abort(),
    };
  }

  async #change(operation: Operation, ledger: Ledger, doomed: readonly string[]): Promise<void> {
    const { admin } = this.#site;
    if (operation === 'shred') {
      for (const bucket of doomed) {
        await ledger.change({ sets: {}, bucket }, async () => {
          await admin.call('ShredBucket', { path: { bucket }, body: {} });
        });
      }
    } else if (operation === 'reseal') {
      const to = anotherKeeper(this.#place, this.#keeper, this.#random);
      const { keeper } = await admin.call('ResealKeyring', { body: { to } });
      this.#keeper = keeper;
    } else await change(admin, operation);
  }

  #writer(ledger: Ledger, name: string): Writer {
    return new Writer({ client: this.#client, ledger, random: this.#random, name });
  }
}

const workersOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
