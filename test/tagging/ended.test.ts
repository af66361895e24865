import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endedTag, readEnded } from '../../lib/tagging/ended.ts';

const at = Date.UTC(2026, 10, 23, 2);

describe('P5: the end of a lineage', () => {
  it.each(['hand', 'policy'] as const)('is a tag with its moment and by whose word it is: %s', (by) => {
    expect(endedTag({ at, by })).toEqual({ 'amikeep:ended': `2026-11-23T02:00:00Z by ${by}` });
  });

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), fc.constantFrom('hand', 'policy'), (second, by) => {
        expect(readEnded(endedTag({ at: second * 1_000, by }))).toEqual({ at: second * 1_000, by });
      }),
    );
  });

  it('is not there where there is no tag', () => {
    expect(readEnded({ Name: 'web' })).toBeUndefined();
  });

  it.each([
    '',
    'yes',
    '2026-11-23T02:00:00Z',
    '2026-11-23T02:00:00Z by',
    '2026-11-23T02:00:00Z by chance',
    '2026-11-23T02:00:00Z by hand.',
    'since 2026-11-23T02:00:00Z by hand',
    '2026-13-23T02:00:00Z by hand',
    '2026-11-23T02:00:00Zby hand',
  ])('is not there where its tag says %j', (text) => {
    expect(readEnded({ 'amikeep:ended': text })).toBeUndefined();
  });
});
