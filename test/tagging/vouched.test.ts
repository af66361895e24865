import { expect, it } from 'vitest';
import { readVouched, vouchedTag } from '../../lib/tagging/vouched.ts';

it('that a person vouched for an empty region is written with the moment, to the second', () => {
  const at = Date.UTC(2026, 10, 23, 2);
  expect(vouchedTag(at)).toEqual({ 'amikeep:no-instances': '2026-11-23T02:00:00Z' });
  expect(readVouched(vouchedTag(at))).toBe(at);
});

it.each([{}, { 'amikeep:no-instances': '' }, { 'amikeep:no-instances': 'yes' }])('%j vouches for nothing', (tags) => {
  expect(readVouched(tags)).toBeUndefined();
});
