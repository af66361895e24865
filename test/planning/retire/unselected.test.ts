import { describe, expect, it } from 'vitest';
import { accountId } from '../../../lib/model/ids.ts';
import type { Image, Instance } from '../../../lib/model/resources.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import type { Policy, PolicyFile, Selector } from '../../../lib/policy/policy.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, aStamp, DR, HERE } from '../../builders.ts';
import {
  ami,
  copyOfDay,
  cutShort,
  imageOfDay,
  instanceNumber,
  instancesHere,
  NOW,
  read,
  retireInventory,
  tagged,
} from '../fleet.ts';

const { select } = aPolicy();
const selecting = (overrides: Partial<Selector>) => ({ select: { ...select, ...overrides } });
const UNTAGGED = anInstance({ tags: { Name: 'web-1' } });
const OTHER = anInstance({ id: instanceNumber(7) });

function planOf(instances: readonly Instance[], images: readonly Image[], file: Partial<PolicyFile> = {}) {
  return planRetirement(aPolicyFile(file), retireInventory(images, instancesHere(...instances)), NOW);
}

/** The ids by policy. */
function unselected(...args: Parameters<typeof planOf>) {
  const { unselected: by = [] } = planOf(...args);
  return Object.fromEntries(by.map(({ policy, instances }) => [policy, instances.map(({ instance }) => instance)]));
}

