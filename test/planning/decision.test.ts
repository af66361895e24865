import { describe, expect, it } from 'vitest';
import { type ChangeDecision, type Decision, isIn, isStage, sameDecision } from '../../lib/planning/decision.ts';
import { HERE } from '../builders.ts';
import { ami, snap } from './fleet.ts';

const about = { subject: { kind: 'image', id: ami(1), region: HERE.region }, policy: 'nightly' } as const;
const change = {
  kind: 'deregister',
  binned: [],
  deployment: 'prod',
  region: HERE.region,
  image: ami(1),
  snapshots: [snap(1)],
} as const;
const reason = { code: 'expired', text: 'no keep rule wants it' } as const;
const going: ChangeDecision = { ...about, action: 'deregister', reason, change };

describe('P7: a decision that is made again', () => {
  it('is the same in other words for the same reason', () => {
    expect(sameDecision(going, { ...going, reason: { ...reason, text: 'as before' } })).toBe(true);
  });

  it.each<[string, Decision]>([
    ['changes nothing now', { ...about, action: 'keep', reason: { code: 'newest', text: 'it is the newest' } }],
    ['has another reason', { ...going, reason: { ...reason, code: 'left-over' } }],
    ['would take another snapshot along', { ...going, change: { ...change, snapshots: [snap(1), snap(2)] } }],
    ['is of another stage', { ...about, action: 'unmark', reason, change: { ...change, kind: 'unmark', tagKeys: [] } }],
  ])('is another one if it %s', (_, again) => {
    expect(sameDecision(going, again)).toBe(false);
  });
});

it('P7: what takes an image away is deprecating, disabling, deregistering and deleting', () => {
  const { snapshots, ...image } = change;
  const decisions: ChangeDecision[] = [
    going,
    {
      ...about,
      action: 'delete-snapshot',
      reason,
      change: { kind: 'delete-snapshot', binned: false, region: HERE.region, snapshot: snap(1) },
    },
    { ...about, action: 'deprecate', reason, change: { kind: 'deprecate', region: HERE.region, image: ami(1) } },
    {
      ...about,
      action: 'disable',
      reason,
      change: { kind: 'disable', region: HERE.region, image: ami(1) },
    },
    { ...about, action: 'mark', reason, change: { ...image, snapshots, kind: 'mark', text: 'expired' } },
    { ...about, action: 'unmark', reason, change: { ...image, snapshots, kind: 'unmark', tagKeys: [] } },
    {
      ...about,
      action: 'mark-snapshot',
      reason,
      change: { kind: 'mark-snapshot', deployment: 'prod', region: HERE.region, snapshot: snap(1), text: 'expired' },
    },
    {
      ...about,
      action: 'unmark-snapshot',
      reason,
      change: { kind: 'unmark-snapshot', region: HERE.region, snapshot: snap(1), tagKeys: [] },
    },
  ];
  expect(decisions.filter(isIn('tag')).map(({ action }) => action)).toEqual(['mark', 'mark-snapshot']);
  expect(decisions.filter(isIn('untag')).map(({ action }) => action)).toEqual(['unmark', 'unmark-snapshot']);
  expect(decisions.filter(isStage).map(({ action }) => action)).toEqual([
    'deregister',
    'delete-snapshot',
    'deprecate',
    'disable',
  ]);
});
