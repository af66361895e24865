import { describe, expect, it } from 'vitest';
import { region } from '../../../lib/model/ids.ts';
import type { Image, Snapshot } from '../../../lib/model/resources.ts';
import { formatInstant, HOUR } from '../../../lib/model/time.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { formatRetire } from '../../../lib/tagging/retire-text.ts';
import { encodeStamp } from '../../../lib/tagging/stamp.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import { anInstance, aPolicy, aPolicyFile, aStamp, HERE, RETIRE_RULES } from '../../builders.ts';
import {
  ami,
  cutShort,
  imageOfDay,
  instancesHere,
  leftOverSnapshot,
  NOW,
  read,
  retireInventory,
  slotOfDay,
  snap,
} from '../fleet.ts';

/** What is decided where a person vouches for what has lost its image, or nobody does. */
function decide(
  snapshot: Snapshot,
  overrides: Partial<RetireInventory> = {},
  file = aPolicyFile(),
  orphans: boolean | undefined = undefined,
) {
  const inventory = retireInventory([], { snapshots: read([snapshot]), ...overrides });
  return planRetirement(file, inventory, NOW, { confirmNoInstances: false, ...(orphans && { orphans }) }).decisions;
}
const vouched = (snapshot: Snapshot, overrides: Partial<RetireInventory> = {}, file = aPolicyFile()) =>
  decide(snapshot, overrides, file, true);

const rested = (tags: Readonly<Record<string, string>> = {}) => leftOverSnapshot(1, NOW - 24 * HOUR, tags);