describe('an instance that no policy selects any more', () => {
  it('is told by the policy that made its newest image, with what it lacks and what to do', () => {
    const plan = planOf([UNTAGGED, OTHER], [imageOfDay(0), imageOfDay(1)]);
    expect(plan.unselected).toEqual([
      {
        policy: 'nightly',
        instances: [{ instance: AN_INSTANCE_ID, why: "has no tag Backup, the policy wants 'nightly'" }],
      },
    ]);
    expect(plan.warnings).toEqual([
      `no images are made any more of ${AN_INSTANCE_ID} in eu-central-1, of which policy nightly has some: no policy selects it (has no tag Backup, the policy wants 'nightly'); tag it as it was, or write it into select.excludeInstances of nightly if that is meant`,
    ]);
  });

  it('is told in the order of ids, whatever lineage its images have', () => {
    const second = { ...OTHER, tags: {} };
    const images = [
      imageOfDay(0, { lineage: 'Role=web', source: { ...HERE, instance: second.id } }),
      imageOfDay(1, {}, { id: ami(9) }),
    ];
    expect(unselected([UNTAGGED, second], images)).toEqual({ nightly: [second.id, AN_INSTANCE_ID].sort() });
  });

  it.each<[string, Partial<Instance>]>([
    ['has a tag that the policy excludes', { tags: { Backup: 'nightly', Scratch: 'yes' } }],
    ['has another value of the tag', { tags: { Backup: 'never' } }],
    ['is stopped as well', { tags: {}, state: 'stopped' }],
  ])('is told where it %s', (_, overrides) => {
    const policies = [aPolicy(selecting({ exclude: { Scratch: ['*'] } }))];
    expect(unselected([anInstance(overrides)], [imageOfDay(0)], { policies })).toEqual({ nightly: [AN_INSTANCE_ID] });
  });

  it.each<[string, Instance]>([
    ['is selected', anInstance()],
    ['is selected but for its state', anInstance({ state: 'stopping' })],
    ['is terminated', anInstance({ tags: {}, state: 'terminated' })],
    ['is on its way out', anInstance({ tags: {}, state: 'shutting-down' })],
    ['never had an image', anInstance({ id: instanceNumber(8), tags: {} })],
  ])('is nothing to tell of one that %s', (_, instance) => {
    expect(unselected([instance, OTHER], [imageOfDay(0)])).toEqual({ nightly: [] });
  });

  it.each<[string, Partial<Selector>]>([
    ['excludes it by its id', { excludeInstances: [AN_INSTANCE_ID] }],
    ['names others by their ids', { instances: [OTHER.id] }],
  ])('is meant where the policy file %s', (_, overrides) => {
    expect(unselected([UNTAGGED], [imageOfDay(0)], { policies: [aPolicy(selecting(overrides))] })).toEqual({
      nightly: [],
    });
  });

  it('is not meant by anything that a tag says', () => {
    const policies = [aPolicy(selecting({ exclude: { Backup: ['no'] } }))];
    const instance = anInstance({ tags: { Backup: 'no', 'amikeep:hold': 'x', excludeInstances: AN_INSTANCE_ID } });
    expect(unselected([instance], [imageOfDay(0)], { policies })).toEqual({ nightly: [AN_INSTANCE_ID] });
  });

  describe('where there are several policies', () => {
    const weekly = (overrides: Partial<Policy> = {}) =>
      aPolicy({ name: 'weekly', ...selecting({ tags: { Backup: ['weekly'] } }), ...overrides });
    const moved = anInstance({ tags: { Backup: 'weekly' } });

    it('is selected by another one', () => {
      expect(unselected([moved], [imageOfDay(0)], { policies: [aPolicy(), weekly()] })).toEqual({
        nightly: [],
        weekly: [],
      });
    });

    it.each<[string, Partial<Policy>]>([
      ['is disabled', { enabled: false }],
      ['makes no images here', { regions: [] }],
      ['makes no images in this account', { accounts: [accountId('444455556666')] }],
    ])('is not selected by one that %s', (_, overrides) => {
      expect(unselected([moved], [imageOfDay(0)], { policies: [aPolicy(), weekly(overrides)] })).toEqual({
        nightly: [AN_INSTANCE_ID],
      });
    });

    it('is told once, of the policy of its newest image', () => {
      const images = [imageOfDay(0, { policy: 'weekly' }), imageOfDay(1)];
      expect(unselected([UNTAGGED], images, { policies: [aPolicy(), weekly()] })).toEqual({
        nightly: [],
        weekly: [AN_INSTANCE_ID],
      });
    });

    it('is left to other words where the policy of its newest image is gone or disabled', () => {
      const images = [imageOfDay(0, { policy: 'weekly' }), imageOfDay(1)];
      expect(unselected([UNTAGGED], images)).toEqual({ nightly: [] });
      expect(unselected([UNTAGGED], images, { policies: [aPolicy(), weekly({ enabled: false })] })).toEqual({
        nightly: [],
      });
    });
  });

  it('has its place in a lineage taken by the one that the newest image is of', () => {
    const images = [
      imageOfDay(0, { lineage: 'Role=web', source: { ...HERE, instance: OTHER.id } }),
      imageOfDay(1, { lineage: 'Role=web' }),
    ];
    expect(unselected([UNTAGGED, OTHER], images)).toEqual({ nightly: [] });
  });

  it.each<[string, Image]>([
    ['is a copy of what is made elsewhere', copyOfDay(0, { home: HERE, source: { ...DR, instance: AN_INSTANCE_ID } })],
    ['was adopted', tagged(imageOfDay(0), { 'amikeep:adopted': ami(1) })],
    ['failed', imageOfDay(0, {}, { state: 'failed' })],
    ['has a broken seal', imageOfDay(0, {}, { seal: 'broken' })],
  ])('is not told by an image that %s', (_, image) => {
    expect(unselected([UNTAGGED], [image])).toEqual({ nightly: [] });
  });

  it.each([
    ['images', { images: cutShort([imageOfDay(0)]) }],
    ['instances', { instances: new Map([[HERE.region, cutShort([UNTAGGED])]]) }],
    ['seals', { images: read([imageOfDay(0), imageOfDay(1, {}, { seal: 'unread' as const })]) }],
  ])('is not told where %s were not read whole', (_, overrides) => {
    const inventory = retireInventory([imageOfDay(0)], { ...instancesHere(UNTAGGED), ...overrides });
    expect(planRetirement(aPolicyFile(), inventory, NOW)).not.toHaveProperty('unselected');
  });

  it('is not told of a region that shows no instance at all', () => {
    expect(planOf([], [imageOfDay(0, aStamp())])).not.toHaveProperty('unselected');
  });

  it('is nobody in a vault, which makes no images', () => {
    const file = aPolicyFile({ accounts: [{ id: HERE.account, rolePrefix: 'amikeep', vault: true }] });
    const inventory = retireInventory([imageOfDay(0)], instancesHere(UNTAGGED));
    expect(planRetirement(file, inventory, NOW).unselected).toEqual([]);
  });
});
