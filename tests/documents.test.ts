/** The pages hold together: links lead somewhere, scripts and files that they name are there. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const pages = globSync(['*.md', 'docs/**/*.md', 'recovery/*.md', 'tests/**/*.md'], { cwd: root });
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

test('every link between pages leads to a file', () => {
  assert.ok(pages.length > 20);
  for (const page of pages) {
    for (const [, target = ''] of textOf(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)) {
      assert.ok(existsSync(join(root, dirname(page), target)), `${page} links to ${target}`);
    }
  }
});

test('every npm script that a page names exists', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  for (const page of pages) {
    for (const [, name = ''] of textOf(page).matchAll(/npm run (?:-s )?([a-z][a-z:]*)/g)) {
      assert.ok(name in scripts, `${page} names the script ${name}`);
    }
  }
});

test('a page that the code names is there, and so is every row of it that is cited', () => {
  const behaviours = textOf('docs/S3-BEHAVIOURS.md');
  for (const file of globSync('{src,tests,tools,bench}/**/*.ts', { cwd: root })) {
    const text = textOf(file);
    for (const [page] of text.matchAll(/\b[A-Z][A-Z0-9-]{3,}\.md\b/g)) {
      const found = existsSync(join(root, page)) || existsSync(join(root, 'docs', page));
      assert.ok(found, `${file} names ${page}`);
    }
    for (const [, cited = ''] of text.matchAll(/S3-BEHAVIOURS ((?:\d+(?:, | and )?)+)/g)) {
      for (const row of cited.split(/, | and /)) {
        assert.ok(row === '' || behaviours.includes(`\n| ${row} |`), `${file} cites row ${row}`);
      }
    }
  }
});

test('the README is short, and its number of operations is true', () => {
  const readme = textOf('README.md');
  assert.ok(readme.split('\n').length <= 150);
  const built = /(\d+) built/.exec(textOf('docs/S3-COMPATIBILITY.md'))?.[1] ?? '';
  for (const page of ['README.md', 'CHANGELOG.md']) {
    assert.match(textOf(page), new RegExp(`\\b${built}(?: S3)? operations`), page);
  }
});

test('ARCHITECTURE.md tells what each file of main is', () => {
  const page = textOf('ARCHITECTURE.md');
  const files = readdirSync(join(root, 'src')).filter((name) => /^[\w-]+\.ts$/.test(name));
  for (const name of files) assert.ok(page.includes(`\`${name}\``), name);
});
