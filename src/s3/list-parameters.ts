/**
 * What the listings' queries have in common, and how their names are written (API references of
 * ListObjectsV2, ListObjectVersions, ListMultipartUploads; texts as S3 answers them, 2026-11-24).
 */
import { s3Limits } from '../base/limits.ts';
import { Refusal } from '../base/refusal.ts';
import type { Query } from './query.ts';
import { element, textElement } from './xml/write.ts';

export interface ListParameters {
  readonly prefix: string;
  /** '' for none. */
  readonly delimiter: string;
  /** 0 to 1,000, also where more was asked for. */
  readonly limit: number;
  /** Names are percent-encoded: XML cannot carry every key. */
  readonly encodingType: 'url' | undefined;
}

export function listParameters(
  query: Query,
  limitName: 'max-keys' | 'max-uploads',
): ListParameters {
  return {
    prefix: query.get('prefix') ?? '',
    delimiter: query.get('delimiter') ?? '',
    limit: Math.min(limitOf(query, limitName), s3Limits.listEntriesMax),
    encodingType: encodingType(query),
  };
}

const intMax = 2 ** 31 - 1;

/** A whole number in the range of AWS's integers, or undefined where none is given. */
export function integerOf(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === '') return undefined;
  const value = /^[+-]?\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= -intMax && value <= intMax) return value;
  throw invalid(name, text, `Provided ${name} not an integer or within integer range`);
}

function limitOf(query: Query, name: 'max-keys' | 'max-uploads'): number {
  const value = integerOf(query, name) ?? s3Limits.listEntriesMax;
  if (value >= 0) return value;
  const argument = name === 'max-keys' ? 'maxKeys' : name;
  const message = `Argument ${argument} must be an integer between 0 and ${intMax}`;
  throw invalid(argument, String(value), message);
}

function encodingType(query: Query): 'url' | undefined {
  const value = query.get('encoding-type');
  if (value === undefined || value === '') return undefined;
  if (value === 'url') return value;
  throw invalid('encoding-type', value, 'Invalid Encoding Method specified in Request');
}

/** `InvalidArgument` about one parameter of the query. */
export function invalid(name: string, value: string, message: string): Refusal {
  return new Refusal('InvalidArgument', {
    message,
    fields: { ArgumentName: name, ArgumentValue: value },
  });
}

/** Writes an element that holds a key, prefix, delimiter or marker; nothing for undefined. */
export type WriteName = (elementName: string, name: string | undefined) => string;

export function nameWriter({
  encodingType: type,
}: Pick<ListParameters, 'encodingType'>): WriteName {
  if (type === undefined) return textElement;
  return (elementName, name) => textElement(elementName, name && urlEncoded(name));
}

/**
 * Percent-encoded UTF-8. `/` and `*` stay, as at AWS; a space is `%20` where AWS writes `+`, which only
 * some decoders read as a space.
 */
export function urlEncoded(name: string): string {
  return encodeURIComponent(name)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Every `CommonPrefixes` of a page. */
export function commonPrefixElements(prefixes: readonly string[], write: WriteName): string {
  let all = '';
  for (const prefix of prefixes) all += element('CommonPrefixes', write('Prefix', prefix));
  return all;
}
