import { describe, expect, it } from 'vitest';
import { volumeId } from '../../../lib/model/ids.ts';
import type { Image, Instance } from '../../../lib/model/resources.ts';
import { planSnapshots, type SnapshotInventory, type SnapshotRequest } from '../../../lib/planning/create/snapshot.ts';
import type { Policy } from '../../../lib/policy/policy.ts';
import { MOST_TAGS } from '../../../lib/tagging/people-tags.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, HERE, RETIRE_RULES } from '../../builders.ts';
import {
  about,
  ami,
  cutShort,
  imageOfDay,
  instanceNumber,
  NOW,
  read,
  slotOfDay,
  snap,
  snapshotInventory,
  tagged,
} from '../fleet.ts';

function plan(inventory: Partial<SnapshotInventory>, request: Partial<SnapshotRequest> = {}) {
  const whole = {
    deployment: 'prod',
    policy: aPolicy(),
    slot: slotOfDay(0),
    keyAccounts: [],
    previousSlot: undefined,
    nextSlot: slotOfDay(-1),
    skippedLocalTimes: [],
    ...request,
  };
  return planSnapshots(whole, snapshotInventory(inventory), NOW);
}

const manyTags = Object.fromEntries(Array.from({ length: MOST_TAGS }, (_, index) => [`Tag${index}`, 'x']));

describe('an instance', () => {
  it.each<{ name: string; instance: Partial<Instance>; action: string; code: string; text: string }>([
    { name: 'is not selected', instance: { tags: {} }, action: 'skip', code: 'not-selected', text: 'Backup' },
    {
      name: 'has an instance store for its root',
      instance: { rootDevice: 'instance-store' },
      action: 'refuse',
      code: 'unsupported-instance',
      text: 'EBS roots only',
    },
    {
      name: 'is on an Outpost',
      instance: { outpost: 'arn:aws:outposts:eu-central-1:111122223333:outpost/op-0123456789abcdef0' },
      action: 'refuse',
      code: 'unsupported-instance',
      text: 'it is on an Outpost (arn:aws:outposts:',
    },
  ])('that $name gets no image, and the reason why', ({ instance, action, code, text }) => {
    const { decisions } = plan({ instances: read([anInstance(instance)]) });
    expect(decisions).toMatchObject([{ action, reason: { code, text: expect.stringContaining(text) } }]);
  });

  it('whose image would carry too many tags is reported, and no image is made', () => {
    const policy = aPolicy({ image: { ...aPolicy().image, tags: manyTags } });
    expect(about(plan({}, { policy }))).toMatchObject({ action: 'refuse', reason: { code: 'too-many-tags' } });
  });

  it('that was asked for is decided alone, while the others still count for its lineage', () => {
    const web = (number: number) =>
      anInstance({ id: instanceNumber(number), tags: { Backup: 'nightly', Role: 'web' } });
    const { decisions } = plan(
      { instances: read([web(1), web(2)]) },
      { policy: aPolicy({ lineageTag: 'Role' }), instances: [instanceNumber(2)] },
    );
    expect(decisions).toMatchObject([{ subject: { id: instanceNumber(2) }, lineage: `Role=web#${instanceNumber(2)}` }]);
  });

  it('that was asked for and does not exist is refused by name', () => {
    const { decisions } = plan({ instances: read([]), missing: [AN_INSTANCE_ID] });
    expect(decisions).toMatchObject([
      { action: 'refuse', reason: { code: 'no-such-instance', text: expect.stringContaining(AN_INSTANCE_ID) } },
    ]);
  });

  it.each(['images', 'excludedVolumes'] as const)('gets no image on a partial reading of %s', (part) => {
    const partial = part === 'images' ? { images: cutShort([]) } : { excludedVolumes: cutShort(new Set<never>()) };
    const made = plan(partial);
    expect(made.decisions).toMatchObject([{ action: 'refuse', reason: { code: 'evidence-incomplete' } }]);
    expect(made.problems).toEqual(['images in eu-central-1: UnauthorizedOperation']);
  });

  it('P12: has its image where a partial reading of images shows it', () => {
    const { decisions } = plan({ images: cutShort([imageOfDay(0)]) });
    expect(decisions).toMatchObject([{ action: 'skip', reason: { code: 'already-there' } }]);
  });
});

