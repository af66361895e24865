import { expect, it } from 'vitest';
import { alone, aloneOnce } from '../../lib/aws/texts.ts';

it.each(['', 'ami-0123456789abcdef0', 'Größe 💾', 'x'.repeat(300)])('a text by itself says the same: %s', (text) => {
  expect(alone(`a page with ${text}`.slice('a page with '.length))).toBe(text);
  for (let time = 0; time < 2; time++) expect(aloneOnce(text)).toBe(text);
});
