import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { WrapBudget, type WrapTotals, wrapBlock } from './wrap-budget.ts';

test('one block is reserved before the first wrap, the next before it runs out', async () => {
  const written: WrapTotals[] = [];
  const budget = new WrapBudget(async (totals) => void written.push(totals));
  const first = budget.ensure(1);
  assert.ok(first);
  await first;
  assert.deepEqual(written, [{ 1: wrapBlock }]);
  assert.equal(budget.ensure(1), undefined);
  budget.count(1, wrapBlock / 2);
  assert.equal(budget.ensure(1), undefined);
  budget.count(1, wrapBlock / 4 + 1);
  await budget.ensure(1);
  assert.deepEqual(written[1], { 1: 2 * wrapBlock });
  assert.equal(budget.ensure(1), undefined);
  assert.deepEqual(budget.totals(), { 1: 2 * wrapBlock });
});

test('many at once wait for one reservation; totals of versions never go back', async () => {
  const written: WrapTotals[] = [];
  const waiting: (() => void)[] = [];
  const budget = new WrapBudget(async (totals) => {
    written.push(totals);
    await new Promise<void>((resolve) => void waiting.push(resolve));
  });
  const many = [1, 1, 2, 1, 2].map(async (version) => budget.ensure(version));
  assert.deepEqual(written, [{ 1: wrapBlock }]);
  const release = async (): Promise<void> => {
    await new Promise(setImmediate);
    waiting.shift()?.();
  };
  await release();
  await release();
  await Promise.all(many);
  assert.deepEqual(written, [{ 1: wrapBlock }, { 1: wrapBlock, 2: wrapBlock }]);
});

test('a reservation that failed counts for nothing and is tried again', async () => {
  let fails = true;
  const budget = new WrapBudget(async () => {
    if (fails) throw new Error('the disk is full');
  });
  await assert.rejects(Promise.resolve(budget.ensure(1)), /disk is full/);
  assert.deepEqual(budget.totals(), {});
  fails = false;
  await budget.ensure(1);
  assert.deepEqual(budget.totals(), { 1: wrapBlock });
});

test('the durable bound is never below what was counted, whoever asks first each time', async () => {
  const steps = fc.array(
    fc.record({ version: fc.constantFrom(1, 2, 3), wraps: fc.integer({ min: 1, max: 16_000 }) }),
    { maxLength: 60 },
  );
  await fc.assert(
    fc.asyncProperty(steps, async (made) => {
      let durable: WrapTotals = {};
      const budget = new WrapBudget(async (totals) => {
        for (const [version, total] of Object.entries(durable)) {
          assert.ok((totals[version] ?? 0) >= total);
        }
        durable = totals;
      });
      const used: Record<string, number> = {};
      for (const { version, wraps } of made) {
        await budget.ensure(version);
        budget.count(version, wraps);
        used[version] = (used[version] ?? 0) + wraps;
        assert.ok((durable[version] ?? 0) >= (used[version] ?? 0));
        assert.equal((durable[version] ?? 0) % wrapBlock, 0);
      }
    }),
    { numRuns: 60 },
  );
});

test('wraps made under a version that became current midway are caught up with', async () => {
  const budget = new WrapBudget(async () => {});
  budget.count(2, wrapBlock + 5);
  await budget.ensure(2);
  assert.deepEqual(budget.totals(), { 2: 2 * wrapBlock });
  assert.throws(() => budget.count(2, 0), { name: 'Defect' });
});
