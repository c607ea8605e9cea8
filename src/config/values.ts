/**
 * What the text of a setting may be. Each function gives the typed value or throws an
 * `InvalidValue` that says what is wrong and what would be right; the caller names the setting.
 */
import { isIP } from 'node:net';
import { join, resolve, sep } from 'node:path';
import { SecretText } from './secret-text.ts';

/** Why a value is not acceptable, as the end of the sentence "--flag ...". */
export class InvalidValue extends Error {}

/** What relative values stand on. */
export interface Place {
  readonly cwd: string;
}

export interface Address {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
}

export function folder(text: string, { cwd }: Place): string {
  const path = resolve(cwd, text);
  if (path === sep) throw new InvalidValue('must not be the root of the file system');
  return path;
}

export const filePath = (text: string, { cwd }: Place): string => resolve(cwd, text);

export function address(text: string): Address {
  const match = /^(?:\[([0-9a-fA-F:.%a-z]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || !(port <= 65_535) || (match?.[1] !== undefined && isIP(host) !== 6)) {
    throw new InvalidValue('must be HOST:PORT, for example 127.0.0.1:9000 or [::1]:9000');
  }
  return { host, port };
}

export function addressOrOff(text: string): Address | 'off' {
  return text === 'off' ? 'off' : address(text);
}

/** An origin without a trailing slash. */
export function url(text: string): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const plain =
    parsed !== undefined &&
    ['http:', 'https:'].includes(parsed.protocol) &&
    parsed.pathname === '/' &&
    `${parsed.search}${parsed.hash}${parsed.username}${parsed.password}` === '';
  if (!plain) {
    throw new InvalidValue(
      'must be http:// or https://, a host and perhaps a port, nothing behind: https://s3.example.com',
    );
  }
  return parsed.origin;
}

export function region(text: string): string {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(text)) {
    throw new InvalidValue(
      'must be 1 to 32 lower-case letters, digits and hyphens, like us-east-1',
    );
  }
  return text;
}

export function domain(text: string): string {
  const name = text.toLowerCase().replace(/^\.|\.$/g, '');
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
  if (
    name.length > 253 ||
    isIP(name) !== 0 ||
    !new RegExp(`^${label}(?:\\.${label})*$`).test(name)
  ) {
    throw new InvalidValue('must be a domain name without scheme or port, like s3.example.com');
  }
  return name;
}

/** `ADDRESS/BITS`; a bare address is itself alone. */
export function cidr(text: string): string {
  const [ip = '', bits, ...more] = text.split('/');
  const family = isIP(ip);
  const bitsMax = family === 6 ? 128 : 32;
  const valid = /^\d{1,3}$/.test(bits ?? '0') && Number(bits ?? 0) <= bitsMax && more.length === 0;
  if (family === 0 || !valid) {
    throw new InvalidValue('must be an IP address or a CIDR range, like 10.0.0.0/8');
  }
  return `${ip}/${bits ?? bitsMax}`;
}

export function workers(text: string): number {
  const count = Number(text);
  if (!/^\d{1,3}$/.test(text) || count < 1 || count > workersMax) {
    throw new InvalidValue(`must be a whole number from 1 to ${workersMax}`);
  }
  return count;
}

const workersMax = 128;

const hourMs = 60 * 60_000;
const unitMs: Readonly<Record<string, number>> = { h: hourMs, d: 24 * hourMs, w: 168 * hourMs };

/** In milliseconds. */
export function rotationAge(text: string): number {
  const [, count, unit = ''] = /^(\d{1,6})([hdw])$/.exec(text) ?? [];
  const ms = Number(count) * (unitMs[unit] ?? NaN);
  if (!(ms >= hourMs && ms <= 3_650 * 24 * hourMs)) {
    throw new InvalidValue('must be a number of h, d or w, from 1h to 3650d, like 90d');
  }
  return ms;
}

/** As `rotationAge` reads it. */
export function rotationAgeText(ms: number): string {
  return ms % (24 * hourMs) === 0 ? `${ms / (24 * hourMs)}d` : `${ms / hourMs}h`;
}

export function wraps(text: string): number {
  const count = Number(text);
  if (!/^\d{1,16}$/.test(text) || count < wrapsMin || !Number.isSafeInteger(count)) {
    throw new InvalidValue(`must be a whole number of at least ${wrapsMin}`);
  }
  return count;
}

/** Wraps are bounded in blocks of 65,536 a process: a small number would say little. */
const wrapsMin = 1_000_000;

export const oneOf =
  <const T extends string>(...choices: readonly T[]) =>
  (text: string): T => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new InvalidValue(`must be ${choices.join(' or ')}`);
    return found;
  };

export function accessKeyId(text: string): string {
  if (!/^[A-Za-z0-9_.-]{3,128}$/.test(text)) {
    throw new InvalidValue('must be 3 to 128 letters, digits, and . _ -');
  }
  return text;
}

export function secretAccessKey(text: string): SecretText {
  if (!/^[\x21-\x7e]{8,128}$/.test(text)) {
    throw new InvalidValue('must be 8 to 128 printable ASCII characters without spaces');
  }
  return new SecretText(text);
}

/** A secret that somebody else made: only what cannot be one is refused. */
export function opaqueSecret(text: string): SecretText {
  if (!/^[\x21-\x7e]{1,4096}$/.test(text)) {
    throw new InvalidValue('must be 1 to 4096 printable ASCII characters without spaces');
  }
  return new SecretText(text);
}

export function vaultNamespace(text: string): string {
  if (!/^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)*\/?$/.test(text) || text.length > 255) {
    throw new InvalidValue('must be a namespace path like team-a/storage');
  }
  return text;
}

/** True when `path` is `folderPath` or lies below it. */
export const isWithin = (path: string, folderPath: string): boolean =>
  path === folderPath || path.startsWith(join(folderPath, sep));
