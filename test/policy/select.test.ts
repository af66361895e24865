import { describe, expect, it } from 'vitest';
import { instanceId } from '../../lib/model/ids.ts';
import type { Selector } from '../../lib/policy/policy.ts';
import { explainSelection, nearMisses, selectionFunnel } from '../../lib/policy/select.ts';
import { anInstance } from '../builders.ts';

const ONE = instanceId('i-00000000000000001');
const TWO = instanceId('i-00000000000000002');
const THREE = instanceId('i-00000000000000003');

function aSelector(overrides: Partial<Selector> = {}): Selector {
  return {
    tags: { Backup: ['nightly'] },
    exclude: {},
    excludeInstances: [],
    states: ['running', 'stopping', 'stopped'],
    ...overrides,
  };
}

describe('a policy selects an instance', () => {
  it('whose tags all match', () => {
    const selector = aSelector({ tags: { Backup: ['weekly', 'night*'], Name: ['*'] } });
    expect(explainSelection(selector, anInstance())).toEqual({ selected: true });
  });

  it('that has none of the excluded tags', () => {
    const selector = aSelector({ exclude: { Environment: ['scratch'], Name: ['db-*'] } });
    expect(explainSelection(selector, anInstance())).toEqual({ selected: true });
  });

  it('that it names by id, without any tag', () => {
    const selector = aSelector({ tags: {}, instances: [ONE], excludeInstances: [TWO] });
    expect(explainSelection(selector, anInstance({ id: ONE, tags: {} }))).toEqual({ selected: true });
  });
});

describe('a policy gives the first condition that an instance fails', () => {
  it.each([
    ['a tag it lacks', {}, { tags: {} }, 'tag', "has no tag Backup, the policy wants 'nightly'"],
    ['another value', {}, { tags: { Backup: 'weekly' } }, 'tag', "tag Backup is 'weekly', the policy wants 'nightly'"],
    [
      'a value that none of several patterns takes',
      { tags: { Backup: ['nightly', 'daily-*'] } },
      { tags: { Backup: 'weekly' } },
      'tag',
      "tag Backup is 'weekly', the policy wants 'nightly' or 'daily-*'",
    ],
    [
      'a tag that only every JavaScript object has',
      { tags: { constructor: ['*'] } },
      {},
      'tag',
      "has no tag constructor, the policy wants '*'",
    ],
    [
      'an excluded tag',
      { exclude: { Name: ['web-*'] } },
      {},
      'exclude',
      "tag Name is 'web-1', the policy excludes 'web-*'",
    ],
    ['not being named', { instances: [TWO] }, { id: ONE }, 'instances', `${ONE} is not among the policy's instances`],
    [
      'being excluded by id',
      { excludeInstances: [ONE] },
      { id: ONE },
      'excludeInstances',
      `${ONE} is among the policy's excluded instances`,
    ],
    ['its state', {}, { state: 'pending' }, 'state', 'is pending, the policy wants running or stopping or stopped'],
  ] as const)('%s', (_, selector, instance, condition, reason) => {
    expect(explainSelection(aSelector(selector), anInstance(instance))).toEqual({ selected: false, condition, reason });
  });
});

describe('a funnel', () => {
  it('says how many instances each condition removed', () => {
    const selector = aSelector({
      exclude: { Environment: ['scratch'] },
      instances: [ONE, TWO],
      excludeInstances: [TWO],
    });
    const instances = [
      anInstance({ id: ONE, state: 'terminated' }),
      anInstance({ id: TWO }),
      anInstance({ id: THREE }),
      anInstance({ tags: { Backup: 'nightly', Environment: 'scratch' } }),
      anInstance({ tags: {} }),
    ];
    expect(selectionFunnel(selector, instances)).toEqual([
      { condition: "tag Backup is 'nightly'", removed: 1, left: 4 },
      { condition: "tag Environment is not 'scratch'", removed: 1, left: 3 },
      { condition: "is among the policy's instances (2)", removed: 1, left: 2 },
      { condition: "is not among the policy's excluded instances (1)", removed: 1, left: 1 },
      { condition: 'is running or stopping or stopped', removed: 1, left: 0 },
    ]);
  });
});

describe('a near miss', () => {
  it.each([
    ['a key in another case', { backup: 'nightly' }, 'has the tag backup, the policy wants Backup: case counts'],
    ['a value in another case', { Backup: 'Nightly' }, "has Backup 'Nightly', the policy wants 'nightly': case counts"],
  ])('is %s', (_, tags, reason) => {
    expect(nearMisses(aSelector(), [anInstance({ id: ONE, tags })])).toEqual([{ instance: ONE, reason }]);
  });

  it.each([
    ['a match', { Backup: 'nightly' }],
    ['another value', { Backup: 'weekly' }],
    ['another key', { Name: 'nightly' }],
  ])('is not %s', (_, tags) => {
    expect(nearMisses(aSelector(), [anInstance({ tags })])).toEqual([]);
  });
});
