import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { serving } from '../../tests/support/http-server.ts';

const get = 'GET /k HTTP/1.1\r\nHost: a\r\n\r\n';

test('ending lets requests in flight finish, closes idle connections and accepts no more', async () => {
  const release = Promise.withResolvers<void>();
  await using server = await serving(async () => {
    await release.promise;
    return { status: 200, headers: {}, body: 'done' };
  });
  using idle = server.client();
  using busy = server.client();
  await once(idle.socket, 'connect');
  busy.send(get);
  await wait(30);
  const ended = server.close(10_000);
  await idle.closed;
  using late = server.client();
  await late.closed;
  assert.equal(late.received, '');
  release.resolve();
  const reply = await busy.reply();
  assert.equal(reply.body, 'done');
  assert.match(reply.head, /^Connection: close$/m);
  await busy.closed;
  assert.equal(await ended, 0);
});

test('ending cuts off what outlasts the grace time', async () => {
  await using server = await serving(() => new Promise(() => undefined));
  using busy = server.client();
  busy.send(get);
  await wait(30);
  assert.equal(await server.close(20), 1);
  await busy.closed;
});
