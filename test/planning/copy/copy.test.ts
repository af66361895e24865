import { describe, expect, it } from 'vitest';
import { accountId, region } from '../../../lib/model/ids.ts';
import type { Image } from '../../../lib/model/resources.ts';
import { planCopies } from '../../../lib/planning/copy/copy.ts';
import type { CopyInventory } from '../../../lib/planning/copy/inventory.ts';
import type { CopySettings } from '../../../lib/policy/policy.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, DR, RETIRE_RULES } from '../../builders.ts';
import {
  AT_DR,
  about,
  ami,
  copyInventory,
  copyOfDay,
  cutShort,
  imageOfDay,
  imagesOfDays,
  inShort,
  marked,
  NOW,
  read,
  snap,
  tagged,
} from '../fleet.ts';

const toDr: CopySettings = { region: DR.region, encrypt: 'as-source', retention: { keepLast: 2 } };

function plan(inventory: CopyInventory, ...copies: CopySettings[]) {
  const policies = [aPolicy({ copies: copies.length > 0 ? copies : [toDr] })];
  return planCopies({ deployment: 'prod', policies, maxInFlight: 5, maxStarted: 5 }, inventory, NOW);
}
const planned = (sources: readonly Image[], copies: readonly Image[] = []) =>
  inShort(plan(copyInventory(sources, copies)));

describe('a version', () => {
  it('is copied where it is wanted and not there', () => {
    expect(about(plan(copyInventory([imageOfDay(0)])), ami(1))).toMatchObject({
      action: 'copy',
      policy: 'nightly',
      lineage: AN_INSTANCE_ID,
      version: '2026.11.23-0200',
      copyRegion: 'eu-west-1',
      reason: { code: 'copy-wanted', text: 'eu-west-1 is to have this version and has not' },
      change: {
        kind: 'copy',
        region: 'eu-west-1',
        source: { image: ami(1), region: 'eu-central-1' },
        name: `prod/nightly/${AN_INSTANCE_ID}/2026.11.23-0200/1`,
        stamp: { home: DR, attempt: 1, keep: { rules: { keepLast: 2 }, timeZone: 'UTC' }, retire: RETIRE_RULES },
        tags: { 'amikeep:home': '111122223333/eu-west-1', 'amikeep:keep': 'last=2 zone=UTC' },
      },
    });
  });

  it.each([
    { state: 'available', short: 'skip copied' },
    { state: 'disabled', short: 'skip copied' },
    { state: 'pending', short: 'wait copy-pending' },
    { state: 'other', short: 'wait copy-pending' },
  ] as const)('is not copied again while its copy is $state', ({ state, short }) => {
    expect(planned([imageOfDay(0)], [copyOfDay(0, {}, { state })])).toEqual({ 1: short });
  });

  it('is copied without some of its tags where people gave it more than its copy has room for', () => {
    const tags = Object.fromEntries(Array.from({ length: 35 }, (_, index) => [`Tag${10 + index}`, 'x']));
    const decision = about(plan(copyInventory([tagged(imageOfDay(0), tags)])), ami(1));
    expect(decision.reason.text).toBe(
      'eu-west-1 is to have this version and has not; without Tag40, Tag41, Tag42 and 2 more of its tags, for which there is no room',
    );
  });

  it('is not copied where the copy’s own rules would not keep it today', () => {
    expect(planned(imagesOfDays(4), [copyOfDay(3)])).toEqual({
      1: 'copy copy-wanted',
      2: 'copy copy-wanted',
      3: 'skip copy-not-wanted',
      4: 'skip copied',
    });
  });

  it.each(['pending', 'disabled', 'other'] as const)('waits for its copy while it is %s itself', (state) => {
    expect(planned([imageOfDay(0, {}, { state })], [copyOfDay(1)])).toEqual({ 1: 'wait source-not-available' });
  });

  it('that failed is no version to copy', () => {
    const failed = plan(copyInventory([imageOfDay(0, {}, { state: 'failed' })]));
    expect(about(failed, ami(1))).toMatchObject({
      action: 'skip',
      reason: { text: 'this attempt failed: no reason given' },
    });
  });

  it('takes people’s tags and a hold along, and no mark', () => {
    const source = tagged(marked(imageOfDay(0), NOW), { Project: 'shop', [HOLD]: 'audit' });
    const decision = about(plan(copyInventory([source])), ami(1));
    expect(decision).toMatchObject({ change: { tags: { Project: 'shop', [HOLD]: 'audit' } } });
    expect(decision).not.toMatchObject({ change: { tags: { 'amikeep:retire': expect.anything() } } });
  });

  it('has a decision for each DR region', () => {
    const elsewhere = region('us-east-1');
    const { destinations } = copyInventory([], [copyOfDay(0)]);
    const inventory = copyInventory([imageOfDay(0)], [], { destinations });
    const { decisions } = plan(inventory, toDr, { ...toDr, region: elsewhere });
    expect(decisions).toMatchObject([
      { copyRegion: 'eu-west-1', action: 'skip', reason: { code: 'copied' } },
      { copyRegion: 'us-east-1', action: 'refuse', reason: { code: 'evidence-incomplete' } },
    ]);
  });

  it.each([
    ['asks for no copies', aPolicy()],
    ['is gone', aPolicy({ name: 'weekly', copies: [toDr] })],
  ])('is not copied where its policy %s', (_, policy) => {
    const { decisions } = planCopies(
      { deployment: 'prod', policies: [policy], maxInFlight: 5, maxStarted: 5 },
      copyInventory([imageOfDay(0)]),
      NOW,
    );
    expect(decisions).toMatchObject([{ action: 'skip', reason: { code: 'no-copies-asked' } }]);
  });

  it('P1: that is not ours is reported and not copied', () => {
    expect(planned([{ ...imageOfDay(0), name: 'my copy' }])).toEqual({ 1: 'report not-ours' });
  });

  it('that is a copy itself is copied from its source, not from here', () => {
    expect(planned([imageOfDay(0, { source: { ...DR, instance: AN_INSTANCE_ID } })])).toEqual({});
  });
});

