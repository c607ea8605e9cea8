/**
 * Loaded before a server under test (`NODE_OPTIONS=--import`): its clock goes ahead by so many
 * milliseconds as stand in the file that COFFER_TEST_CLOCK names, so that a session can be left idle,
 * and a link can expire, in no time. Read again at most ten times a second.
 */
import { readFileSync } from 'node:fs';

const path = process.env['COFFER_TEST_CLOCK'];
if (path !== undefined) shift(path);

function shift(file: string): void {
  const RealDate = Date;
  let aheadMs = 0;
  let readAt = Number.NEGATIVE_INFINITY;
  const now = (): number => {
    const at = performance.now();
    if (at - readAt > 100) {
      readAt = at;
      aheadMs = Number(readFileSync(file, 'utf8'));
    }
    return RealDate.now() + aheadMs;
  };
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, args: unknown[], self) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, self) as object,
    get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
  });
}
