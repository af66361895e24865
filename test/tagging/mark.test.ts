import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markTag, readMark } from '../../lib/tagging/mark.ts';
import { MOST_LISTED, sealed, withListed } from '../../lib/tagging/seal.ts';
import { tagValue } from './arbitraries.ts';

const at = Date.UTC(2026, 10, 23, 2);

describe('P8: a mark', () => {
  it('is a tag with its moment and its reason', () => {
    expect(markTag({ at, reason: 'no rule keeps it' })).toEqual({
      'amikeep:retire': '2026-11-23T02:00:00Z no rule keeps it',
    });
  });

  it('is read back with its moment to the second and its reason as far as a tag can hold it beside a full list and a seal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), tagValue, (second, reason) => {
        const tag = markTag({ at: second * 1_000, reason });
        const listed = withListed(Object.values(tag)[0] ?? '', Array(MOST_LISTED).fill('ami-0123456789abcdef0'));
        expect(sealed(listed, 'x'.repeat(86)).length).toBeLessThanOrEqual(256);
        const mark = readMark(tag);
        expect(mark?.at).toBe(second * 1_000);
        expect(reason.startsWith(mark?.reason ?? '?')).toBe(true);
      }),
    );
  });

  it('never ends in half a character', () => {
    const [value = ''] = Object.values(markTag({ at, reason: '😀'.repeat(200) }));
    expect(value.length).toBe(101);
    expect(value.isWellFormed()).toBe(true);
  });

  it('is not there where there is no tag', () => {
    expect(readMark({})).toBeUndefined();
  });

  it('may have no reason', () => {
    expect(readMark({ 'amikeep:retire': '2026-11-23T02:00:00Z' })).toEqual({ at, reason: '' });
  });

  it.each(['', 'soon', '2026-11-23', '2026-11-23T02:00:00Zsoon', '2026-13-23T02:00:00Z soon'])(
    'is not there where its tag says %j',
    (text) => {
      expect(readMark({ 'amikeep:retire': text })).toBeUndefined();
    },
  );
});