describe('P13: a copy', () => {
  it.each<{ settings: Partial<CopySettings>; encrypt: boolean }>([
    { settings: { encrypt: 'as-source' }, encrypt: false },
    { settings: { encrypt: 'always' }, encrypt: true },
    { settings: { encrypt: 'always', kmsKey: 'alias/dr' }, encrypt: true },
    { settings: { encrypt: 'as-source', kmsKey: 'alias/dr' }, encrypt: true },
  ])('with $settings is told to be encrypted: $encrypt', ({ settings, encrypt }) => {
    const decision = about(plan(copyInventory([imageOfDay(0)]), { ...toDr, ...settings }), ami(1));
    expect(decision).toMatchObject({ change: { encrypt, ...(settings.kmsKey && { kmsKey: 'alias/dr' }) } });
    expect('change' in decision && 'kmsKey' in decision.change).toBe('kmsKey' in settings);
  });
});

describe('a failed copy', () => {
  const failed = (attempt: number, stateReason?: string) =>
    copyOfDay(0, { attempt }, { id: ami(50 + attempt), state: 'failed', ...(stateReason && { stateReason }) });

  it('is tried again under the next attempt', () => {
    const decision = about(plan(copyInventory([imageOfDay(0)], [failed(1)])), ami(1));
    expect(decision).toMatchObject({
      action: 'copy',
      reason: { code: 'retry-after-failure', text: 'attempt 1 to copy it to eu-west-1 came to nothing' },
      change: { name: expect.stringMatching(/\/2$/), stamp: { attempt: 2 } },
    });
  });

  it('P12: is not tried beyond the attempt that is written on the source and not seen to have failed', () => {
    const source = tagged(imageOfDay(0), { 'amikeep:copy-attempts:eu-west-1': '2' });
    for (const copies of [[], [failed(1)]]) {
      expect(about(plan(copyInventory([source], copies)), ami(1))).toMatchObject({ change: { stamp: { attempt: 2 } } });
    }
    expect(about(plan(copyInventory([source], [failed(1), failed(2)])), ami(1))).toMatchObject({
      change: { stamp: { attempt: 3 } },
    });
  });

  it('is tried whatever number somebody has written on its source, as long as no copy bears it out', () => {
    const forged = tagged(imageOfDay(0), { 'amikeep:copy-attempts:eu-west-1': '99 so there' });
    for (const copies of [[], [failed(1)], [failed(1), failed(2)]]) {
      expect(about(plan(copyInventory([forged], copies)), ami(1))).toMatchObject({
        action: 'copy',
        change: { stamp: { attempt: 3 } },
      });
    }
    for (const [copies, attempt] of [
      [[failed(3)], 4],
      [[failed(3), failed(4)], 5],
    ] as const) {
      expect(about(plan(copyInventory([forged], copies)), ami(1))).toMatchObject({ change: { stamp: { attempt } } });
    }
    for (const borneOut of [[failed(3), failed(4), failed(5)], [failed(6)]]) {
      expect(about(plan(copyInventory([forged], borneOut)), ami(1))).toMatchObject({
        action: 'refuse',
        reason: { code: 'attempts-exhausted' },
      });
    }
  });

  it('goes by the number of its attempts and not by how many of them are still there', () => {
    const decision = about(plan(copyInventory([imageOfDay(0)], [failed(2)])), ami(1));
    expect(decision).toMatchObject({ change: { stamp: { attempt: 3 } } });
  });

  it('is given up after three attempts, and says what they failed of', () => {
    const decision = about(plan(copyInventory([imageOfDay(0)], [failed(1, 'KMS'), failed(2), failed(3)])), ami(1));
    expect(decision).toMatchObject({ action: 'refuse', reason: { code: 'attempts-exhausted' } });
    expect(decision.reason.text).toBe(
      `3 attempts at this copy have failed (${ami(51)}: KMS; ${ami(52)}: no reason given; ${ami(53)}: no reason given); ` +
        'mend what they failed of, then have it tried again: ' +
        [51, 52, 53]
          .map((number) => `aws ec2 deregister-image --region eu-west-1 --image-id ${ami(number)} && `)
          .join('') +
        `aws ec2 delete-tags --region eu-central-1 --resources ${ami(1)} --tags Key=amikeep:copy-attempts:eu-west-1`,
    );
  });

  it('holds the place from which a new region goes on', () => {
    const first = copyOfDay(1, {}, { state: 'failed' });
    expect(planned(imagesOfDays(3), [first])).toEqual({
      1: 'copy copy-wanted',
      2: 'copy retry-after-failure',
      3: 'skip copy-not-wanted',
    });
  });
});

