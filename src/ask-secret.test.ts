import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { StartError } from './base/start-error.ts';
import { askSecret } from './ask-secret.ts';

function terminal() {
  const input = new PassThrough();
  const output = new PassThrough();
  let said = '';
  output.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { input, output, said: () => said };
}

test('the line typed is given, as edited, and not shown', async () => {
  const { input, output, said } = terminal();
  const asking = askSecret('Passphrase: ', { input, output });
  input.write('orbit lanternX\u007f velvet\r');
  assert.equal(await asking, 'orbit lantern velvet');
  output.end();
  await once(output, 'end');
  assert.equal(said(), 'Passphrase: \n');
});

test('who interrupts, or has nothing to type on, is not asked again', async () => {
  for (const typed of ['half\u0003', undefined]) {
    const { input, output } = terminal();
    const asking = askSecret('Passphrase: ', { input, output });
    if (typed === undefined) input.end();
    else input.write(typed);
    await assert.rejects(asking, StartError);
  }
});
