import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeKey, region } from '../../lib/model/ids.ts';
import type { Image, Instance } from '../../lib/model/resources.ts';
import { DAY, HOUR } from '../../lib/model/time.ts';
import { planCopies } from '../../lib/planning/copy/copy.ts';
import { planSnapshots } from '../../lib/planning/create/snapshot.ts';
import { type Decision, isChange } from '../../lib/planning/decision.ts';
import { planRetirement } from '../../lib/planning/retire/retire.ts';
import { HOLD } from '../../lib/tagging/tag-keys.ts';
import { anImageOf, anInstance, aPolicy, aPolicyFile, aStamp, DR, HERE } from '../builders.ts';
import {
  AT_DR,
  ami,
  copyInventory,
  cutShort,
  destination,
  instanceNumber,
  marked,
  NOW,
  read,
  retireInventory,
  slotOfDay,
  snapshotInventory,
  tagged,
} from './fleet.ts';

const elsewhere = region('us-east-1');
const file = aPolicyFile({
  policies: [
    aPolicy({
      retention: { keepLast: 2, keepWeekly: 2 },
      copies: [DR.region, elsewhere].map((to) => ({ region: to, encrypt: 'always', retention: { keepDaily: 3 } })),
    }),
    aPolicy({ name: 'weekly' }),
  ],
});

/** An image of a small, wild region: of any state, held or marked or not ours, several of one slot included. */
const anyImage = (home: typeof HERE) =>
  fc
    .record({
      instance: fc.integer({ min: 1, max: 3 }),
      day: fc.nat(20),
      attempt: fc.integer({ min: 1, max: 3 }),
      policy: fc.constantFrom('nightly', 'nightly', 'weekly', 'gone'),
      state: fc.constantFrom('available', 'available', 'available', 'pending', 'failed', 'disabled', 'other'),
      markedFor: fc.option(fc.constantFrom(1, 23, 25, 1000), { nil: undefined }),
      held: fc.nat(9).map((chance) => chance === 0),
      foreign: fc.nat(9).map((chance) => chance === 0),
    })
    .map(({ instance: number, day, attempt, policy, state, markedFor, held, foreign }) => {
      const instance = instanceNumber(number);
      const source = { ...HERE, instance };
      const stamp = aStamp({ lineage: instance, source, home, slot: slotOfDay(day), attempt, policy });
      const plain = anImageOf(stamp, { state, ...(foreign && { name: 'my copy' }) });
      const image = held ? tagged(plain, { [HOLD]: 'audit' }) : plain;
      return markedFor === undefined ? image : marked(image, NOW - markedFor * HOUR);
    });

const anyImages = (home: typeof HERE, firstId: number): fc.Arbitrary<Image[]> =>
  fc
    .array(anyImage(home), { maxLength: 30 })
    .map((images) => images.map((image, index) => ({ ...image, id: ami(firstId + index) })));

const anyInventory = fc
  .record({
    images: anyImages(HERE, 1),
    copies: anyImages(DR, 1000),
    whole: fc.record({ images: fc.boolean(), uses: fc.boolean(), copies: fc.boolean() }),
    used: fc.nat(40),
  })
  .map(({ images, copies, whole, used }) =>
    retireInventory(images, {
      images: whole.images ? read(images) : cutShort(images),
      copies: new Map([
        [AT_DR, whole.copies ? read(copies) : cutShort(copies)],
        [placeKey({ ...DR, region: elsewhere }), read<Image[]>([])],
      ]),
      uses: (whole.uses ? read : cutShort)(new Map([[ami(used), [{ kind: 'instance', id: 'i-1' } as const]]])),
    }),
  );

const retired = (decisions: readonly Decision[]) =>
  decisions.flatMap((decision) => (isChange(decision) && decision.action !== 'unmark' ? [decision.subject.id] : []));

