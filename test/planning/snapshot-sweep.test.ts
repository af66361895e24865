import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../lib/model/resources.ts';
import { HOUR } from '../../lib/model/time.ts';
import { planRetirement } from '../../lib/planning/retire.ts';
import type { RetireInventory } from '../../lib/planning/retire-inventory.ts';
import { formatRetire } from '../../lib/tagging/retire-text.ts';
import { HOLD } from '../../lib/tagging/tag-keys.ts';
import { aPolicy, aPolicyFile, RETIRE_RULES } from '../builders.ts';
import { ami, cutShort, markedSnapshot, NOW, read, retireInventory, snap } from './fleet.ts';

function decide(snapshot: Snapshot, overrides: Partial<RetireInventory> = {}, file = aPolicyFile()) {
  return planRetirement(file, retireInventory([], { snapshots: read([snapshot]), ...overrides }), NOW).decisions;
}

const rested = (tags: Readonly<Record<string, string>> = {}) => markedSnapshot(1, NOW - 24 * HOUR, tags);

describe('P9: a snapshot that bears a mark', () => {
  it('is deleted once no image names it any more and its mark has rested', () => {
    expect(decide(rested())).toEqual([
      {
        subject: { kind: 'snapshot', id: snap(1), region: 'eu-central-1' },
        policy: 'nightly',
        lineage: 'i-0123456789abcdef0',
        version: '2026.11.23-0200',
        action: 'delete-snapshot',
        reason: { code: 'left-over', text: 'its image is gone and it was marked to go with it' },
        change: { kind: 'delete-snapshot', region: 'eu-central-1', snapshot: snap(1) },
      },
    ]);
  });

  it('goes with its image as long as one names it, so it needs no decision of its own', () => {
    expect(decide(rested(), { snapshotUses: read(new Map([[snap(1), ami(1)]])) })).toEqual([]);
  });

  it.each<[string, Snapshot, Partial<RetireInventory>, string]>([
    ['is on hold', rested({ [HOLD]: 'audit' }), {}, 'refuse hold'],
    ['was marked less than 24 hours ago', markedSnapshot(1, NOW - 24 * HOUR + 1000), {}, 'wait left-over'],
    ['may be used by an image unread', rested(), { snapshotUses: cutShort(new Map()) }, 'refuse evidence-incomplete'],
    ['may be of an image unread', rested(), { images: cutShort([]) }, 'refuse evidence-incomplete'],
    ['P1: is of another deployment', rested({ 'amikeep:deployment': 'test' }), {}, 'report not-ours'],
    [
      'P1: is in another region than its tags say',
      rested({ 'amikeep:home': '111122223333/eu-west-1' }),
      {},
      'report not-ours',
    ],
  ])('stays while it %s', (_, snapshot, overrides, expected) => {
    expect(decide(snapshot, overrides).map(({ action, reason }) => `${action} ${reason.code}`)).toEqual([expected]);
  });

  it('P10: is only proposed where its policy is in plan mode', () => {
    const file = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, mode: 'plan' } })] });
    expect(decide(rested(), {}, file)).toMatchObject([{ action: 'propose', reason: { code: 'policy-in-plan-mode' } }]);
  });

  it.each([{ mode: 'plan', action: 'propose' } as const, { mode: 'apply', action: 'delete-snapshot' } as const])(
    'P14: goes by the mode $mode that was stamped on it where its policy is gone',
    ({ mode, action }) => {
      const file = aPolicyFile({ policies: [] });
      expect(
        decide(rested({ 'amikeep:retire-rules': formatRetire({ ...RETIRE_RULES, mode }) }), {}, file),
      ).toMatchObject([{ action }]);
    },
  );
});
