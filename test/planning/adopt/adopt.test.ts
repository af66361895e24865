import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY, HOUR, SECOND } from '../../../lib/model/time.ts';
import { type AdoptInventory, planAdoption } from '../../../lib/planning/adopt/adopt.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { readOwnership } from '../../../lib/tagging/ownership.ts';
import { encodeStamp } from '../../../lib/tagging/stamp.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import {
  AN_INSTANCE_ID,
  anImage,
  anInstance,
  aPolicy,
  aPolicyFile,
  aStamp,
  HERE,
  RETIRE_RULES,
} from '../../builders.ts';
import {
  ami,
  cutShort,
  ended,
  imageOfDay,
  inShort,
  instanceNumber,
  instancesHere,
  marked,
  NOW,
  read,
  retireInventory,
  snap,
} from '../fleet.ts';

/** An image as a script of former days made it. */
const theirs = (overrides: Partial<Image> = {}): Image =>
  anImage({
    id: ami(1),
    name: 'web-backup-42',
    tags: { Name: 'web', Role: 'web' },
    createdAt: NOW + 42 * SECOND,
    ...overrides,
  });
const policy = aPolicy({
  retention: { keepDaily: 5 },
  schedule: { expressions: ['rate(1 day)'], timeZone: 'Asia/Tokyo' },
});
const inventory = (images: readonly Image[], overrides: Partial<AdoptInventory> = {}): AdoptInventory => ({
  target: HERE,
  images: read(images),
  ours: read([]),
  instances: read([anInstance()]),
  sources: read([]),
  ...overrides,
});
const adopt = (image: Image, under = policy) => planAdoption('prod', under, inventory([image]), NOW);
const decided = (image: Image, under = policy) => {
  const [decision] = adopt(image, under).decisions;
  if (!decision) throw new Error('each image has its decision');
  return decision;
};

