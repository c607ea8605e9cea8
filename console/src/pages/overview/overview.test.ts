import { describe, expect, it } from 'vitest';
import type { Overview, RewrapReport } from '../../../../src/admin/contract.ts';
import { keptPoints, pointOf, quantile, topOperations } from './rates.ts';
import { warningsOf } from './warnings.ts';

const started = '2026-11-24T08:00:00.000Z';
type Sample = Parameters<typeof pointOf>[0];

const sample = (
  second: number,
  counters: Partial<Sample['counters']>,
  counts: number[],
): Sample => ({
  now: new Date(Date.parse('2026-11-24T09:00:00.000Z') + 1000 * second).toISOString(),
  startedAt: started,
  counters: { requests: {}, errors4xx: 0, errors5xx: 0, bytesIn: 0, bytesOut: 0, ...counters },
  latency: { boundariesMs: [1, 10, 100], counts },
});

describe('rates', () => {
  it('are differences by seconds', () => {
    const before = sample(0, { requests: { GetObject: 100 }, bytesOut: 1000 }, [0, 100, 100, 100]);
    const after = sample(
      5,
      { requests: { GetObject: 150, PutObject: 5 }, errors4xx: 10, bytesOut: 6000 },
      [0, 150, 155, 155],
    );
    const point = pointOf(before, after);
    expect(point).toMatchObject({
      requests: { GetObject: 10, PutObject: 1 },
      requestsTotal: 11,
      errors4xx: 2,
      errors5xx: 0,
      bytesOut: 1000,
    });
    expect(point?.median).toBeCloseTo(1 + (9 * 27.5) / 50);
    expect(point?.p99).toBeGreaterThan(10);
  });

  it('are not told across a restart, nor of the same moment', () => {
    const before = sample(0, { requests: { GetObject: 100 } }, [1, 1, 1, 1]);
    const after = { ...sample(5, {}, [0, 0, 0, 0]), startedAt: '2026-11-24T09:00:01.000Z' };
    expect(pointOf(before, after)).toBeUndefined();
    expect(pointOf(before, before)).toBeUndefined();
  });

  it('never fall below zero where a process was replaced', () => {
    const before = sample(0, { requests: { GetObject: 100 }, bytesIn: 10 }, [5, 5, 5, 5]);
    const point = pointOf(before, sample(5, { requests: { GetObject: 10 } }, [0, 0, 0, 0]));
    expect(point).toMatchObject({ requestsTotal: 0, bytesIn: 0, median: undefined });
  });
});

describe('a quantile', () => {
  it('lies evenly between boundaries', () => {
    expect(quantile([10, 20], [10, 20, 20], 0.5)).toBe(10);
    expect(quantile([10, 20], [0, 10, 10], 0.5)).toBe(15);
  });
  it('is the last boundary beyond it, and nothing of nothing', () => {
    expect(quantile([10, 20], [0, 0, 10], 0.5)).toBe(20);
    expect(quantile([10, 20], [0, 0, 0], 0.5)).toBeUndefined();
  });
});

describe('points', () => {
  const point = (at: number, requests: Record<string, number>) => ({
    at,
    requests,
    requestsTotal: 0,
    errors4xx: 0,
    errors5xx: 0,
    bytesIn: 0,
    bytesOut: 0,
    median: undefined,
    p99: undefined,
  });
  it('are kept for a while', () => {
    const points = [point(1, {}), point(50, {})];
    const kept = keptPoints(points, point(100, {}), { now: 100, keepMs: 60 });
    expect(kept.map(({ at }) => at)).toEqual([50, 100]);
  });
  it('name the operations asked for most', () => {
    const points = [point(1, { a: 1, b: 5 }), point(2, { a: 1, c: 3 })];
    expect(topOperations(points, 2)).toEqual(['b', 'c']);
  });
});

describe('warnings', () => {
  const fine: Pick<Overview, 'now' | 'ready' | 'disk' | 'keys'> = {
    now: '2026-11-24T09:00:00.000Z',
    ready: true,
    disk: { freeBytes: 50, totalBytes: 100, metadataBytes: 1 },
    keys: { current: 2, createdAt: started, nextRotation: null, rewrap: null },
  };
  it('are none where all is well', () => {
    expect(warningsOf(fine, { kind: 'file', healthy: true })).toEqual([]);
    expect(warningsOf(fine, undefined)).toEqual([]);
  });
  it('tell of the keeper, the disk, the re-wrap and the rotation', () => {
    const rewrap = { state: 'incomplete', version: 2, unmoved: { rows: 3, names: [] } };
    const bad = {
      ...fine,
      ready: false,
      disk: { freeBytes: 2, totalBytes: 100, metadataBytes: 1 },
      keys: {
        ...fine.keys,
        nextRotation: '2026-11-24T06:00:00.000Z',
        rewrap: rewrap as unknown as RewrapReport,
      },
    };
    const headers = warningsOf(bad, { kind: 'vault', healthy: false }).map(({ header }) => header);
    expect(headers).toEqual([
      'The server is not ready',
      'The keeper does not open the keyring',
      'The disk is almost full',
      'The re-wrap is not complete',
      'The rotation of the master key is late',
    ]);
  });
  it('do not fear a disk of unknown size', () => {
    const disk = { freeBytes: null, totalBytes: null, metadataBytes: 0 };
    expect(warningsOf({ ...fine, disk }, undefined)).toEqual([]);
  });
});