describe('P9: a snapshot of which is written that it is left over', () => {
  it('is deleted once no image names it any more and that has rested', () => {
    expect(decide(rested())).toEqual([
      {
        subject: { kind: 'snapshot', id: snap(1), region: 'eu-central-1' },
        policy: 'nightly',
        lineage: 'i-0123456789abcdef0',
        version: '2026.11.23-0200',
        due: NOW,
        action: 'delete-snapshot',
        reason: { code: 'left-over', text: 'its image is gone; marked 2026-11-22T05:00:00Z: EC2 left it' },
        change: { kind: 'delete-snapshot', region: 'eu-central-1', snapshot: snap(1), binned: false },
      },
    ]);
  });

  it.each(['missing', 'broken', 'unread'] as const)('P23: stays where its seal is %s', (seal) => {
    expect(decide({ ...rested(), seal })).toMatchObject([{ action: 'report', reason: { code: 'unsealed' } }]);
    expect(vouched({ ...rested(), seal })).toMatchObject([{ action: 'report', reason: { code: 'unsealed' } }]);
  });

  it.each<[string, Partial<RetireInventory>]>([
    ['an image of ours', { images: read([imageOfDay(0)]), ...instancesHere(anInstance()) }],
    ['any image', { snapshotUses: read(new Map([[snap(1), ami(9)]])) }],
  ])('loses it where %s names it, so that it would rest anew', (_, overrides) => {
    const about = (snapshot: Snapshot, file = aPolicyFile()) =>
      decide(snapshot, overrides, file).filter(({ subject }) => subject.kind === 'snapshot');
    const unmarked = {
      subject: { kind: 'snapshot', id: snap(1), region: 'eu-central-1' },
      policy: 'nightly',
      lineage: 'i-0123456789abcdef0',
      version: '2026.11.23-0200',
      action: 'unmark-snapshot',
      reason: { code: 'wanted-again', text: 'an image names it again' },
      change: {
        kind: 'unmark-snapshot',
        region: 'eu-central-1',
        snapshot: snap(1),
        tagKeys: ['amikeep:retire'],
      },
    };
    expect(about(rested())).toEqual([unmarked]);
    const planned = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, mode: 'plan' } })] });
    expect(about(rested(), planned)).toEqual([unmarked]);
    // EC2 may still show the image that is gone.
    expect(about(leftOverSnapshot(1, NOW - 24 * HOUR + 1000))).toEqual([]);
    expect(about(rested({ 'amikeep:retire': 'some day' }))).toEqual([]);
    expect(about(rested({ 'amikeep:deployment': 'test' }))).toEqual([]);
    expect(about({ ...rested(), tags: encodeStamp(aStamp()) })).toEqual([]);
  });

  it('P6: loses it where it is on hold, so that it rests anew once that is lifted', () => {
    expect(decide(rested({ [HOLD]: 'audit' }))).toMatchObject([
      {
        action: 'unmark-snapshot',
        reason: { code: 'wanted-again', text: 'it is on hold: audit' },
        change: { kind: 'unmark-snapshot', region: HERE.region, snapshot: snap(1), tagKeys: ['amikeep:retire'] },
      },
    ]);
  });

  it('says why it goes where EC2 gave no reason', () => {
    const mark = `${formatInstant(NOW - 24 * HOUR)}`;
    expect(inShort(decide(rested({ 'amikeep:retire': mark })))).toEqual([
      'delete-snapshot left-over: its image is gone; marked 2026-11-22T05:00:00Z: no reason given',
    ]);
  });

  it.each<[string, Snapshot, Partial<RetireInventory>, string]>([
    ['has been left over for less than 24 hours', leftOverSnapshot(1, NOW - 24 * HOUR + 1000), {}, 'wait left-over'],
    ['may be used by an image unread', rested(), { snapshotUses: cutShort(new Map()) }, 'refuse evidence-incomplete'],
    ['may be of an image unread', rested(), { images: cutShort([]) }, 'refuse evidence-incomplete'],
    ['P4: is where uses were not read whole', rested(), { uses: cutShort(new Map()) }, 'refuse evidence-incomplete'],
    ['P4: is where no instances were read', rested(), { instances: new Map() }, 'refuse evidence-incomplete'],
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

  it('is deleted where nothing else of its source region is there, so that nobody asks for the instances there', () => {
    const home = '111122223333/eu-west-1';
    const snapshot = { ...rested({ 'amikeep:home': home }), region: region('eu-west-1') };
    const target = { ...HERE, region: region('eu-west-1') };
    const instances = new Map([[target.region, read([])]]);
    expect(decide(snapshot, { target, instances })).toMatchObject([{ action: 'delete-snapshot' }]);
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

  it.each([{ mode: 'plan', action: 'propose' } as const, { mode: 'apply', action: 'delete-snapshot' } as const])(
    'P14: goes by the mode $mode that was stamped last on its lineage there, whatever stands on itself',
    ({ mode, action }) => {
      const file = aPolicyFile({ policies: [] });
      const other = mode === 'plan' ? 'apply' : 'plan';
      const tags = { 'amikeep:retire-rules': formatRetire({ ...RETIRE_RULES, mode: other }) };
      const aged = { ...encodeStamp(aStamp({ slot: slotOfDay(9) })), ...tags };
      const snapshot = leftOverSnapshot(9, NOW - 24 * HOUR, aged);
      const images = read([
        imageOfDay(1, { retire: { ...RETIRE_RULES, mode } }),
        imageOfDay(2, { retire: { ...RETIRE_RULES, mode: other } }),
        imageOfDay(0, { lineage: 'Role=other', retire: { ...RETIRE_RULES, mode: other } }),
      ]);
      const about = (one: Snapshot) =>
        decide(one, { images }, file).filter(({ subject }) => subject.kind === 'snapshot');
      expect(about(snapshot)).toMatchObject([{ action }]);
      // What is newer than every image that is left there was stamped last itself.
      const newer = leftOverSnapshot(9, NOW - 24 * HOUR, {
        'amikeep:retire-rules': formatRetire({ ...RETIRE_RULES, mode }),
      });
      expect(about(newer)).toMatchObject([{ action }]);
      const own = leftOverSnapshot(9, NOW - 24 * HOUR, tags);
      expect(about(own).map((decision) => decision.action)).not.toEqual([action]);
    },
  );
});

const orphan = (ageInHours: number, overrides: Partial<Snapshot> = {}): Snapshot => ({
  id: snap(1),
  ...HERE,
  startedAt: NOW - ageInHours * HOUR,
  madeFor: ami(1),
  size: 8,
  tags: encodeStamp(aStamp()),
  seal: 'valid',
  ...overrides,
});
const inShort = (decisions: ReturnType<typeof decide>) =>
  decisions.map(({ action, reason }) => `${action} ${reason.code}: ${reason.text}`);

describe('P9: an orphan', () => {
  it('P23: stays as long as no person says otherwise, since a seal can be copied from another snapshot', () => {
    expect(inShort(decide(orphan(480)))).toEqual([
      'report orphan: no image names it any more, and nothing proves that amikeep made it: it stays until a person says ' +
        'otherwise (amikeep retire --orphans)',
    ]);
    const held = orphan(480, { tags: { ...encodeStamp(aStamp()), [HOLD]: '' } });
    expect(decide(held)).toMatchObject([{ action: 'refuse', reason: { code: 'hold' } }]);
  });

  it('is a snapshot of ours that no image names, 48 hours after it was begun, and is marked by a person’s word', () => {
    const text = 'no image names it any more';
    expect(vouched(orphan(48))).toMatchObject([
      {
        action: 'mark-snapshot',
        reason: { code: 'orphan', text },
        change: { kind: 'mark-snapshot', deployment: 'prod', region: HERE.region, snapshot: snap(1), text },
      },
    ]);
    expect(inShort(vouched(orphan(48 - 1 / 3600)))).toEqual([
      'wait orphan: no image names it; it may be marked from 2026-11-23T05:00:01Z on',
    ]);
  });

  it.each<[string, Image]>([
    ['available', imageOfDay(0)],
    ['disabled', imageOfDay(0, {}, { state: 'disabled' })],
    ['pending', imageOfDay(0, {}, { state: 'pending' })],
    ['somebody else’s', { ...imageOfDay(0), name: 'my copy' }],
  ])('is none while an image names it that is %s', (_, image) => {
    const decisions = vouched(orphan(480), { images: read([image]) });
    expect(decisions.filter(({ subject }) => subject.kind === 'snapshot')).toEqual([]);
  });

  it('is none while an image names it that only EC2 was asked for', () => {
    expect(vouched(orphan(480), { snapshotUses: read(new Map([[snap(1), ami(9)]])) })).toEqual([]);
  });

  const unnaming = imageOfDay(
    0,
    {},
    { state: 'pending', devices: [{ device: '/dev/xvda', size: 8, encrypted: true }] },
  );

  it.each<[string, Snapshot, Partial<RetireInventory>, string]>([
    [
      'is held',
      orphan(480, { tags: { ...encodeStamp(aStamp()), [HOLD]: '' } }),
      {},
      'refuse hold: it is on hold: no reason given',
    ],
    [
      'was made for an image that is there and does not name it yet',
      orphan(480),
      { images: read([unnaming]) },
      `refuse in-use: its image ${ami(1)} is there, although it does not name it`,
    ],
    [
      'may be needed by its image in the bin',
      orphan(480),
      { binned: read(new Set([ami(1)])) },
      `refuse in-recycle-bin: its image ${ami(1)} is in the Recycle Bin and needs it to come back`,
    ],
    [
      'was made for nobody knows which image, and there are some in the bin',
      (({ madeFor: _, ...rest }) => rest)(orphan(480)),
      { binned: read(new Set([ami(7)])) },
      'refuse in-recycle-bin: EC2 does not say which image it was made for, and there are images in the Recycle Bin that may need it',
    ],
    [
      'is locked',
      orphan(480),
      { snapshotEvidence: read({ get: () => ({ lock: 'compliance', sharedWith: [] }) }) },
      'refuse locked: it is locked (compliance)',
    ],
    [
      'is shared',
      orphan(480),
      { snapshotEvidence: read({ get: () => ({ sharedWith: ['1', '2', '3', '4'] }) }) },
      'refuse shared: it is shared with 1, 2, 3',
    ],
  ])('stays while it %s', (_, snapshot, overrides, expected) => {
    const decisions = vouched(snapshot, overrides).filter(({ subject }) => subject.kind === 'snapshot');
    expect(inShort(decisions)).toEqual([expected]);
  });

  it.each<[string, Partial<RetireInventory>]>([
    ['images', { images: cutShort([], 'what') }],
    ['snapshots', { snapshots: cutShort([orphan(480)], 'what') }],
    ['who names snapshots', { snapshotUses: cutShort(new Map(), 'what') }],
    ['locks and shares', { snapshotEvidence: cutShort({ get: () => ({ sharedWith: [] }) }, 'what') }],
    ['the Recycle Bin', { binned: cutShort(new Set<never>(), 'what') }],
  ])('P4: stays where %s could not be read whole', (_, overrides) => {
    for (const orphans of [true, false]) {
      const [decision = '', ...others] = inShort(decide(orphan(480), overrides, aPolicyFile(), orphans));
      expect(decision).toMatch(/^refuse evidence-incomplete: what could not be read whole \(UnauthorizedOperation\)/);
      expect(others).toEqual([]);
    }
  });

  it('P4: stays in a region that is suspiciously empty', () => {
    const images = { images: read([imageOfDay(0, {}, { id: ami(5), devices: [] })]), ...instancesHere() };
    const [decision] = vouched(orphan(480), images).filter(({ subject }) => subject.kind === 'snapshot');
    expect(decision).toMatchObject({ action: 'refuse', reason: { code: 'evidence-suspect' } });
  });

  it('is marked by a person’s word although nobody looked into it yet, and is looked into before it goes', () => {
    const unlooked = { snapshotEvidence: read({ get: () => undefined }) };
    expect(vouched(orphan(480), unlooked)).toMatchObject([{ action: 'mark-snapshot' }]);
    expect(decide(rested(), unlooked)).toMatchObject([{ action: 'refuse', reason: { code: 'not-looked-into' } }]);
  });

  it('is marked where the bin holds other images only', () => {
    expect(vouched(orphan(480), { binned: read(new Set([ami(7)])) })).toMatchObject([{ action: 'mark-snapshot' }]);
  });

  it('is marked although other images are there, by the mode of its own policy', () => {
    const other = imageOfDay(0, {}, { id: ami(5), devices: [] });
    const planned = aPolicy({ name: 'weekly', retire: { ...aPolicy().retire, mode: 'plan' } });
    const file = aPolicyFile({ policies: [planned, aPolicy()] });
    const decisions = vouched(orphan(480), { images: read([other]) }, file);
    expect(decisions.map(({ action }) => action)).toEqual(['keep', 'mark-snapshot']);
  });

  it('is marked although EC2 does not say what it was made for, where the bin is empty', () => {
    const { madeFor: _, ...snapshot } = orphan(480);
    expect(vouched(snapshot)).toMatchObject([{ action: 'mark-snapshot' }]);
  });

  it('P10: is proposed in plan mode', () => {
    const file = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, mode: 'plan' } })] });
    expect(inShort(vouched(orphan(480), {}, file))).toEqual([
      'propose policy-in-plan-mode: no image names it any more; policy nightly is in plan mode',
    ]);
    // So many may be proposed, for ever, that not all are looked into.
    const unlooked = { snapshotEvidence: read({ get: () => undefined }) };
    expect(vouched(orphan(480), unlooked, file)).toMatchObject([{ action: 'propose' }]);
    const locked = { snapshotEvidence: read({ get: () => ({ lock: 'compliance', sharedWith: [] }) }) };
    expect(vouched(orphan(480), locked, file)).toMatchObject([{ action: 'refuse', reason: { code: 'locked' } }]);
  });
});

