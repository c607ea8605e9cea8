/** Every dependency is justified in docs/decisions, is pinned, and has a permissive licence. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..');
const json = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'));

type Manifest = Partial<
  Record<
    'dependencies' | 'devDependencies' | 'optionalDependencies',
    Readonly<Record<string, string>>
  >
>;
const manifests = [json('package.json') as Manifest, json('console/package.json') as Manifest];
const lock = json('package-lock.json') as {
  readonly packages: Readonly<
    Record<
      string,
      {
        readonly license?: string;
        readonly hasInstallScript?: true;
        readonly dev?: true;
        readonly link?: true;
      }
    >
  >;
};
const direct = manifests.flatMap((manifest) => [
  ...Object.entries(manifest.dependencies ?? {}),
  ...Object.entries(manifest.devDependencies ?? {}),
  ...Object.entries(manifest.optionalDependencies ?? {}),
]);

test('every dependency has a page that says why, and one exact version', () => {
  const folder = join(root, 'docs/decisions');
  const pages = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  for (const [name, version] of direct) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.ok(
      pages.some((page) => page.includes(`\`${name}\``)),
      `${name} is in no page of docs/decisions`,
    );
  }
});

const permissive = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
]);

/** Tools under MPL-2.0 that are run as they come: nothing of them is in what Coffer ships. */
const unshipped = /^node_modules\/(lightningcss(-[a-z0-9-]+)?|axe-core)$/;

test('every package of the lock file has a permissive licence', () => {
  for (const [path, { license, dev, link }] of Object.entries(lock.packages)) {
    if (link === true || (license === 'MPL-2.0' && dev === true && unshipped.test(path))) continue;
    assert.ok(license !== undefined && permissive.has(license), `${path}: ${license}`);
  }
});

test('only packages that work without their install script have one', () => {
  const scripted = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path);
  assert.deepEqual(scripted, [
    'node_modules/koffi',
    'node_modules/lmdb',
    'node_modules/msgpackr-extract',
  ]);
});
