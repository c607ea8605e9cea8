/**
 * SECURITY-REGRESSIONS, "slow headers, slow bodies, 10,000 idle sockets": sockets that say nothing, half
 * a header, or half a body. The limits are shortened here; what is shown is that every one of them is
 * ended by its limit and that others are served meanwhile.
 */
import assert from 'node:assert/strict';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { serving } from '../support/http-server.ts';

const sockets = 600;

function openSocket(
  port: number,
  text: string,
): { readonly socket: Socket; readonly closed: Promise<void> } {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.resume();
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  if (text !== '') socket.write(text);
  return { socket, closed };
}

test('idle and dripping sockets are all ended, and do not keep others from being served', async () => {
  const handler = async (request: { readonly body: AsyncIterable<Uint8Array> }) => {
    let bytes = 0;
    for await (const piece of request.body) bytes += piece.length;
    return { status: 200, headers: {}, body: String(bytes) };
  };
  const limits = {
    headersMsMax: 1_500,
    keepAliveIdleMsMax: 1_500,
    progressWindowMs: 1_500,
    lingerMsMax: 200,
  };
  await using server = await serving(handler, { limits });
  const kinds = [
    '',
    'GET / HT',
    'GET / HTTP/1.1\r\nhost: a\r\nx-half',
    'PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\nhalf',
    'PUT / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel',
    'GET / HTTP/1.1\r\nhost: a\r\n\r\n',
  ];
  const opened = Array.from({ length: sockets }, (_, index) =>
    openSocket(server.port, kinds[index % kinds.length] ?? ''),
  );
  // One byte now and then is no progress.
  const drip = setInterval(() => {
    for (const { socket } of opened) if (socket.writable) socket.write('x');
  }, 200);
  for (let count = 0; count < 20; count++) {
    using client = server.client();
    client.send('PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nhello');
    assert.equal((await client.reply()).body, '5');
  }
  await Promise.all(opened.map(({ closed }) => closed));
  clearInterval(drip);
  assert.deepEqual(
    server.failures.filter((error) => !/RequestTimeout|IncompleteBody/.test(String(error))),
    [],
  );
});
