import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Refusal } from '../../base/refusal.ts';
import { readJson, type JsonNode } from './json-reader.ts';
import { PolicyText } from './malformed.ts';

const read = (text: string): JsonNode => readJson(new PolicyText(text));

/** The plain value of a node, numbers as written. */
function plain(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries([...node.members.values()].map((m) => [m.name, plain(m.value)]));
    case 'array':
      return node.items.map(plain);
    case 'null':
      return null;
    case 'number':
      return Number(node.value);
    case 'string':
    case 'boolean':
      return node.value;
  }
}

test('reads what JSON.parse reads, up to its depth', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
      for (const text of [JSON.stringify(value), JSON.stringify(value, null, 2)]) {
        assert.deepEqual(JSON.parse(JSON.stringify(plain(read(text)))), JSON.parse(text));
      }
    }),
  );
});

test('refuses what JSON.parse refuses', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('{}[],:"\\u0en1-.tf ')) }),
      (tail) => {
        const text = `{${tail}`;
        let good = true;
        try {
          JSON.parse(text);
        } catch {
          good = false;
        }
        if (!good) assert.throws(() => read(text), Refusal);
      },
    ),
    { numRuns: 2000 },
  );
});

test('refuses twins, depth, and control characters, and says where', () => {
  const cases: readonly (readonly [text: string, where: string])[] = [
    ['{"a":1,\n "a":2}', 'line 2, column 2: "a" is given twice'],
    ['{"__proto__":1,"__proto__":2}', 'line 1, column 16: "__proto__" is given twice'],
    ['{"a":"x\ny"}', 'line 1, column 8: the string has no end'],
    [`{"a":${'['.repeat(100_000)}`, 'line 1, column 17: nested too deeply'],
    ['{"a":1}x', 'line 1, column 8: nothing may follow'],
    ['{"a":01}', 'line 1, column 7: "," or "}"'],
    ['{"a":"\\x"}', 'line 1, column 8: that is no escape'],
    ['{"a"', 'line 1, column 5: ":" was expected'],
  ];
  for (const [text, where] of cases) {
    assert.throws(
      () => read(text),
      (error: unknown) =>
        error instanceof Refusal && error.message.includes(where)
          ? true
          : assert.fail(`${text.slice(0, 30)}: ${String(error)}`),
    );
  }
});
