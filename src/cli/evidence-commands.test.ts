/** `inventory` and `verify`: what they ask for, page after page, and what they print. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliPlace, coffer } from '../../tests/cli-fixture.ts';
import type { InventoryEntryReport, InventoryReport, VerifyReport } from '../admin/contract.ts';
import { csvLine } from './csv.ts';
import { quoted } from './output.ts';

const entry: InventoryEntryReport = {
  bucket: 'b',
  key: 'k',
  versionId: 'null',
  deleteMarker: false,
  protection: 'SSE-S3',
  keyVersion: 2,
  format: 1,
  size: 1_000,
  lastModified: '2026-11-24T08:00:00.000Z',
};
const empty: InventoryReport = { entries: [], next: null };
const whole: VerifyReport = { checked: 5, bytes: 10, findings: [], more: 0, next: null };

/** A store of these pages, and what it was asked. */
function pagesOf(pages: {
  readonly inventory?: InventoryReport[];
  readonly verify?: VerifyReport[];
}) {
  const asked: object[] = [];
  const next = <T>(list: T[] | undefined, query: object, otherwise: T): T => {
    asked.push(query);
    return list?.shift() ?? otherwise;
  };
  return {
    asked,
    inventory: async (query: object) => next(pages.inventory, query, empty),
    verify: async (query: object) => next(pages.verify, query, whole),
  };
}

test('fields of CSV survive whatever is in them', () => {
  assert.equal(csvLine(['a-b.c', 'x_1', 7, undefined]), 'a-b.c,x_1,7,\r\n');
  assert.equal(
    csvLine(['a"b', 'c,d', 'e\r\nf', ' g', '=1', '-1']),
    '"a""b","c,d","e\r\nf"," g","=1","-1"\r\n',
  );
  assert.equal(quoted('a\u001b[2J\u009b\u202e\u2066"'), '"a\\u001b[2J\\u009b\\u202e\\u2066\\""');
});

test('pages follow one another with the filters given, and progress is shown and taken away', async () => {
  const offlineStore = pagesOf({
    inventory: [
      { entries: [entry], next: 'one' },
      { entries: [], next: 'two' },
      {
        entries: [{ ...entry, key: '"', deleteMarker: true, protection: 'none', size: null }],
        next: null,
      },
    ],
  });
  const lines: string[] = [];
  const argv = 'inventory --bucket b --prefix p --key-version 2'.split(' ');
  const { out, exitCode } = await coffer(argv, {
    offlineStore,
    progress: (line) => lines.push(line),
  });
  assert.equal(exitCode, 0);
  assert.equal(
    out,
    'bucket,key,versionId,protection,keyVersion,format,size,lastModified\r\n' +
      'b,k,null,SSE-S3,2,1,1000,2026-11-24T08:00:00.000Z\r\n' +
      'b,"""",null,none,2,1,,2026-11-24T08:00:00.000Z\r\n',
  );
  const filters = { bucket: 'b', prefix: 'p', keyVersion: '2' };
  assert.deepEqual(offlineStore.asked, [
    filters,
    { ...filters, after: 'one' },
    { ...filters, after: 'two' },
  ]);
  assert.deepEqual(lines, ['1 versions', '1 versions', '2 versions', '']);
  const json = await coffer(['inventory', '--json'], {
    offlineStore: pagesOf({ inventory: [{ entries: [entry, entry], next: null }] }),
  });
  assert.deepEqual(
    json.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as object),
    [entry, entry],
  );
});

test('a summary counts by protection, key version and bucket', async () => {
  const kms = { ...entry, protection: 'SSE-KMS', keyVersion: 1, bucket: 'c', size: 24 } as const;
  const marker = { ...entry, deleteMarker: true, protection: 'none', size: null } as const;
  const pages = () =>
    pagesOf({
      inventory: [
        { entries: [entry, marker, entry], next: 'x' },
        { entries: [kms], next: null },
      ],
    });
  const { out } = await coffer(['inventory', '--summary'], { offlineStore: pages() });
  assert.equal(
    out,
    'PROTECTION  KEY VERSION  VERSIONS  BYTES\n' +
      'SSE-KMS     1            1         24\n' +
      'SSE-S3      2            2         2,000\n\n' +
      'BUCKET  VERSIONS  DELETE MARKERS  BYTES\n' +
      'b       2         1               2,000\n' +
      'c       1         0               24\n' +
      'all     3         1               2,024\n',
  );
  const json = await coffer(['inventory', '--summary', '--json'], { offlineStore: pages() });
  assert.deepEqual(
    [json.json().versions, json.json().deleteMarkers, json.json().bytes],
    [3, 1, 2_024],
  );
  const none = await coffer(['inventory', '--summary'], { offlineStore: pagesOf({}) });
  assert.equal(none.out, 'There are no object versions.\n');
});

test('what cannot be asked is refused before anything is', async () => {
  for (const [code, line] of [
    [2, 'inventory --format xml'],
    [2, 'inventory --json --format csv'],
    [2, 'inventory --summary --format csv'],
    [2, 'inventory --key-version x'],
    [2, 'verify --summary'],
    [1, 'inventory --output /nowhere/file'],
  ] as const) {
    const offlineStore = pagesOf({});
    const { exitCode, err } = await coffer(line.split(' '), { offlineStore });
    assert.equal(exitCode, code, line);
    assert.match(err, /^(coffer: |\{"error")/);
    assert.deepEqual(offlineStore.asked, []);
  }
});

test('each finding is printed as it is found, and any ends with 1', async () => {
  const finding = {
    kind: 'version',
    row: '31 x',
    bucket: 'b',
    key: 'k\n\u202e',
    versionId: 'null',
    uploadId: null,
    keyVersion: 3,
    problem: 'it does not open',
  };
  const pages = () =>
    pagesOf({ verify: [{ ...whole, findings: [finding], more: 2, next: 'x' }, whole] });
  const offlineStore = pages();
  const { out, err, exitCode } = await coffer(['verify', '--deep', '--bucket', 'b'], {
    offlineStore,
  });
  assert.deepEqual([exitCode, err], [1, 'coffer: 3 findings: see above.\n']);
  assert.deepEqual(offlineStore.asked, [
    { deep: true, bucket: 'b' },
    { deep: true, bucket: 'b', after: 'x' },
  ]);
  const [first, more, gap, last] = out.split('\n');
  assert.equal(
    first,
    'version: it does not open (bucket "b", key "k\\n\\u202e", version null, key version 3, row 31 x)',
  );
  assert.deepEqual([more, gap], ['… and 2 findings more of such rows', '']);
  assert.match(last ?? '', /^10 rows and 20 bytes opened in [\d.]+ s: 3 findings\.$/);
  const json = await coffer(['verify', '--json'], { offlineStore: pages() });
  const lines = json.out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  assert.deepEqual(lines[0], finding);
  const { summary } = lines[1] as { summary: { seconds: number } };
  assert.deepEqual({ ...summary, seconds: 0 }, { checked: 10, bytes: 20, findings: 3, seconds: 0 });
});

test('over the admin API the same is said', async () => {
  await using place = await cliPlace();
  const listed = await place.coffer(['inventory', '--summary']);
  assert.deepEqual([listed.exitCode, listed.out], [0, 'There are no object versions.\n']);
  const verified = await place.coffer(['verify']);
  assert.equal(verified.exitCode, 0, verified.out);
  const nowhere = await place.coffer(['verify', '--bucket', 'nowhere']);
  assert.deepEqual([nowhere.exitCode, nowhere.err], [1, 'coffer: There is no bucket "nowhere".\n']);
});
