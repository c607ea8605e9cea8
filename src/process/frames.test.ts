import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { frameBytesMax, frameOf, readFrames } from './frames.ts';

test('frames arrive whole, however the pipe cuts them', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array()), fc.integer({ min: 1, max: 9 }), (secrets, step) => {
      const pipe = new PassThrough();
      const received: Buffer[] = [];
      readFrames(pipe, (bytes) => received.push(bytes));
      const wire = Buffer.concat(secrets.map(frameOf));
      for (let at = 0; at < wire.length; at += step) {
        pipe.emit('data', Buffer.from(wire.subarray(at, at + step)));
      }
      assert.deepEqual(
        received.map(String),
        secrets.map((secret) => String(Buffer.from(secret))),
      );
    }),
  );
});

test('a frame is bounded', () => {
  assert.throws(() => frameOf(Buffer.alloc(frameBytesMax + 1)), /too long/);
});
