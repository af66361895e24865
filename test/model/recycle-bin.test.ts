import { describe, expect, it } from 'vitest';
import { caughtBy, type RecycleBinRule } from '../../lib/model/recycle-bin.ts';

function aRule(id: string, rest: Partial<RecycleBinRule> = {}): RecycleBinRule {
  return { id, resource: 'image', retentionDays: 7, tags: [], excludeTags: [], ...rest };
}

const live = { key: 'Stage', value: 'live' };

describe('caughtBy', () => {
  it.each<[string, RecycleBinRule, Record<string, string>, boolean]>([
    ['a rule for the region catches what has no tags', aRule('r'), {}, true],
    ['a rule for the region spares what it excludes', aRule('r', { excludeTags: [live] }), { Stage: 'live' }, false],
    [
      'a rule for the region catches what it does not exclude',
      aRule('r', { excludeTags: [live] }),
      { Stage: 'x' },
      true,
    ],
    [
      'a rule with tags catches what has one of them',
      aRule('r', { tags: [{ key: 'A' }, live] }),
      { Stage: 'live' },
      true,
    ],
    ['a rule with tags spares what has another value', aRule('r', { tags: [live] }), { Stage: 'test' }, false],
    ['a rule with tags spares what has none', aRule('r', { tags: [live] }), {}, false],
    ['a tag without a value stands for any', aRule('r', { tags: [{ key: 'Stage' }] }), { Stage: 'test' }, true],
    ['a tag without a value is not what every object has', aRule('r', { tags: [{ key: 'toString' }] }), {}, false],
    ['an empty value is a value', aRule('r', { tags: [{ key: 'Stage', value: '' }] }), { Stage: 'test' }, false],
  ])('knows that %s', (_, rule, tags, caught) => {
    expect(caughtBy([rule], tags)).toBe(caught ? rule : undefined);
  });

  it('gives the rule that keeps longest, and of equals always the same', () => {
    const [week, month, other] = [aRule('a'), aRule('c', { retentionDays: 30 }), aRule('b', { retentionDays: 30 })];
    expect(caughtBy([week, month, other], {})).toBe(other);
    expect(caughtBy([other, month, week], {})).toBe(other);
    expect(caughtBy([], {})).toBeUndefined();
  });
});
