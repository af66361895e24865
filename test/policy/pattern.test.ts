import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern, toEc2FilterValue } from '../../lib/policy/pattern.ts';

describe('a pattern', () => {
  it.each([
    ['nightly', 'nightly', true],
    ['nightly', 'Nightly', false],
    ['nightly', 'nightly2', false],
    ['', '', true],
    ['', 'x', false],
    ['*', '', true],
    ['*', 'anything at all', true],
    ['db-*', 'db-', true],
    ['db-*', 'db-1', true],
    ['db-*', 'my-db-1', false],
    ['*-db', 'my-db', true],
    ['*-db', 'my-dbs', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c', false],
    ['*ab*ab*', 'ab', false],
    ['*ab*ab*', 'abab', true],
    ['a?c', 'abc', false],
    ['a?c', 'a?c', true],
    ['a.c', 'abc', false],
    ['a\\c', 'a\\c', true],
    ['line*end', 'line\nend', true],
  ])("'%s' against '%s' is %s", (pattern, value, matches) => {
    expect(matchesPattern(pattern, value)).toBe(matches);
  });

  it('means what the same regular expression means', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 }), (pattern, value) => {
        const sameRule = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's');
        expect(matchesPattern(pattern, value)).toBe(sameRule.test(value));
      }),
    );
  });

  it("is escaped for EC2's filters, which take ? and \\ for more than themselves", () => {
    expect(toEc2FilterValue('a?b\\c*')).toBe('a\\?b\\\\c*');
  });
});
