/**
 * Every step that a process takes towards the disk while it changes keys: each call of the file
 * system, each call of the root of trust, each transaction. They are seen from outside: Node's own
 * `fs/promises` is replaced before anything uses it, and keeper and rows are wrapped. Blobs are left
 * out: they are written beside all of this, at any time.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import type { Keeper } from '../../src/keys/keeper.ts';
import type { Start } from '../../src/open-store.ts';
import type { Rows } from '../../src/rows/rows.ts';

/** Told of a step that is about to be taken. */
export type Step = (name: string) => void;

type Method = (this: unknown, ...args: unknown[]) => Promise<unknown>;

/** The module itself, whose members can be replaced; imports see the new ones. */
const fs = createRequire(import.meta.url)('node:fs/promises') as Record<string, Method>;

/** From here on every call that concerns keys is told. */
export async function watchFiles(step: Step): Promise<void> {
  const paths = new WeakMap<object, string>();
  const tell = (call: string, path: unknown): void => {
    const place = typeof path === 'string' ? placeOf(path) : undefined;
    if (place !== undefined) step(`${call} ${place}`);
  };
  for (const call of ['rename', 'link', 'rm', 'unlink', 'mkdir']) {
    const real = fs[call] as Method;
    fs[call] = async (...args) => {
      tell(call, call === 'link' || call === 'rename' ? args[1] : args[0]);
      return real(...args);
    };
  }
  const handles = await prototypeOfHandles();
  for (const call of ['writeFile', 'sync'] as const) {
    const real = handles[call] as unknown as Method;
    const replaced: Method = async function told(...args) {
      tell(call, paths.get(this as object));
      return real.apply(this, args);
    };
    Object.defineProperty(handles, call, { value: replaced, configurable: true, writable: true });
  }
  const realOpen = fs['open'] as Method;
  fs['open'] = async (...args) => {
    tell(args[1] === 'wx' ? 'create' : 'open', args[0]);
    const handle = (await realOpen(...args)) as object;
    paths.set(handle, String(args[0]));
    return handle;
  };
  syncBuiltinESMExports();
}

async function prototypeOfHandles(): Promise<FileHandle> {
  await using handle = await open(import.meta.filename, 'r');
  return Object.getPrototypeOf(handle) as FileHandle;
}

/** Undefined for what is no file of keys. */
function placeOf(path: string): string | undefined {
  const name = basename(path);
  if (name === 'keys') return 'keys/';
  if (/^keyring-\d+-/.test(name)) return 'keyring file';
  if (/\.root-key/.test(name)) {
    return name.startsWith('.')
      ? 'root key draft'
      : name.endsWith('.new')
        ? 'new root key'
        : 'root key';
  }
  return undefined;
}

/** A start whose root of trust and rows tell what they are asked for. */
export function watchStart(start: Start, step: Step): Start {
  const rows = watchRows(start.store.rows, step);
  return { ...start, keeper: watchKeeper(start.keeper, step), store: { ...start.store, rows } };
}

function watchKeeper(keeper: Keeper, step: Step): Keeper {
  const { description } = keeper;
  const watched: Keeper = {
    description,
    seal: (...given) => {
      step('keeper seals');
      return keeper.seal(...given);
    },
    open: (...given) => {
      step('keeper opens');
      return keeper.open(...given);
    },
    settle: async () => {
      step('keeper settles');
      return keeper.settle?.();
    },
  };
  if (keeper.renew === undefined) return watched;
  const renew = async () => {
    step('keeper is renewed');
    const renewal = await keeper.renew?.();
    if (renewal === undefined) throw new Error('a keeper that renews');
    const place = async (): Promise<string> => {
      step('root key is placed');
      return renewal.place();
    };
    return { ...renewal, place, keeper: watchKeeper(renewal.keeper, step) };
  };
  return { ...watched, renew };
}

const commits = new Map<string | symbol, string>([
  ['transact', 'transaction'],
  ['changeKeyring', 'keyring row'],
  ['announce', 'process row'],
]);

function watchRows(rows: Rows, step: Step): Rows {
  return new Proxy(rows, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      const what = commits.get(name);
      if (what === undefined) return member.bind(target) as unknown;
      return async (...args: unknown[]) => {
        step(`${what}: before`);
        const outcome: unknown = await Reflect.apply(member, target, args);
        step(`${what}: committed`);
        return outcome;
      };
    },
  });
}