describe('of whatever is in a region', () => {
  it('each image gets exactly one decision on its retirement', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const { decisions } = planRetirement(file, inventory, NOW);
        expect(decisions.map(({ subject }) => subject.id).sort()).toEqual(
          inventory.images.value.map(({ id }) => id).sort(),
        );
      }),
    );
  });

  it('each image gets exactly one decision for each region that its policy copies to', () => {
    fc.assert(
      fc.property(anyImages(HERE, 1), anyImages(DR, 1000), (sources, copies) => {
        const destinations = new Map([
          [AT_DR, destination(copies)],
          [placeKey({ ...DR, region: elsewhere }), destination([])],
        ]);
        const inventory = copyInventory(sources, [], { destinations });
        const { decisions } = planCopies(
          { deployment: 'prod', policies: file.policies, maxInFlight: 4, maxStarted: 4 },
          inventory,
          NOW,
        );
        const expected = sources.flatMap(({ id, name }) =>
          name.startsWith('prod/nightly/') ? [`${id} ${DR.region}`, `${id} ${elsewhere}`] : [`${id} nowhere`],
        );
        expect(decisions.map(({ subject, copyRegion = 'nowhere' }) => `${subject.id} ${copyRegion}`).sort()).toEqual(
          expected.sort(),
        );
      }),
    );
  });

  it('each instance gets exactly one decision on its image', () => {
    const anyInstance = fc
      .record({ state: fc.constantFrom('running', 'stopped', 'terminated'), tag: fc.constantFrom('nightly', 'weekly') })
      .map(({ state, tag }): Instance => anInstance({ state, tags: { Backup: tag, Role: 'web' } }));
    fc.assert(
      fc.property(fc.array(anyInstance, { maxLength: 10 }), anyImages(HERE, 1), (some, images) => {
        const instances = some.map((instance, index) => ({ ...instance, id: instanceNumber(index + 1) }));
        const { decisions } = planSnapshots(
          {
            deployment: 'prod',
            policy: aPolicy({ lineageTag: 'Role' }),
            slot: slotOfDay(0),
            previousSlot: undefined,
            nextSlot: undefined,
            skippedLocalTimes: [],
            keyAccounts: [],
          },
          snapshotInventory({ instances: read(instances), images: read(images) }),
          NOW,
        );
        expect(decisions.map(({ subject }) => subject.id)).toEqual(instances.map(({ id }) => id));
      }),
    );
  });
});

describe('whatever is in a region', () => {
  it('P1, P3, P4, P6: nothing is retired that is not ours, in use, on hold, or judged on partial evidence', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const going = new Set(retired(planRetirement(file, inventory, NOW).decisions));
        if (!inventory.images.complete || !inventory.uses.complete) expect(going.size).toBe(0);
        for (const { id, name, tags } of inventory.images.value) {
          if (name === 'my copy' || HOLD in tags || inventory.uses.value.has(id)) expect(going).not.toContain(id);
        }
      }),
    );
  });

  it('P2: each lineage keeps its newest available image', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const going = new Set<string>(retired(planRetirement(file, inventory, NOW).decisions));
        const ours = inventory.images.value.filter(({ name, state }) => name !== 'my copy' && state === 'available');
        const lineages = Map.groupBy(ours, ({ tags }) => `${tags['amikeep:policy']} ${tags['amikeep:lineage']}`);
        for (const images of lineages.values()) {
          const newest = images
            .map(({ tags }) => tags['amikeep:slot'] ?? '')
            .sort()
            .at(-1);
          const ids = images.filter(({ tags }) => tags['amikeep:slot'] === newest).map(({ id }) => id);
          expect(ids.every((id) => going.has(id))).toBe(false);
        }
      }),
    );
  });

  it('P8: nothing goes within 24 hours of its mark, or without one', () => {
    fc.assert(
      fc.property(anyInventory, (inventory) => {
        const marks = new Map(inventory.images.value.map(({ id, tags }) => [String(id), tags['amikeep:retire'] ?? '']));
        for (const decision of planRetirement(file, inventory, NOW).decisions) {
          if (!isChange(decision) || (decision.action !== 'deregister' && decision.action !== 'delete-snapshot'))
            continue;
          const since = Date.parse(marks.get(decision.subject.id)?.slice(0, 20) ?? '');
          expect(NOW - since).toBeGreaterThanOrEqual(DAY);
        }
      }),
    );
  });

  it('P11: time alone turns no decision to keep into another', () => {
    fc.assert(
      fc.property(anyInventory, fc.integer({ min: 1, max: 4000 }), (inventory, days) => {
        const keptAt = (now: number) =>
          planRetirement(file, inventory, now)
            .decisions.filter(({ action, reason }) => action === 'keep' && reason.code !== 'failed')
            .map(({ subject }) => subject.id);
        expect(keptAt(NOW + days * DAY)).toEqual(keptAt(NOW));
      }),
    );
  });
});
