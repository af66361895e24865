import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatRetire, parseRetire } from '../../lib/tagging/retire-text.ts';
import { RETIRE_RULES } from '../builders.ts';
import { anyRetireRules, tagValue } from './arbitraries.ts';

describe('P14: rules of retirement as a tag', () => {
  it.each([
    [
      { mode: 'apply', minKeep: 2, deprecateDays: 7, disableDays: 14, endAfterSourceGoneDays: 'never' } as const,
      'apply keep=2 deprecate=7d disable=14d end=never',
    ],
    [
      { mode: 'plan', minKeep: 1, deprecateDays: 0, disableDays: 0, endAfterSourceGoneDays: 90 } as const,
      'plan keep=1 deprecate=0d disable=0d end=90d',
    ],
    [{ ...RETIRE_RULES, endAfterSourceGoneDays: 0 }, 'apply keep=1 deprecate=0d disable=0d end=0d'],
  ])('are written so that people can read them: %j', (rules, text) => {
    expect(formatRetire(rules)).toBe(text);
    expect(parseRetire(text)).toEqual(rules);
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(anyRetireRules, (rules) => {
        const text = formatRetire(rules);
        expect(text.length).toBeLessThanOrEqual(256);
        expect(parseRetire(text)).toEqual(rules);
      }),
    );
  });

  it('are read only where they would be written so, whatever else stands there', () => {
    const near = fc
      .tuple(anyRetireRules, fc.nat(60), fc.constantFrom('', '0', ' ', 'd', '-', '=', 'never'))
      .map(([rules, at, piece]) => {
        const text = formatRetire(rules);
        return `${text.slice(0, at)}${piece}${text.slice(at + 1)}`;
      });
    fc.assert(
      fc.property(fc.oneof(tagValue, near), (text) => {
        const rules = parseRetire(text);
        if (rules) expect(formatRetire(rules)).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('with words of a later version keep these word for word', () => {
    const text = 'apply keep=1 deprecate=0d disable=7d end=never archive=30d tier=cold';
    const rules = { ...RETIRE_RULES, disableDays: 7, unknown: ['archive=30d', 'tier=cold'] };
    expect(parseRetire(text)).toEqual(rules);
    expect(formatRetire(rules)).toBe(text);
  });

  it.each([
    'apply keep=1 deprecate=0d disable=0d end=never keep=2',
    'apply keep=1 deprecate=0d disable=0d end=never archive',
    'apply keep=1 deprecate=0d disable=0d end=never archive=',
    'apply keep=1 archive=3d deprecate=0d disable=0d end=never',
    '',
    'apply',
    'delete keep=1 deprecate=0d disable=0d end=never',
    'apply keep=0 deprecate=0d disable=0d end=never',
    'apply keep=01 deprecate=0d disable=0d end=never',
    'apply keep=1 deprecate=00d disable=0d end=never',
    'apply keep=1 deprecate=-7d disable=0d end=never',
    'apply keep=1 deprecate=1.5d disable=0d end=never',
    'apply keep=1 deprecate=0d disable=1234567890d end=never',
    'apply keep=1 deprecate=0d disable=0d end=9',
    'apply keep=1 deprecate=0d disable=0d end=',
    ' apply keep=1 deprecate=0d disable=0d end=never',
    'apply keep=1 deprecate=0d disable=0d end=never ',
    'apply keep=1 deprecate=0d disable=0d end=neverd',
  ])('that amikeep would not write are none: %j', (text) => {
    expect(parseRetire(text)).toBeUndefined();
  });
});
