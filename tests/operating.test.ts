/** docs/OPERATING.md says what the program does: its settings, its commands, its metrics, its refusals. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

import { allCommands } from '../src/cli/all-commands.ts';
import { pagePath, renderedPage } from '../tools/operating-settings.ts';
import { startServer } from './server.ts';

const page = readFileSync(pagePath, 'utf8');

test('the settings are as `node tools/operating-settings.ts` writes them', () => {
  assert.equal(page, renderedPage(page));
});

test('every metric is on the page, and no other', async () => {
  await using server = await startServer();
  const told = await metricsOf(join(server.data, 'admin.sock'));
  const real = [...told.matchAll(/^# TYPE (\S+) /gm)].map((match) => match[1] ?? '');
  const written = [...page.matchAll(/`((?:coffer|process)_[a-z_]+)[`{]/g)].map(
    (match) => match[1] ?? '',
  );
  assert.deepEqual(new Set(written), new Set(real));
});

async function metricsOf(socketPath: string): Promise<string> {
  const reply = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ socketPath, path: '/metrics' }, resolve).on('error', reject);
  });
  return text(reply);
}

test('every command on the page is one', () => {
  const known = allCommands.map(({ name }) => name);
  const written = [...page.matchAll(/(?:^|`)coffer ([a-z][a-z -]*[a-z])/gm)].map(
    (match) => match[1] ?? '',
  );
  assert.ok(written.length > 8);
  for (const words of written) {
    assert.ok(
      known.some((name) => words === name || words.startsWith(`${name} `)),
      words,
    );
  }
});

test('every admin action is on the page', () => {
  const folder = join(import.meta.dirname, '../src/admin/operations');
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, action = ''] of text.matchAll(/'coffer:(\w+)'/g)) {
      assert.match(page, new RegExp(`[\`:]${action}\``), action);
    }
  }
});

test('every refusal that the page explains is one that the program says', () => {
  const source = readdirSync(join(import.meta.dirname, '../src'), {
    recursive: true,
    encoding: 'utf8',
  })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, '../src', file), 'utf8'))
    .join('\n')
    .replaceAll(/`? \+\n\s+['`]|' \+\n\s+'/g, '');
  const section = page.slice(
    page.indexOf('## When it does not start'),
    page.indexOf('## Settings'),
  );
  const said = [...section.matchAll(/^\| (.*?) \|/gm)].flatMap(
    ([, cell = '']) => cell.match(/(?<=`)[^`,]+(?=`)/g) ?? [],
  );
  assert.ok(said.length > 15);
  for (const sentence of said) {
    for (const piece of sentence
      .split('…')
      .map((text) => text.trim())
      .filter((text) => text.length > 3)) {
      assert.ok(source.includes(piece), `nothing says ${JSON.stringify(piece)}`);
    }
  }
});