describe('the image of an instance', () => {
  it('leaves out the devices that the policy names, and never the root', () => {
    const [root, byDevice, byTag, kept] = ['/dev/xvda', '/dev/sdg', '/dev/sdf', '/dev/sdh'].map((device, index) => ({
      id: volumeId(`vol-0000000${index}`),
      device,
    }));
    if (!root || !byDevice || !byTag || !kept) throw new Error('four volumes were made');
    const instance = anInstance({ volumes: [root, byDevice, byTag, kept] });
    const image = { ...aPolicy().image, excludeDevices: ['/dev/sdg', '/dev/xvda'] };
    const decision = about(
      plan(
        { instances: read([instance]), excludedVolumes: read(new Set([byTag.id, root.id])) },
        { policy: aPolicy({ image }) },
      ),
    );
    expect(decision).toMatchObject({ change: { excludeDevices: ['/dev/sdf', '/dev/sdg'] } });
    expect(decision.reason.text).toBe('slot 2026.11.23-0200 is due and has no image yet; without /dev/sdf, /dev/sdg');
  });

  it('gets its image though the volumes could not be read, which is told: nothing is decided by them', () => {
    const { decisions, warnings } = plan({ volumes: cutShort([], 'volumes') });
    expect(decisions).toMatchObject([{ action: 'create' }]);
    expect(warnings).toEqual([
      'policy nightly: the volumes could not be read (UnauthorizedOperation): how large they are that are left out, and under whose keys the others are, is not known',
    ]);
  });

  it('says how large the volumes are that it leaves out, where that is known', () => {
    const [root, large, unread] = ['/dev/xvda', '/dev/sdf', '/dev/sdg'].map((device, index) => ({
      id: volumeId(`vol-0000000${index}`),
      device,
    }));
    if (!root || !large || !unread) throw new Error('three volumes were made');
    const image = { ...aPolicy().image, excludeDevices: ['/dev/sdf', '/dev/sdg'] };
    const volumes = read([{ id: large.id, ...HERE, size: 500 }]);
    const instances = read([anInstance({ volumes: [root, large, unread] })]);
    expect(about(plan({ instances, volumes }, { policy: aPolicy({ image }) })).reason.text).toBe(
      'slot 2026.11.23-0200 is due and has no image yet; without /dev/sdf (500 GiB), /dev/sdg',
    );
  });

  describe('where it leaves out what the newest image has', () => {
    const scratch = { id: volumeId('vol-00000001'), device: '/dev/sdf' };
    const [root] = anInstance().volumes;
    if (!root) throw new Error('an instance has a root');
    const device = { device: '/dev/sdf', snapshot: snap(77), size: 500, encrypted: true };
    const withIt = (image: Image): Image => ({ ...image, devices: [...image.devices, device] });
    const warningsOf = (images: readonly Image[], excludedVolumes = new Set([scratch.id])) =>
      plan(
        {
          instances: read([anInstance({ volumes: [root, scratch] })]),
          images: read(images),
          excludedVolumes: read(excludedVolumes),
        },
        { policy: aPolicy({ image: { ...aPolicy().image, excludeVolumes: { Purpose: ['scratch'] } } }) },
      ).warnings;

    it('is warned of it, with the image that has it', () => {
      expect(warningsOf([withIt(imageOfDay(1)), withIt(imageOfDay(2))])).toEqual([
        `the next image of ${AN_INSTANCE_ID} leaves out /dev/sdf, which ${ami(2)} (2026.11.22-0200) has: see that image.excludeDevices and image.excludeVolumes of policy nightly, and the tags of the volume, are meant so`,
      ]);
    });

    it.each<[string, readonly Image[]]>([
      ['the newest image lacks it already', [imageOfDay(1), withIt(imageOfDay(2))]],
      ['there is no image yet', []],
      ['there is one of the slot already', [withIt(imageOfDay(0)), withIt(imageOfDay(1))]],
      ['only an image that failed has it', [withIt(imageOfDay(1, {}, { state: 'failed' }))]],
      ['only an image whose seal is broken has it', [withIt(imageOfDay(1, {}, { seal: 'broken' }))]],
      ['only an image of another instance has it', [withIt(imageOfDay(1, { lineage: 'Role=web' }))]],
    ])('is not warned where %s', (_, images) => {
      expect(warningsOf(images)).toEqual([]);
    });

    it('is not warned of what stays in it', () => {
      expect(warningsOf([withIt(imageOfDay(1))], new Set([volumeId('vol-00000009')]))).toEqual([
        expect.stringContaining('by their tags (Purpose), and no volume'),
      ]);
    });
  });

  describe('where what is to be left out is nowhere', () => {
    const [root, scratch] = ['/dev/xvda', '/dev/sdf'].map((device, index) => ({
      id: volumeId(`vol-0000000${index}`),
      device,
    }));
    if (!root || !scratch) throw new Error('two volumes were made');
    const warningsOf = (image: Partial<Policy['image']>, tagged = new Set([root.id]), volumes = [root, scratch]) =>
      plan(
        { instances: read([anInstance({ volumes })]), excludedVolumes: read(tagged) },
        { policy: aPolicy({ image: { ...aPolicy().image, ...image } }) },
      ).warnings;

    it('is warned of a device, with those that are there', () => {
      expect(warningsOf({ excludeDevices: ['/dev/nvme1n1', '/dev/sdf'] })).toEqual([
        "policy nightly leaves out /dev/nvme1n1, which no instance that it selects in eu-central-1 has beside its root: beside their roots they have /dev/sdf; write the name that EC2 attached the volume under, not the system's",
      ]);
      expect(warningsOf({ excludeDevices: ['/dev/xvda'] }, undefined, [root])).toEqual([
        expect.stringContaining('they have no volume beside the root'),
      ]);
    });

    it('is warned of tags that no volume but a root has', () => {
      const excludeVolumes = { Purpose: ['scrath'] };
      expect(warningsOf({ excludeVolumes })).toEqual([
        expect.stringContaining('by their tags (Purpose), and no volume'),
      ]);
      expect(warningsOf({ excludeVolumes }, new Set([scratch.id]))).toEqual([]);
    });

    it('is not warned where the volumes were not read, or single instances are asked for', () => {
      const policy = aPolicy({ image: { ...aPolicy().image, excludeVolumes: { Purpose: ['scrath'] } } });
      expect(plan({ excludedVolumes: cutShort(new Set<never>()) }, { policy }).warnings).toEqual([]);
      expect(plan({}, { policy, instances: [AN_INSTANCE_ID] }).warnings).toEqual([]);
    });
  });

  it('stops the instance only where the policy says always', () => {
    const image = { ...aPolicy().image, reboot: 'always' } as const;
    expect(about(plan({}, { policy: aPolicy({ image }) }))).toMatchObject({ change: { reboot: true } });
    expect(about(plan({}))).toMatchObject({ change: { reboot: false } });
  });

  it('P14: carries the rules and the mode that hold should the policy go', () => {
    const policy = aPolicy({ retention: { keepDaily: 7 } });
    expect(about(plan({}, { policy }))).toMatchObject({
      change: {
        stamp: { keep: { rules: { keepDaily: 7 }, timeZone: 'UTC' }, retire: RETIRE_RULES },
        tags: {
          'amikeep:keep': 'daily=7 zone=UTC',
          'amikeep:retire-rules': 'apply keep=1 deprecate=0d disable=0d end=never',
          Version: '2026.11.23-0200',
        },
      },
    });
  });
});

