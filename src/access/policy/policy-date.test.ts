import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parsePolicyDate } from './policy-date.ts';

test('the forms of the W3C profile, and epoch seconds', () => {
  const cases: readonly (readonly [text: string, iso: string])[] = [
    ['2026', '2026-01-01T00:00:00.000Z'],
    ['2026-11', '2026-11-01T00:00:00.000Z'],
    ['2026-11-24', '2026-11-24T00:00:00.000Z'],
    ['2026-11-24T08:30Z', '2026-11-24T08:30:00.000Z'],
    ['2026-11-24T08:30:15+01:00', '2026-11-24T07:30:15.000Z'],
    ['2026-11-24T08:30:15.25-00:30', '2026-11-24T09:00:15.250Z'],
    ['2026-11-24T08:30:15', '2026-11-24T08:30:15.000Z'],
    ['0099-01-01', '0099-01-01T00:00:00.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
    ['1795507200', '2026-11-24T08:00:00.000Z'],
    ['-1', '1969-12-31T23:59:59.000Z'],
  ];
  for (const [text, iso] of cases) assert.equal(parsePolicyDate(text), Date.parse(iso), text);
});

test('what is no date', () => {
  for (const text of [
    '',
    'now',
    '2026-13',
    '2026-02-30',
    '2026-11-24T24:00:00Z',
    '2026-11-24T08:60:00Z',
    '2026-11-24T08:00:60Z',
    '2026-11-24T08:00:00+24:00',
    '2026-11-24 08:00:00Z',
    '2026-11-24T08',
    '20261124T080000Z',
  ]) {
    assert.equal(parsePolicyDate(text), undefined, text);
  }
});

test('reads back every instant', () => {
  fc.assert(
    fc.property(
      fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
      (date) => assert.equal(parsePolicyDate(date.toISOString()), date.getTime()),
    ),
  );
});
