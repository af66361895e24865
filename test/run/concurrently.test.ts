import { expect, it } from 'vitest';
import { concurrently } from '../../lib/run/concurrently.ts';

it('does as many things at a time as it may, and brings the results in the order of the items', async () => {
  const waiting: (() => void)[] = [];
  let most = 0;
  let underWay = 0;
  const results = concurrently([1, 2, 3, 4, 5], 2, async (item) => {
    most = Math.max(most, ++underWay);
    await new Promise<void>((resolve) => waiting.push(resolve));
    underWay--;
    return item * 10;
  });
  // The one that began last ends first.
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    next();
    await new Promise(setImmediate);
  }
  expect(await results).toEqual([10, 20, 30, 40, 50]);
  expect(most).toBe(2);
});

it('does nothing about nothing', async () => {
  expect(await concurrently([], 5, () => Promise.reject(new Error('there is nothing to do')))).toEqual([]);
});