describe('snapshots that have lost their image', () => {
  const warnings = (snapshots: readonly Snapshot[], { file = aPolicyFile(), orphans = false } = {}) =>
    planRetirement(file, retireInventory([], { snapshots: read(snapshots) }), NOW, {
      confirmNoInstances: false,
      orphans,
    }).warnings;
  const leaving = [2, 3, 4].map((number) => leftOverSnapshot(number, NOW - HOUR));
  const gone = [leftOverSnapshot(5, NOW - 24 * HOUR), orphan(47, { id: snap(6) })];
  const held = orphan(48, { id: snap(7), tags: { ...encodeStamp(aStamp()), [HOLD]: '' } });

  it('are told of while there is time to object', () => {
    expect(warnings([orphan(48), ...leaving, ...gone, held], { orphans: true })).toEqual([
      '4 snapshots in eu-central-1, of up to 32 GiB, have lost their image and go a day after their mark, ' +
        `unless they get the tag amikeep:hold: ${snap(1)}, ${snap(2)}, ${snap(3)} and 1 more`,
    ]);
  });

  it('are told of as long as nobody has judged them, with what to do', () => {
    expect(warnings([orphan(48), ...leaving, ...gone, held])).toEqual([
      '3 snapshots in eu-central-1, of up to 24 GiB, have lost their image and go a day after their mark, ' +
        `unless they get the tag amikeep:hold: ${snap(2)}, ${snap(3)}, ${snap(4)}`,
      '1 snapshots in eu-central-1, of up to 8 GiB, have lost their image and stay until a person says otherwise: ' +
        `amikeep retire --orphans: ${snap(1)}`,
    ]);
  });

  it('are not told of where none is to go', () => {
    expect(warnings([orphan(47)])).toEqual([]);
    const planned = aPolicyFile({ policies: [aPolicy({ retire: { ...aPolicy().retire, mode: 'plan' } })] });
    expect(warnings([orphan(48)], { file: planned, orphans: true })).toEqual([]);
  });
});

describe('snapshots that were not made by this deployment', () => {
  const strays = (...ages: number[]) =>
    planRetirement(
      aPolicyFile(),
      retireInventory([], {
        strays: read(ages.map((age, index) => orphan(age, { id: snap(index + 1), size: index + 1, tags: {} }))),
      }),
      NOW,
    );

  it('and whose images are gone are told of once they are 48 hours old, and left alone', () => {
    const plan = strays(48, 47, 49, 480, 480);
    expect(plan.decisions).toEqual([]);
    expect(plan.warnings).toEqual([
      '4 snapshots in eu-central-1, of up to 13 GiB, are of images that are gone and were not made by this deployment, ' +
        `which leaves them alone: ${snap(1)}, ${snap(3)}, ${snap(4)} and 1 more`,
    ]);
    expect(strays(48).warnings).toEqual([expect.stringMatching(`leaves them alone: ${snap(1)}$`)]);
  });

  it('are not told of where there is none', () => {
    expect(strays().warnings).toEqual([]);
    expect(strays(47, 1).warnings).toEqual([]);
  });
});