describe('P6: the hold of an instance', () => {
  const held = (reason: string) => read([anInstance({ tags: { [HOLD]: reason } })]);
  const holdsOn = (image: Image, reason = 'court order') =>
    plan({ images: read([image]), held: held(reason) }).decisions.filter(({ subject }) => subject.kind === 'image');
  const image = imageOfDay(1);

  it.each(['court order', ''])('is stamped on its images before the instance may be gone: %j', (text) => {
    expect(holdsOn(image, text)).toMatchObject([
      { action: 'hold', change: { kind: 'hold', image: image.id, snapshots: [snap(2)], text } },
    ]);
  });

  it.each<[string, Image]>([
    ['that is on hold already', tagged(image, { [HOLD]: 'audit' })],
    ['of another instance', { ...image, sourceInstance: instanceNumber(7) }],
    ['of another deployment', tagged(image, { 'amikeep:deployment': 'test' })],
  ])('is not stamped on an image %s', (_, other) => {
    expect(holdsOn(other)).toEqual([]);
  });

  it('is refused where people’s tags leave no room for it', () => {
    const people = Array.from({ length: 50 - Object.keys(image.tags).length }, (_, index) => [`Team${index}`, 'x']);
    expect(holdsOn(tagged(image, Object.fromEntries(people)))).toMatchObject([
      { action: 'refuse', reason: { code: 'too-many-tags' } },
    ]);
  });
});