describe('P4: where a read failed', () => {
  it('nothing is copied to a region whose copies are not all known', () => {
    const copies = new Map([[AT_DR, { copies: cutShort([copyOfDay(0)]), inFlight: cutShort(0, 'copies in flight') }]]);
    const made = plan(copyInventory(imagesOfDays(2), [], { destinations: copies }));
    expect(inShort(made)).toEqual({ 1: 'refuse evidence-incomplete', 2: 'refuse evidence-incomplete' });
    expect(made.problems).toEqual([
      'images in eu-west-1: UnauthorizedOperation',
      'copies in flight in eu-west-1: UnauthorizedOperation',
    ]);
  });

  it('at the source, that is a problem of the run', () => {
    expect(plan(copyInventory([], [], { sources: cutShort([]) })).problems).toEqual([
      'images in eu-central-1: UnauthorizedOperation',
    ]);
  });

  it('at the source, nothing is copied: of a part, the newest may be an old one', () => {
    const inventory = copyInventory([], [], { sources: cutShort([imageOfDay(3)]) });
    expect(inShort(plan(inventory))).toEqual({ 4: 'refuse evidence-incomplete' });
  });
});

describe('P6: the hold of an instance', () => {
  const held = read([anInstance({ tags: { [HOLD]: 'court order' } })]);

  it('is stamped on its images and on their copies, in whichever account those are', () => {
    const stamp = { home: { account: accountId('444455556666'), region: DR.region } };
    const copy = copyOfDay(1, stamp);
    const { decisions } = plan(
      copyInventory([imageOfDay(0)], [copy, tagged(copyOfDay(2), { [HOLD]: 'audit' })], { held }),
    );
    expect(decisions.filter(({ action }) => action === 'hold')).toMatchObject([
      { change: { image: ami(1), snapshots: [snap(1)], text: 'court order' } },
      { change: { account: '444455556666', region: DR.region, image: copy.id, snapshots: [snap(2)] } },
    ]);
  });

  it('goes with the copy of an image that does not bear it yet, or no more', () => {
    const copied = (image: Image) =>
      plan(copyInventory([image], [], { held })).decisions.find(({ action }) => action === 'copy');
    expect(copied(imageOfDay(0))).toMatchObject({ change: { tags: { [HOLD]: 'court order' } } });
    expect(copied(tagged(imageOfDay(0), { [HOLD]: 'audit' }))).toMatchObject({ change: { tags: { [HOLD]: 'audit' } } });
  });

  it('is a problem where it could not be read, and keeps no copy from being made', () => {
    const made = plan(copyInventory([imageOfDay(0)], [], { held: cutShort([], 'instances') }));
    expect(made.problems).toEqual(['instances in eu-central-1: UnauthorizedOperation']);
    expect(about(made, ami(1)).action).toBe('copy');
  });
});