describe('an image that something else made', () => {
  const stamp = aStamp({
    slot: NOW,
    keep: { rules: { keepDaily: 5 }, timeZone: 'Asia/Tokyo' },
    retire: RETIRE_RULES,
  });

  it('comes under a policy as the version of the minute in which it was made', () => {
    expect(decided(theirs())).toEqual({
      subject: { kind: 'image', id: ami(1), region: HERE.region },
      policy: 'nightly',
      lineage: AN_INSTANCE_ID,
      version: '2026.11.23-0500',
      action: 'adopt',
      reason: { code: 'adopted', text: `it comes under policy nightly as 2026.11.23-0500 of ${AN_INSTANCE_ID}` },
      change: {
        kind: 'adopt',
        region: HERE.region,
        image: ami(1),
        snapshots: ['snap-0123456789abcdef0'],
        tags: { ...encodeStamp(stamp), 'amikeep:adopted': ami(1) },
      },
    });
    expect(adopt(theirs())).toMatchObject({ warnings: [], problems: [] });
  });

  it('P1: is ours from then on, and nobody’s copy of it is', () => {
    const decision = decided(theirs());
    if (decision.action !== 'adopt') throw new Error(decision.action);
    const tags = { ...theirs().tags, ...decision.change.tags };
    const adopted = theirs({ tags });
    expect(readOwnership(adopted, 'prod')).toMatchObject({ kind: 'ours', stamp });
    expect(readOwnership({ ...adopted, id: ami(2) }, 'prod').kind).toBe('damaged');
    expect(inShort(planRetirement(aPolicyFile(), retireInventory([adopted]), NOW))).toEqual({ 1: 'keep keep-rule' });
  });

  it('takes its snapshots along, those that it names', () => {
    const devices = [3, 2].map((number) => ({ device: '/dev/sdf', snapshot: snap(number), size: 8, encrypted: true }));
    const image = theirs({ devices: [...devices, { device: '/dev/sdg', size: 8, encrypted: true }] });
    expect(decided(image)).toMatchObject({ change: { snapshots: [snap(2), snap(3)] } });
  });

  it.each<[string, string | undefined, Readonly<Record<string, string>>, string]>([
    ['the tag value that the policy goes by', 'Role', { Role: 'web' }, 'Role=web'],
    ['its instance where the policy goes by none', undefined, { Role: 'web' }, AN_INSTANCE_ID],
    ['its instance where it lacks the tag', 'Role', {}, AN_INSTANCE_ID],
    ['its instance where the tag is empty', 'Role', { Role: '' }, AN_INSTANCE_ID],
    ['its instance where only every object has such a key', 'constructor', {}, AN_INSTANCE_ID],
  ])('continues the lineage of %s', (_, lineageTag, tags, lineage) => {
    const under = aPolicy(lineageTag === undefined ? {} : { lineageTag });
    expect(decided(theirs({ tags }), under)).toMatchObject({
      lineage,
      change: { tags: { 'amikeep:lineage': lineage } },
    });
  });

  it.each([
    ['AWS Backup', { 'aws:backup:source-resource': 'i-0123456789abcdef0:1' }],
    ['Data Lifecycle Manager', { 'aws:dlm:lifecycle-policy-id': 'policy-0123456789abcdef0' }],
    ['Data Lifecycle Manager', { 'dlm:managed': 'true' }],
    ['EC2 Image Builder', { CreatedBy: 'EC2 Image Builder' }],
    ['EC2 Image Builder', { Ec2ImageBuilderArn: 'arn:aws:imagebuilder:eu-central-1:111122223333:image/web/1.0.0/1' }],
  ])('is left to %s where that manages it, by its tag: %j', (manager, tags) => {
    const [key] = Object.keys(tags);
    expect(decided(theirs({ tags }))).toMatchObject({
      action: 'refuse',
      reason: { code: 'cannot-adopt', text: expect.stringContaining(`${manager} manages it, as its tag ${key} says`) },
    });
    expect(decided(theirs({ tags: { CreatedBy: 'a script', 'aws:backup': 'x' } })).action).toBe('adopt');
  });

  describe('that the keep rules would let go at once', () => {
    const keepOne = aPolicy({ retention: { keepLast: 1 } });
    const made = (number: number, createdAt: number, overrides: Partial<Image> = {}) =>
      theirs({ id: ami(number), name: `by hand ${number}`, createdAt, ...overrides });
    const planned = (images: readonly Image[], under = keepOne, overrides: Partial<AdoptInventory> = {}) =>
      planAdoption('prod', under, inventory(images, overrides), NOW);
    const leaving = ({ decisions }: ReturnType<typeof planned>) =>
      decisions.flatMap(({ subject, reason }) => (/no keep rule wants it/.test(reason.text) ? [subject.id] : []));

    it('is adopted, and the plan says which it is and what is to be done', () => {
      const plan = planned([made(1, NOW - 2 * DAY), made(2, NOW - DAY)]);
      expect(inShort(plan)).toEqual({ 1: 'adopt adopted', 2: 'adopt adopted' });
      expect(leaving(plan)).toEqual([ami(1)]);
      expect(plan.decisions[0]?.reason.text).toMatch(
        /; no keep rule wants it \(last=1 zone=UTC\), so the next sweep marks it/,
      );
      expect(plan.warnings).toEqual([
        'of 2 to be adopted, the keep rules of policy nightly let 1 go with the next sweep; hold what is to stay, by the tag amikeep:hold',
      ]);
    });

    it('is judged among what the policy has already', () => {
      const ours = read([imageOfDay(0)]);
      expect(leaving(planned([made(2, NOW - 5 * DAY)], keepOne, { ours }))).toEqual([ami(2)]);
    });

    it('is only proposed by a policy in plan mode, and stays where it is held', () => {
      const planning = aPolicy({ ...keepOne, retire: { ...keepOne.retire, mode: 'plan' } });
      const images = [made(1, NOW - 2 * DAY), made(2, NOW - DAY)];
      expect(planned(images, planning).decisions[0]?.reason.text).toContain('the next sweep proposes to retire it');
      const held = [made(1, NOW - 2 * DAY, { tags: { [HOLD]: 'audit' } }), made(2, NOW - DAY)];
      expect([leaving(planned(held)), planned(held).warnings]).toEqual([[], []]);
    });

    it('P2: is the older of two that were made within one minute, whatever their ids', () => {
      for (const [first, second] of [
        [1, 2],
        [2, 1],
      ] as const) {
        const images = [made(first, NOW + 5 * SECOND), made(second, NOW + 40 * SECOND)];
        const plan = planned(images);
        expect(leaving(plan)).toEqual([ami(first)]);
        const tagsOf = new Map(
          plan.decisions.flatMap((one) => (one.action === 'adopt' ? [[one.change.image, one.change.tags]] : [])),
        );
        const adopted = images.map((image) => ({ ...image, tags: { ...image.tags, ...tagsOf.get(image.id) } }));
        const sweep = planRetirement(aPolicyFile({ policies: [keepOne] }), retireInventory(adopted), NOW + DAY);
        expect(inShort(sweep)).toEqual({ [first]: 'mark expired', [second]: 'keep keep-rule' });
      }
    });
  });

  it('may be disabled', () => {
    expect(decided(theirs({ state: 'disabled' })).action).toBe('adopt');
  });
});

