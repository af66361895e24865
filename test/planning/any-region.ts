import fc from 'fast-check';
import type { ImageId } from '../../lib/model/ids.ts';
import type { Image, ImageState } from '../../lib/model/resources.ts';
import { HOUR } from '../../lib/model/time.ts';
import type { ImageEvidence, UsageReport } from '../../lib/planning/evidence.ts';
import type { RetireInventory } from '../../lib/planning/retire/inventory.ts';
import { HOLD } from '../../lib/tagging/tag-keys.ts';
import { anImageOf, anInstance, aStamp, HERE } from '../builders.ts';
import {
  ami,
  cutShort,
  deprecated,
  disabled,
  ended,
  instanceNumber,
  marked,
  NOW,
  read,
  retireInventory,
  slotOfDay,
  snap,
  tagged,
} from './fleet.ts';

/** A small, wild region: images of any state and in any stage, held, ended, shared, used or not, and reads that fail. */

const seldom = (oneIn: number) => fc.nat(oneIn - 1).map((chance) => chance === 0);
const sometimes = <T>(oneIn: number, value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.tuple(seldom(oneIn), value).map(([is, made]) => (is ? made : undefined));
const hoursAgo = fc.constantFrom(1, 23, 24, 25, 60, 200, 1_000);
const anyShares = fc.constantFrom<string[]>([], [], ['111122223333'], ['111122223333', '444455556666']);
const anyState: fc.Arbitrary<ImageState> = fc.constantFrom(
  ...(['available', 'available', 'available', 'pending', 'failed', 'disabled', 'other'] as const),
);

const anyImage: fc.Arbitrary<Image> = fc
  .record({
    instance: fc.integer({ min: 1, max: 2 }),
    day: fc.nat(20),
    attempt: fc.integer({ min: 1, max: 2 }),
    policy: fc.constantFrom('nightly', 'nightly', 'nightly', 'weekly', 'gone'),
    state: anyState,
    mark: sometimes(2, hoursAgo),
    /** Of after its mark, of before it, and of days to come. */
    deprecation: sometimes(2, fc.oneof(hoursAgo, fc.constant(-100))),
    disabling: sometimes(4, hoursAgo),
    /** That the call came to be which says since when, and not the one that disables. */
    crashed: seldom(5),
    seal: sometimes(10, fc.constantFrom('missing' as const, 'broken' as const, 'unread' as const)),
    end: sometimes(12, fc.constantFrom('hand' as const, 'policy' as const)),
    held: seldom(10),
    foreign: seldom(10),
    protection: seldom(10),
    isPublic: seldom(10),
  })
  .map((wild) => {
    const instance = instanceNumber(wild.instance);
    const source = { ...HERE, instance };
    const stamp = aStamp({
      lineage: instance,
      source,
      slot: slotOfDay(wild.day),
      keep: { rules: { keepLast: 1 }, timeZone: 'UTC' },
      attempt: wild.attempt,
      policy: wild.policy,
    });
    let image = anImageOf(stamp, {
      state: wild.state,
      public: wild.isPublic,
      seal: wild.seal ?? 'valid',
      ...(wild.foreign && { name: 'my copy' }),
      ...(wild.protection && { protection: 'enabled-without-cooldown' }),
    });
    if (wild.mark !== undefined) image = marked(image, NOW - wild.mark * HOUR);
    if (wild.deprecation !== undefined) image = deprecated(image, NOW - wild.deprecation * HOUR);
    if (wild.disabling !== undefined) {
      const after = NOW - wild.disabling * HOUR;
      image = { ...disabled(image, after), ...(wild.crashed && { state: wild.state }) };
    }
    if (wild.end !== undefined) image = ended(image, wild.end);
    return wild.held ? tagged(image, { [HOLD]: 'audit' }) : image;
  });

const anyReport: fc.Arbitrary<UsageReport> = fc.oneof(
  fc.constant({ kind: 'none' } as const),
  fc.constant({ kind: 'pending' } as const),
  fc.record({
    kind: fc.constant('ready' as const),
    at: fc.constantFrom(1, 200).map((hours) => NOW - hours * HOUR),
    accounts: fc.constantFrom<string[]>([], [], ['111122223333']),
  }),
);
const anyEvidence: fc.Arbitrary<ImageEvidence | undefined> = fc
  .tuple(
    seldom(10),
    fc.record({
      references: seldom(8).map((used) => (used ? [{ kind: 'SSM parameter', id: '/golden' } as const] : [])),
      sharedWith: anyShares,
      report: anyReport,
    }),
  )
  .map(([unseen, evidence]) => (unseen ? undefined : evidence));

const anyInstance = fc
  .record({ number: fc.constantFrom(1, 2, 9), terminated: seldom(4), held: seldom(12) })
  .map(({ number, terminated, held }) =>
    anInstance({
      id: instanceNumber(number),
      state: terminated ? 'terminated' : 'running',
      tags: held ? { [HOLD]: 'instance' } : {},
    }),
  );

export const anyRegion: fc.Arbitrary<RetireInventory> = fc
  .record({
    images: fc.array(anyImage, { maxLength: 24, size: 'max' }),
    instances: fc.uniqueArray(anyInstance, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
    used: fc.nat(30),
    evidence: fc.array(anyEvidence, { minLength: 24, maxLength: 24 }),
    locked: fc.nat(30),
    failing: fc.tuple(seldom(4), fc.constantFrom('images', 'uses', 'evidence', 'instances', 'locks')),
  })
  .map(({ images, instances, used, evidence, locked, failing }) => {
    const all = images.map(
      (image, index): Image => ({
        ...image,
        id: ami(1 + index),
        devices: [{ device: '/dev/xvda', snapshot: snap(1 + index), size: 8, encrypted: true }],
      }),
    );
    const byId = new Map<ImageId, ImageEvidence>(
      evidence.flatMap((one, index) => (one ? [[ami(1 + index), one] as const] : [])),
    );
    const [fails, which] = failing;
    const reading = <T>(source: typeof which, value: T) =>
      fails && which === source ? cutShort(value, source) : read(value);
    return retireInventory(all, {
      images: reading('images', all),
      instances: new Map([[HERE.region, reading('instances', instances)]]),
      uses: reading('uses', new Map([[ami(used), [{ kind: 'instance', id: 'i-1' } as const]]])),
      evidence: reading('evidence', byId),
      snapshotEvidence: reading('locks', {
        get: (id) => (id === snap(locked) ? { lock: 'compliance', sharedWith: [] } : { sharedWith: [] }),
      }),
    });
  });
