/** docs/S3-COMPATIBILITY.md says what the code does: its tables are those of the operations. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { operationNames, succeededBy } from '../src/s3/operation-names.ts';
import { pagePath, renderedPage } from '../tools/s3-compatibility.ts';

const page = readFileSync(pagePath, 'utf8');

test('the page is as `node tools/s3-compatibility.ts` writes it', () => {
  assert.equal(page, renderedPage(page));
});

test('the page names every operation of AWS once', () => {
  const rows = [...page.matchAll(/^\| ([A-Z]\w+) \|/gm)].map((match) => match[1] ?? '');
  const expected = operationNames.filter((name) => !(name in succeededBy));
  assert.equal(rows.length, new Set(rows).size);
  assert.deepEqual(new Set<string>(rows), new Set<string>(expected));
  for (const name of Object.keys(succeededBy)) assert.ok(page.includes(name), name);
});