describe('an image is not adopted', () => {
  const leftBehind = (image: Image): Image => {
    const { 'amikeep:deployment': _, ...tags } = image.tags;
    return { ...image, tags };
  };
  const { sourceInstance: _, ...copy } = theirs();

  it.each<[string, Image, string]>([
    [
      'that another deployment has',
      theirs({ tags: { 'amikeep:deployment': 'test' } }),
      "its tag amikeep:deployment says that it is of 'test'",
    ],
    ['that is being made', theirs({ state: 'pending' }), 'it is pending; only an image that is made can be adopted'],
    ['that failed', theirs({ state: 'failed' }), 'it is failed; only an image that is made can be adopted'],
    [
      'of which EC2 does not tell the instance',
      copy,
      'EC2 does not say which instance it was made of, as of copies, so there is no lineage for it',
    ],
    [
      'P8: that bears a mark of earlier days, with which it would go at once',
      leftBehind(marked(anImage({ id: ami(1) }), NOW)),
      'it still bears tags of an earlier retirement; take amikeep:retire off',
    ],
    [
      'P5: that bears an end of earlier days, with which its lineage would end',
      leftBehind(ended(anImage({ id: ami(1) }), 'hand')),
      'it still bears tags of an earlier retirement; take amikeep:ended off',
    ],
    [
      'P5: that bears an end which nothing proves now, and which holds again with the stamp',
      theirs({ ignored: ['amikeep:ended'] }),
      'it still bears tags of an earlier retirement; take amikeep:ended off',
    ],
    [
      'that bears both',
      leftBehind(ended(marked(anImage({ id: ami(1) }), NOW), 'hand')),
      'it still bears tags of an earlier retirement; take amikeep:retire, amikeep:ended off',
    ],
  ])('%s', (_, image, text) => {
    expect(decided(image)).toEqual({
      subject: { kind: 'image', id: ami(1), region: HERE.region },
      action: 'refuse',
      reason: { code: 'cannot-adopt', text },
    });
  });

  it('a second time, unless it has lost its seal: then it is what EC2 says, whatever its tags say', () => {
    const forged = aStamp({ policy: 'weekly', slot: NOW - DAY });
    const lost = (seal: Image['seal'], name = 'web-backup-42') =>
      theirs({ name, seal, tags: { ...encodeStamp(forged), 'amikeep:adopted': ami(1) } });
    for (const seal of ['missing', 'broken'] as const) {
      expect(decided(lost(seal))).toMatchObject({ action: 'adopt', policy: 'nightly', version: '2026.11.23-0500' });
    }
    expect(decided(lost('unread')).reason.code).toBe('already-there');
    expect(decided(lost('valid')).reason.code).toBe('already-there');
    expect(decided(lost('broken', imageOfDay(0).name)).reason.code).toBe('already-there');
  });

  it('a second time', () => {
    expect(decided(anImage({ id: ami(1) }))).toEqual({
      subject: { kind: 'image', id: ami(1), region: HERE.region },
      action: 'skip',
      reason: { code: 'already-there', text: 'it is under management already' },
    });
  });

  it('that has no room for its tags', () => {
    const tags = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`Key${index}`, 'x']));
    expect(decided(theirs({ tags }))).toMatchObject({
      action: 'refuse',
      version: '2026.11.23-0500',
      reason: { code: 'too-many-tags', text: expect.stringContaining('take 1 off the image') },
    });
  });
});

