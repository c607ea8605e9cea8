import { describe, expect, it } from 'vitest';
import type { InventoryEntryReport } from '../../../../src/admin/contract.ts';
import { csvName, csvOf, exportCsv } from './csv.ts';
import { filtersOf, queryOf, type Filters } from './filters.ts';
import { type FetchPage, InventoryReader } from './reader.ts';
import { summaryTotals } from './summary.ts';

const all: Filters = { bucket: '', prefix: '', keyVersion: '', onlyNone: false };
const never = new AbortController().signal;

const entry = (number: number): InventoryEntryReport => ({
  bucket: 'logs',
  key: `2026/"day", ${number}`,
  versionId: 'null',
  deleteMarker: number % 10 === 9,
  protection: number % 10 === 0 ? 'none' : 'SSE-S3',
  keyVersion: 2,
  format: 1,
  size: number % 10 === 9 ? null : number,
  lastModified: '2026-11-24T08:00:00.000Z',
});

/** A server of so many entries. */
function serverOf(count: number): { readonly fetch: FetchPage; readonly asked: number[] } {
  const asked: number[] = [];
  const fetch: FetchPage = async (after, limit) => {
    asked.push(limit);
    const from = Number(after ?? 0);
    const to = Math.min(count, from + limit);
    return {
      entries: Array.from({ length: to - from }, (_, index) => entry(from + index)),
      next: to < count ? String(to) : null,
    };
  };
  return { fetch, asked };
}

describe('the reader', () => {
  it('reads only as far as is looked at', async () => {
    const { fetch, asked } = serverOf(10_000);
    const reader = new InventoryReader(all, fetch);
    await reader.readTo(50, never);
    expect(asked).toEqual([200]);
    await reader.readTo(200, never);
    expect(asked).toHaveLength(1);
    await reader.readTo(201, never);
    expect(reader.entries).toHaveLength(400);
    expect(reader.ended).toBe(false);
  });

  it('reads on where few pass, and knows its end', async () => {
    const { fetch } = serverOf(2500);
    const reader = new InventoryReader({ ...all, onlyNone: true }, fetch);
    await reader.readTo(150, never);
    expect(reader.looked).toBe(2000);
    expect(reader.entries.every(({ protection }) => protection === 'none')).toBe(true);
    await reader.readTo(100_000, never);
    expect(reader.entries).toHaveLength(250);
    expect(reader.ended).toBe(true);
  });
});

describe('the CSV', () => {
  it('has a line for each entry, of all pages', async () => {
    const told: number[] = [];
    const { fetch } = serverOf(2300);
    const { parts, lines } = await exportCsv(all, never, (count) => told.push(count), fetch);
    expect(lines).toBe(2300);
    expect(told).toEqual([1000, 2000, 2300]);
    const text = await new Blob([...parts]).text();
    const [head, first] = text.split('\r\n');
    expect(head).toBe('bucket,key,versionId,protection,keyVersion,format,size,lastModified');
    expect(first).toBe('logs,"2026/""day"", 0",null,none,2,1,0,2026-11-24T08:00:00.000Z');
    expect(text.split('\r\n')).toHaveLength(2302);
  });

  it('leaves the size of a delete marker empty', () => {
    expect(csvOf(entry(9))).toContain(',null,SSE-S3,2,1,,2026');
  });

  it('can be called off', async () => {
    const stop = new AbortController();
    const { fetch } = serverOf(5000);
    await expect(exportCsv(all, stop.signal, () => stop.abort(), fetch)).rejects.toThrow();
  });

  it('is named by what it holds', () => {
    const now = new Date('2026-11-24T23:00:00Z');
    expect(csvName({ ...all, bucket: 'logs' }, now)).toBe('coffer-inventory-logs-2026-11-24.csv');
  });
});

it('filters stand in the address', () => {
  const filters = { bucket: 'a', prefix: 'b/ü', keyVersion: '3', onlyNone: true };
  expect(filtersOf(queryOf(filters))).toEqual(filters);
  expect(queryOf(all).size).toBe(0);
  expect(filtersOf(new URLSearchParams('keyVersion=x')).keyVersion).toBe('');
});

it('the summary has a total', () => {
  const rows = [
    { protection: 'none', keyVersion: 1, versions: 2, bytes: 10 },
    { protection: 'SSE-S3', keyVersion: 2, versions: 3, bytes: 5 },
  ] as const;
  expect(summaryTotals(rows)).toEqual({ versions: 5, bytes: 15, none: 2 });
});
