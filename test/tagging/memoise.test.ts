import { expect, it } from 'vitest';
import { memoise } from '../../lib/tagging/memoise.ts';

it('remembers answers, undefined ones too, and starts afresh at its limit', () => {
  const asked: string[] = [];
  const ask = memoise(2, (key: string) => {
    asked.push(key);
    return key === 'a' ? undefined : key;
  });
  expect(['a', 'a', 'b', 'b', 'c', 'a'].map(ask)).toEqual([undefined, undefined, 'b', 'b', 'c', undefined]);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});
