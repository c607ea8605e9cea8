/** docs/FORMAT.md names every kind of row, with its code, and every member that the code reads. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const page = readFileSync(join(root, 'docs/FORMAT.md'), 'utf8');
const files = readdirSync(join(root, 'src/rows')).filter((name) => name.endsWith('-row.ts'));
const bodies = page.slice(page.indexOf('## 7. Bodies'), page.indexOf('## 8.'));
/** What the entries have in common: BLOB, CHECKSUM, TAGS. */
const words = bodies.slice(bodies.indexOf('| word |'));

/** The entry of a kind in §7: from its name in bold to the next one. */
function entryOf(kind: string): string {
  const start = bodies.indexOf(`**${kind}**`);
  assert.ok(start >= 0, `${kind} has no entry`);
  const rest = bodies.slice(start + kind.length + 4);
  return rest.split(/\n- \*\*|; \*\*|\n\n/)[0] ?? '';
}

const readsMember =
  /\.(?:text|textIf|count|countIf|time|bytes|flag|boolean|oneOf|oneOfIf|object|objectIf|list|texts|textMapIf|countMap|tagsIf)\('(\w+)'/g;

test('every kind of row stands in the table of keys with its code', () => {
  assert.ok(files.length >= 17);
  for (const file of files) {
    const text = readFileSync(join(root, 'src/rows', file), 'utf8');
    const code = /[cC]ode = 0x([0-9a-f]{2})/.exec(text)?.[1]?.toUpperCase() ?? '';
    const kind = file.replace(/-row\.ts$/, '');
    assert.match(page, new RegExp(`^\\| ${code} \\| ${kind} \\|`, 'm'), `${kind} ${code}`);
  }
});

test('every member that a row is read for stands in its entry', () => {
  // The two that hold no body, or a body of nothing.
  for (const file of files.filter((name) => !/^(payload|keyring)-row/.test(name))) {
    const text = readFileSync(join(root, 'src/rows', file), 'utf8');
    const kind = file.replace(/-row\.ts$/, '');
    const entry = entryOf(kind) + words;
    const members = new Set([...text.matchAll(readsMember)].map((match) => match[1] ?? ''));
    assert.ok(members.size > 0, `${file} reads nothing`);
    for (const member of members) {
      assert.match(entry, new RegExp(`\\b${member}\\b`), `${kind} has no ${member} in FORMAT.md`);
    }
  }
  for (const member of ['wrapped', 'commitment']) {
    for (const kind of ['version', 'upload']) assert.ok(entryOf(kind).includes(member), kind);
  }
});
