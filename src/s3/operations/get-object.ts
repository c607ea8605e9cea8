/**
 * GetObject: an object's bytes, or a range or part of them. A small one leaves in one piece with its
 * headers; a larger one is a stream whose segments are released only as they verify.
 */
import type { HttpReply } from '../../http/exchange.ts';
import { operation } from '../operation.ts';
import {
  type ObjectRead,
  readObject,
  readPermission,
  readReply,
  readRequest,
} from '../read-object.ts';

export const getObject = operation({
  name: 'GetObject',
  route: { method: 'GET', resource: 'object' },
  body: 'none',
  gives: ['conditional-read'],
  input: readRequest,
  permissions: (input) => [readPermission(input)],
  run: readObject,
  output: (found, { overrides }): HttpReply => {
    const reply = readReply(found, overrides);
    return { ...reply, body: bytesOf(found) };
  },
});

function bytesOf({ opened, range }: ObjectRead): Uint8Array | AsyncIterable<Uint8Array> {
  if (opened.inline === undefined) return opened.read(range);
  const whole = opened.inline();
  return range === undefined ? whole : whole.subarray(range.start, range.end);
}
