import { describe, expect, it } from 'vitest';
import { cutText } from '../../lib/tagging/text.ts';

describe('a text that is cut', () => {
  it.each([
    ['what fits, to the last unit', 'abc', 3, 'abc'],
    ['the first units of what does not', 'abcd', 3, 'abc'],
    ['a whole character', 'ab😀', 4, 'ab😀'],
    ['no half of a character', 'ab😀', 3, 'ab'],
    ['half a character that was there and fits', 'ab\ud83d', 3, 'ab\ud83d'],
  ])('keeps %s', (_, text, limit, expected) => {
    expect(cutText(text, limit)).toBe(expected);
  });
});