describe('a policy that selects nothing', () => {
  it('says what each condition took away, and who came near', () => {
    const { warnings } = plan({ instances: read([anInstance({ tags: { backup: 'nightly' } })]) });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(
      /selects nothing in eu-central-1: of 1 instance tag Backup is 'nightly' removed 1, 0 left/,
    );
    expect(warnings[1]).toContain('has the tag backup, the policy wants Backup: case counts');
  });

  it('draws no conclusion from instances that could not be read', () => {
    const { warnings, problems } = plan({ instances: cutShort([], 'instances') });
    expect(warnings).toEqual([]);
    expect(problems).toEqual(['instances in eu-central-1: UnauthorizedOperation']);
  });
});

it('a schedule that daylight saving will skip is told of beforehand', () => {
  expect(plan({}, { skippedLocalTimes: ['2027-03-28T02:30'] }).warnings).toEqual([
    'policy nightly has no slot at 2027-03-28T02:30: the clocks of UTC skip that time',
  ]);
});

it('a policy that is disabled is told of, and its schedule is not', () => {
  const { warnings, decisions } = plan(
    {},
    { policy: aPolicy({ enabled: false }), skippedLocalTimes: ['2027-03-28T02:30'], nextSlot: undefined },
  );
  expect(warnings).toEqual([
    expect.stringContaining('policy nightly is disabled (enabled: false): only a run that names'),
  ]);
  expect(decisions).toMatchObject([{ action: 'create' }]);
});

it('a schedule that never fires again is told of, since the backup ends with it', () => {
  expect(plan({}, { nextSlot: undefined }).warnings).toEqual([
    'policy nightly has no slot after this one: cron(0 2 * * ? *) never fires again',
  ]);
});

it('who asks for instances by id is told of each of them, and not of the policy', () => {
  const asked = plan({ instances: read([]), missing: [AN_INSTANCE_ID] }, { instances: [AN_INSTANCE_ID] });
  expect(asked.warnings).toEqual([]);
  expect(asked.decisions).toMatchObject([{ action: 'refuse', reason: { code: 'no-such-instance' } }]);
});

describe('the slot before', () => {
  const missed = (images: readonly Image[], more: Partial<SnapshotInventory> = {}) =>
    plan(
      { images: read(images), instances: read([anInstance()]), ...more },
      { previousSlot: slotOfDay(1) },
    ).decisions.filter(({ reason }) => reason.code === 'slot-missed');

  it('is told to have been missed where the lineage has older images and none of it', () => {
    expect(missed([imageOfDay(2), imageOfDay(3)])).toMatchObject([
      {
        action: 'refuse',
        version: '2026.11.22-0200',
        reason: { text: 'slot 2026.11.22-0200 went by without an image of it' },
      },
    ]);
  });

  it.each([
    ['has its image', [imageOfDay(1), imageOfDay(2)]],
    ['has its image still in the making', [imageOfDay(1, {}, { state: 'pending' }), imageOfDay(2)]],
    ['is older than the lineage', []],
    ['was made up for by a person', [imageOfDay(1, { slot: slotOfDay(1) + 60 * 60_000 }), imageOfDay(2)]],
  ])('was not missed where it %s', (_, images) => {
    expect(missed(images)).toEqual([]);
  });

  it('was missed too where all attempts at it failed', () => {
    expect(missed([imageOfDay(1, {}, { state: 'failed' }), imageOfDay(2)])).toHaveLength(1);
  });

  it('is no matter where not all images could be read', () => {
    expect(missed([], { images: cutShort([imageOfDay(2)]) })).toEqual([]);
  });
});
