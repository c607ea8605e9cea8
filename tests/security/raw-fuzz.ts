/**
 * Bytes that no client sends, for a real server's socket: requests built from parts that are each
 * well formed, nearly so, or rubbish, then cut, doubled, spliced and pipelined. From a seed, so that
 * what is found is found again.
 */
import { connect } from 'node:net';
import { byHeader, byQuery, signer } from './signed.ts';
import type { GivenKey } from '../../src/access/access-keys.ts';
import * as words from './fuzz-words.ts';
import type { Sent } from './s3-house.ts';

export type Random = (below: number) => number;

/** xorshift32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

export interface Fuzz {
  readonly random: Random;
  readonly key: GivenKey;
  /** `127.0.0.1:9000` */
  readonly host: string;
}

const pick = <T>(random: Random, from: readonly T[]): T => from[random(from.length)] as T;

/** One request's bytes, Latin-1. */
export function fuzzed({ random, key, host }: Fuzz): string {
  const shape = random(20);
  if (shape === 0) return rubbish(random);
  const query: (readonly [string, string])[] = [];
  for (let count = random(4); count > 0; count--)
    query.push([pick(random, words.names), decoded(pick(random, words.values))]);
  const headers: Record<string, string> = {};
  for (let count = random(4); count > 0; count--)
    headers[pick(random, words.headerNames)] = pick(random, words.headerValues);
  const body = pick(random, words.bodies);
  if (shape < 16) {
    const path = pick(random, [
      '/',
      '/fuzz',
      '/fuzz/key',
      '/fuzz/other key',
      '/fuzz/\u00e9/+',
      '/none',
      '/none/key',
    ]);
    const request = {
      method: pick(random, words.soundMethods),
      path,
      query,
      headers: safe(headers),
      body,
    };
    const sent =
      random(4) === 0
        ? byQuery(request, signer(key), 60)
        : byHeader(request, signer(key), pick(random, words.payloads));
    return wire({ ...sent, body }, host, random);
  }
  const search = query
    .map(([name, value]) => `${name}${random(3) === 0 ? '' : `=${value}`}`)
    .join('&');
  const target = pick(random, words.paths) + (search === '' ? '' : `?${search}`);
  return wire(
    { method: pick(random, words.methods), target, headers: Object.entries(headers), body },
    host,
    random,
  );
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Only what `signHeaders` can carry: names that a URL's host needs not be. */
function safe(headers: Record<string, string>): Record<string, string> {
  const { __proto__: _, expect, upgrade, connection, ...rest } = headers;
  void [expect, upgrade, connection];
  return rest;
}

function wire(sent: Sent & { readonly body: string }, host: string, random: Random): string {
  const { body } = sent;
  const version =
    random(40) === 0
      ? pick(random, ['HTTP/1.0', 'HTTP/2.0', 'HTTP/0.9', 'HTTP/1.1 ', '', 'ICY/1.1'])
      : 'HTTP/1.1';
  const lines = [`${sent.method} ${sent.target} ${version}`];
  for (const [name, value] of sent.headers ?? [])
    if (name !== 'host') lines.push(`${name}: ${value}`);
  const hosts = random(30) === 0 ? random(3) : 1;
  for (let count = hosts; count > 0; count--) lines.push(`host: ${host}`);
  const framing = random(40);
  if (framing === 0) lines.push('transfer-encoding: chunked');
  else if (framing === 1) lines.push(`content-length: ${body.length + random(20) - 10}`);
  else if (framing === 2)
    lines.push(`content-length: ${body.length}`, 'transfer-encoding: chunked');
  else if (framing === 3)
    lines.push(
      pick(random, [
        'content-length: +5',
        'content-length: 1, 1',
        'transfer-encoding: gzip, chunked',
        'te: trailers',
        ' folded: 1',
        'x\u0000y: 1',
        'noname',
        ': novalue',
      ]),
    );
  else lines.push(`content-length: ${body.length}`);
  return mutated(`${lines.join('\r\n')}\r\n\r\n${body}`, random);
}

function mutated(text: string, random: Random): string {
  switch (random(40)) {
    case 0:
      return text.slice(0, random(text.length + 1));
    case 1: {
      const at = random(text.length + 1);
      return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
    }
    case 2:
      return text.replaceAll('\r\n', '\n');
    case 3:
      return text + text;
    default:
      return text;
  }
}

function rubbish(random: Random): string {
  let text = '';
  for (let count = random(200); count > 0; count--) text += String.fromCharCode(random(256));
  return random(2) === 0 ? text : `GET / HTTP/1.1\r\nhost: a\r\n${text}`;
}

/**
 * Sends bytes and takes what comes; resolves with it when the socket is closed or stands still. It is
 * not ended from here: a client that ends is not answered.
 */
export function exchange(port: number, text: string, patienceMs = 1_000): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    let received = '';
    let timer = setTimeout(() => socket.destroy(), patienceMs);
    socket.on('data', (data) => {
      received += data.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(() => socket.destroy(), stillMs);
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(received);
    });
    socket.write(Buffer.from(text, 'latin1'));
  });
}

/** A reply that was begun is whole after this long without more of it. */
const stillMs = 25;
