/**
 * The house stays as ARCHITECTURE.md draws it: rooms, laws, sizes and names. The room table of that
 * page is read here, so page and code cannot part.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const linesMax = 400;
/** Tables and contract suites may be longer, by name. */
const longFiles = new Set<string>([
  'tests/policy-decisions.ts',
  'src/access/signature/verify.test.ts',
]);
const vagueNames = /^(utils?|helpers?|common|misc|manager|stuff|lib)(\.|$)/;

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sourcesBelow(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => {
      const path = relative(root, join(entry.parentPath, entry.name));
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map((match) =>
        relative(root, resolve(root, dirname(path), match[1] ?? '')),
      );
      return { path, text, imports };
    });
}

const source = sourcesBelow('src');
const code = source.filter(({ path }) => !path.endsWith('.test.ts'));
const consoleSource = sourcesBelow('console/src');
const everything = [
  ...source,
  ...consoleSource,
  ...sourcesBelow('tests'),
  ...sourcesBelow('bench'),
];

/** Comments and strings hold words that only look like code. */
function bare(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ' '))
    .replaceAll(/\/\/[^\n]*/g, '')
    .replaceAll(/'(?:[^'\\\n]|\\.)*'/g, "''");
}

function roomTable(): Map<string, readonly string[]> {
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const rows = [...page.matchAll(/^\| ([a-z0-9/]+) \| [^|]+ \| ([^|]+) \|$/gm)];
  return new Map(
    rows
      .filter((row) => row[1] !== 'room')
      .map((row) => [row[1] ?? '', (row[2] ?? '').split(',').map((room) => room.trim())]),
  );
}

const rooms = roomTable();

/** The room of a file: the longest named folder that holds it; files right in `src/` are main's. */
function roomOf(path: string): string {
  const parts = path.split('/').slice(1, -1);
  if (parts.length === 0) return 'main';
  const inner = parts.slice(0, 2).join('/');
  return rooms.has(inner) ? inner : (parts[0] ?? '');
}

function mayImport(from: string, target: string): boolean {
  const own = roomOf(from);
  const other = roomOf(target);
  if (own === other) return true;
  const allowed = rooms.get(own) ?? [];
  if (allowed.includes('everything') || allowed.includes(other)) return true;
  if (allowed.includes('engines(ports)') && /^src\/engines\/[a-z-]+\.ts$/.test(target)) return true;
  if (allowed.includes('http(types)') && target === 'src/http/exchange.ts') return true;
  return (
    allowed.includes('admin(client)') &&
    ['src/admin/client.ts', 'src/admin/contract.ts'].includes(target)
  );
}

test('every room is in the table of ARCHITECTURE.md', () => {
  const built = new Set(source.map(({ path }) => roomOf(path)));
  for (const room of built) assert.ok(rooms.has(room), `${room} is not in ARCHITECTURE.md`);
});

test('rooms import only what the table allows', () => {
  const broken = code.flatMap(({ path, imports }) =>
    imports
      .filter((target) => target.startsWith('src/') && !mayImport(path, target))
      .map((target) => `${path} imports ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('the console takes of the server only the types of its contract', () => {
  for (const { path, text, imports } of consoleSource) {
    for (const target of imports.filter((name) => !name.startsWith('console/src/'))) {
      assert.equal(target, 'src/admin/contract.ts', path);
      assert.doesNotMatch(text, /import (?!type)[^;]*admin\/contract\.ts'/, path);
    }
  }
});

test('there are no import cycles', () => {
  const graph = new Map(
    code.map(({ path, text }) => [
      path,
      // Types vanish at run time: only value imports can make a cycle that bites.
      [...text.matchAll(/^(?:import|export)(?! type)[^;]*?from\s+'(\.[^']+)'/gm)].map((match) =>
        relative(root, resolve(root, dirname(path), match[1] ?? '')),
      ),
    ]),
  );
  const done = new Set<string>();
  const visit = (path: string, trail: readonly string[]): void => {
    assert.ok(!trail.includes(path), `cycle: ${[...trail, path].join(' -> ')}`);
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
});

test('files are short and say what they are', () => {
  for (const { path, text } of everything) {
    const lines = text.split('\n').length;
    assert.ok(lines <= linesMax || longFiles.has(path), `${path} has ${lines} lines`);
    for (const part of path.split('/')) assert.doesNotMatch(part, vagueNames, path);
  }
});

test('only main reads the environment, and only crypto makes Sealed', () => {
  for (const { path, text } of code) {
    const body = bare(text);
    if (path !== 'src/main.ts') assert.doesNotMatch(body, /process\.(env|argv)\b/, path);
    if (!path.startsWith('src/crypto/') && path !== 'src/base/sealed.ts') {
      assert.doesNotMatch(body, /\basSealed\b|\bas (unknown as )?Sealed\b/, path);
    }
  }
});

/** Law 3: whole files where catching is the job. Elsewhere a catch only turns a parse error into a Refusal or Fault. */
const catching =
  /^src\/((main|worker)\.ts|s3\/serve\.ts|admin\/serve\.ts|jobs\/run\.ts|cli\/run\.ts|engines\/(lmdb|files)\/.*|http\/.*|process\/.*)$/;

test('catch stands only where law 3 lets it', () => {
  for (const { path, text } of code) {
    if (catching.test(path)) continue;
    const lines = bare(text).split('\n');
    lines.forEach((line, index) => {
      if (!/\bcatch\b/.test(line)) return;
      const next = lines.slice(index, index + 4).join('\n');
      assert.match(
        next,
        /throw |return |=> (undefined|\{\s*throw)/,
        `${path}:${index + 1} catches without turning it into a refusal`,
      );
    });
  }
});

test('an operation file is named as AWS names the operation', () => {
  for (const { path, text } of code.filter((file) =>
    /^src\/s3\/operations\/[a-z0-9-]+\.ts$/.test(file.path),
  )) {
    const name = /operation\(\{\s*name: '([A-Za-z0-9]+)'/.exec(text)?.[1];
    if (name === undefined) continue;
    const expected = name
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
      .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1-$2')
      .toLowerCase();
    assert.equal(path.replace(/^.*\//, '').replace(/\.ts$/, ''), expected);
  }
});
