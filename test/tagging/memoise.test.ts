import { expect, it } from 'vitest';
import { memoise, memoiseOf } from '../../lib/tagging/memoise.ts';

it('remembers answers, undefined ones too, and starts afresh at its limit', () => {
  const asked: string[] = [];
  const ask = memoise(2, (key: string) => {
    asked.push(key);
    return key === 'a' ? undefined : key;
  });
  expect(['a', 'a', 'b', 'b', 'c', 'a'].map(ask)).toEqual([undefined, undefined, 'b', 'b', 'c', undefined]);
  expect(asked).toEqual(['a', 'b', 'c', 'a']);
});

it('remembers of each object what the last key gave', () => {
  const asked: string[] = [];
  const ask = memoiseOf((object: { readonly name: string }, key: string) => {
    asked.push(`${object.name} ${key}`);
    return undefined;
  });
  const [one, other] = [{ name: 'one' }, { name: 'other' }];
  for (const [object, key] of [
    [one, 'a'],
    [one, 'a'],
    [other, 'a'],
    [one, 'a'],
    [one, 'b'],
    [one, 'a'],
  ] as const) {
    expect(ask(object, key)).toBeUndefined();
  }
  expect(asked).toEqual(['one a', 'other a', 'one b', 'one a']);
});