describe('P5: an image whose instance is gone', () => {
  const others = [anInstance({ id: instanceNumber(9), tags: {} })];
  const retire = { ...RETIRE_RULES, maxPerDay: { percent: 100 }, endAfterSourceGoneDays: 30 };
  const ending = aPolicy({ retire });
  const never = aPolicy({ retire: { ...retire, endAfterSourceGoneDays: 'never' } });
  const old = theirs({ createdAt: NOW - 40 * DAY });
  const gone = { instances: read(others) };
  const planned = (images: readonly Image[], under = ending, overrides: Partial<AdoptInventory> = gone) =>
    planAdoption('prod', under, inventory(images, overrides), NOW);
  const text = (images: readonly Image[], under = ending, overrides: Partial<AdoptInventory> = gone) =>
    planned(images, under, overrides).decisions.map(({ action, reason }) => `${action}: ${reason.text}`);

  it('is not adopted where its lineage would have ended the moment it is', () => {
    expect(planned([old]).decisions).toEqual([
      {
        subject: { kind: 'image', id: ami(1), region: HERE.region },
        policy: 'nightly',
        lineage: AN_INSTANCE_ID,
        version: '2026.10.14-0500',
        action: 'refuse',
        reason: {
          code: 'cannot-adopt',
          text:
            'its source is gone, and its lineage had no new version for 30 days: under policy nightly it would be on ' +
            'its way out with the next sweep; adopt it under a policy with endAfterSourceGoneDays: never, or hold it ' +
            'first: aws ec2 create-tags --region eu-central-1 --resources ' +
            ami(1) +
            " --tags 'Key=amikeep:hold,Value=adopted'",
        },
      },
    ]);
  });

  it('is so refused as the next sweep would retire it', () => {
    const [decision] = planned([old], never).decisions;
    if (decision?.action !== 'adopt') throw new Error('nothing adopted');
    const adopted = { ...old, tags: { ...old.tags, ...decision.change.tags } };
    const sweep = (under: typeof ending) =>
      planRetirement(
        aPolicyFile({ policies: [under] }),
        retireInventory([adopted], instancesHere(...others)),
        NOW + HOUR,
      );
    expect(inShort(sweep(ending))).toEqual({ 1: 'mark source-gone' });
    expect(inShort(sweep(never))).toEqual({ 1: 'keep keep-rule' });
  });

  it('is adopted where its lineage goes on for ever, or it is on hold', () => {
    expect(inShort(planned([old], never))).toEqual({ 1: 'adopt adopted' });
    const held = theirs({ ...old, tags: { [HOLD]: 'the only one' } });
    expect(text([held])).toEqual([
      `adopt: it comes under policy nightly as 2026.10.14-0500 of ${AN_INSTANCE_ID}, whose source is gone: it stays for as long as it is on hold`,
    ]);
  });

  it('is adopted with the day of its end where that is still to come', () => {
    expect(text([theirs({ createdAt: NOW - 10 * DAY })])).toEqual([
      `adopt: it comes under policy nightly as 2026.11.13-0500 of ${AN_INSTANCE_ID}, whose source is gone: its lineage ends 2026-12-13T05:00:00Z, and everything of it goes then`,
    ]);
  });

  it('has the days of the newest of its lineage, that is adopted with it or was under the policy before', () => {
    const newer = theirs({ id: ami(2), createdAt: NOW - 10 * DAY });
    expect(inShort(planned([old, newer]))).toEqual({ 1: 'adopt adopted', 2: 'adopt adopted' });
    const ours = read([imageOfDay(10, {}, { id: ami(3) })]);
    expect(inShort(planned([old], ending, { ...gone, ours }))).toEqual({ 1: 'adopt adopted' });
  });

  it('is not adopted into a lineage that a person has ended', () => {
    const ours = read([ended(imageOfDay(10, {}, { id: ami(3) }), 'hand')]);
    expect(text([old], never, { ...gone, ours })).toEqual([
      expect.stringMatching(
        /^refuse: its source is gone, and its lineage was ended \S+: .* next sweep; take amikeep:ended off the images of its lineage, or hold it first: aws ec2/,
      ),
    ]);
    expect(inShort(planned([old], never, { ours }))).toEqual({ 1: 'adopt adopted' });
  });

  it('is adopted where another instance continues its lineage', () => {
    const under = aPolicy({ retire, lineageTag: 'Role' });
    const instances = read([anInstance({ id: instanceNumber(9), tags: { Role: 'web' } })]);
    expect(inShort(planned([old], under, { instances }))).toEqual({ 1: 'adopt adopted' });
  });

  it('P4: may be gone where the region shows no instance at all', () => {
    const nobody = { instances: read([]) };
    expect(inShort(planned([old], ending, nobody))).toEqual({ 1: 'refuse cannot-adopt' });
    expect(inShort(planned([old], never, nobody))).toEqual({ 1: 'adopt adopted' });
  });

  it.each<[string, Partial<AdoptInventory>]>([
    ['instances', { instances: cutShort(others, 'instances') }],
    ['what the policy has', { ...gone, ours: cutShort([], 'images') }],
  ])('P4: is not adopted where %s could not be read', (_, overrides) => {
    const plan = planned([theirs()], ending, overrides);
    expect(plan.decisions).toMatchObject([
      {
        action: 'refuse',
        reason: {
          code: 'evidence-incomplete',
          text: expect.stringMatching(
            /^whether its source i-0123456789abcdef0 lives and its lineage goes on could not be read \((instances|images) in eu-central-1: UnauthorizedOperation\)/,
          ),
        },
      },
    ]);
    expect(plan.problems).toHaveLength(1);
  });

  it('is adopted whatever could not be read where it can have no end, or its instance was seen', () => {
    expect(inShort(planned([old], never, { instances: cutShort(others) }))).toEqual({ 1: 'adopt adopted' });
    expect(inShort(planned([old], ending, { ours: cutShort([]) }))).toEqual({ 1: 'adopt adopted' });
    const held = theirs({ ...old, tags: { [HOLD]: '' } });
    expect(inShort(planned([held], ending, { instances: cutShort(others) }))).toEqual({ 1: 'adopt adopted' });
  });
});

it('P15: what was read of images that were cut short is adopted, and what is amiss is told', () => {
  const images = cutShort([theirs(), theirs({ id: ami(2) })]);
  const plan = planAdoption('prod', policy, inventory([], { images }), NOW);
  expect(inShort(plan)).toEqual({ 1: 'adopt adopted', 2: 'adopt adopted' });
  expect(plan.problems).toEqual(['images in eu-central-1: UnauthorizedOperation']);
});
