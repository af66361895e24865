import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import type { RetireRules } from '../../../lib/model/retire-rules.ts';
import { stageDate, stageOfDate } from '../../../lib/model/stage-date.ts';
import { DAY, HOUR, type Instant } from '../../../lib/model/time.ts';
import type { Change } from '../../../lib/planning/change.ts';
import { type Decision, isChange, isStage } from '../../../lib/planning/decision.ts';
import type { RetireInventory } from '../../../lib/planning/retire/inventory.ts';
import { nextStep } from '../../../lib/planning/retire/ladder.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import { markTag } from '../../../lib/tagging/mark.ts';
import { readOwnership } from '../../../lib/tagging/ownership.ts';
import { HOLD } from '../../../lib/tagging/tag-keys.ts';
import { anInstance, aPolicy, aPolicyFile, RETIRE_RULES } from '../../builders.ts';
import { anyRegion } from '../any-region.ts';
import { imageOfDay, instancesHere, NOW, retireInventory } from '../fleet.ts';

const retire = { ...aPolicy().retire, deprecateDays: 3, disableDays: 3, endAfterSourceGoneDays: 5 };
const fileOf = (mode: 'plan' | 'apply') =>
  aPolicyFile({
    policies: ['nightly', 'weekly'].map((name) =>
      aPolicy({ name, retention: { keepLast: 2 }, retire: { ...retire, mode } }),
    ),
  });
const applied = fileOf('apply');
const decisionsOn = (inventory: RetireInventory, file = applied) => planRetirement(file, inventory, NOW).decisions;
const isOfStage = (decision: Decision) => isChange(decision) && isStage(decision);
const takesAway = (decision: Decision) => decision.action.startsWith('mark') || isOfStage(decision);
const leaving = (inventory: RetireInventory, is = takesAway) =>
  new Set<string>(
    decisionsOn(inventory)
      .filter(is)
      .map(({ subject }) => subject.id),
  );
const isOurs = ({ name, seal }: Image) => name !== 'my copy' && seal === 'valid';

describe('whatever is in a region', () => {
  it('each image gets exactly one decision', () => {
    fc.assert(
      fc.property(anyRegion, (inventory) => {
        expect(
          decisionsOn(inventory)
            .map(({ subject }) => subject.id)
            .sort(),
        ).toEqual(inventory.images.value.map(({ id }) => id).sort());
      }),
    );
  });

  it('P1, P3, P6, P23: nothing that is not ours or not sealed, in use, protected or on hold gets a mark or a stage', () => {
    fc.assert(
      fc.property(anyRegion, (inventory) => {
        const going = leaving(inventory);
        const staged = leaving(inventory, isOfStage);
        const held = new Set<string | undefined>(
          [...inventory.instances.values()].flatMap(({ value }) =>
            value.filter(({ tags }) => HOLD in tags).map(({ id }) => id),
          ),
        );
        for (const image of inventory.images.value) {
          const evidence = inventory.evidence.value.get(image.id);
          const { report } = evidence ?? {};
          const unknownElsewhere =
            (evidence?.sharedWith.length ?? 0) > 0 &&
            !(report?.kind === 'ready' && report.accounts.length === 0 && NOW - report.at <= 7 * DAY);
          const protectedBy =
            !isOurs(image) ||
            image.protection !== undefined ||
            HOLD in image.tags ||
            held.has(image.tags['amikeep:source-instance']) ||
            inventory.uses.value.has(image.id);
          if (protectedBy) expect(going).not.toContain(image.id);
          // EC2 tells this of one image at a time, and a mark does not wait for it.
          if (!evidence || evidence.references.length > 0 || unknownElsewhere) expect(staged).not.toContain(image.id);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('P4: where a read that protects was cut short nothing gets a mark or a stage', () => {
    fc.assert(
      fc.property(anyRegion, (inventory) => {
        const { images, uses, evidence } = inventory;
        const readings = [images, uses, ...inventory.instances.values()];
        if (readings.some(({ complete }) => !complete)) expect(leaving(inventory)).toEqual(new Set());
        if (!evidence.complete) expect(leaving(inventory, isOfStage)).toEqual(new Set());
      }),
      { numRuns: 500 },
    );
  });

  it('P2: the newest available image of a lineage gets none unless the lineage may have ended', () => {
    fc.assert(
      fc.property(anyRegion, (inventory) => {
        const going = leaving(inventory);
        const living = new Set<string | undefined>(
          [...inventory.instances.values()].flatMap(({ value }) =>
            value.filter(({ state }) => state !== 'terminated').map(({ id }) => id),
          ),
        );
        const ours = inventory.images.value.filter((image) => isOurs(image) && image.state === 'available');
        // By a person's word those of a policy that is gone end as well, whichever of their images bears it.
        const endedWithPolicy = new Set(
          inventory.images.value
            .filter(({ tags }) => tags['amikeep:policy'] === 'gone' && tags['amikeep:ended']?.endsWith('by hand'))
            .map(({ tags }) => tags['amikeep:lineage']),
        );
        const lineages = Map.groupBy(ours, ({ tags }) => `${tags['amikeep:policy']} ${tags['amikeep:lineage']}`);
        for (const images of lineages.values()) {
          if (images.some(({ tags }) => endedWithPolicy.has(tags['amikeep:lineage']))) continue;
          if (!images.some(({ tags }) => living.has(tags['amikeep:source-instance']))) continue;
          const slots = images.map(({ tags }) => tags['amikeep:slot'] ?? '').sort();
          const newest = images.filter(({ tags }) => tags['amikeep:slot'] === slots.at(-1));
          expect(newest.every(({ id }) => going.has(id))).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('P8: no stage is taken within 24 hours of a mark, or without one', () => {
    fc.assert(
      fc.property(anyRegion, (inventory) => {
        const marks = new Map(inventory.images.value.map(({ id, tags }) => [String(id), tags['amikeep:retire'] ?? '']));
        for (const decision of decisionsOn(inventory)) {
          if (!isChange(decision) || !isStage(decision)) continue;
          expect(NOW - Date.parse(marks.get(decision.subject.id)?.slice(0, 20) ?? '')).toBeGreaterThanOrEqual(DAY);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('P9: nothing is deregistered while one of its snapshots is locked', () => {
    fc.assert(
      fc.property(anyRegion, (inventory) => {
        for (const { change } of decisionsOn(inventory).filter(isChange)) {
          if (change.kind !== 'deregister') continue;
          expect(inventory.snapshotEvidence.complete).toBe(true);
          for (const id of change.snapshots) expect(inventory.snapshotEvidence.value.get(id)?.lock).toBeUndefined();
        }
      }),
      { numRuns: 500 },
    );
  });

  it('P10: in plan mode of the policies nothing is taken away or asked for, only brought back', () => {
    const file = {
      ...fileOf('plan'),
      policies: [
        ...fileOf('plan').policies,
        { ...aPolicy({ name: 'gone' }), retire: { ...retire, mode: 'plan' as const } },
      ],
    };
    fc.assert(
      fc.property(anyRegion, (inventory) => {
        const changes = new Set(
          decisionsOn(inventory, file)
            .filter(isChange)
            .map(({ action }) => action),
        );
        expect([...changes].filter((action) => !['hold', 'unmark', 'bring-back'].includes(action))).toEqual([]);
      }),
    );
  });

  it('what is brought back loses exactly the tags that are there and tell of it, and then nothing is left to do', () => {
    const telling = /^amikeep:(?:retire|ended)$/;
    fc.assert(
      fc.property(anyRegion, (inventory) => {
        const before = decisionsOn(inventory).filter(isChange);
        const change = before.flatMap(({ change: one }) => (one.kind === 'bring-back' ? [one] : []))[0];
        const image = inventory.images.value.find(({ id }) => id === change?.image);
        if (!change || !image) return;
        for (const key of change.tagKeys) expect(Object.keys(image.tags)).toContain(key);
        const left = Object.keys(image.tags).filter((key) => telling.test(key) && !change.tagKeys.includes(key));
        // That its lineage has ended is taken back only where it has not.
        expect(left.filter((key) => key !== 'amikeep:ended')).toEqual([]);
        const isOurs = change.undeprecate && stageOfDate(image.deprecatedAt ?? 0) === 'disabled';
        expect(change.enable).toBe(isOurs && image.state === 'disabled');

        const back = broughtBack(image, change);
        const images = inventory.images.value.map((one) => (one.id === image.id ? back : one));
        const again = decisionsOn({ ...inventory, images: { ...inventory.images, value: images } });
        const decision = again.find(({ subject }) => subject.id === image.id);
        expect(decision && isChange(decision) && ['bring-back', 'unmark'].includes(decision.action)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

function broughtBack(image: Image, change: Extract<Change, { kind: 'bring-back' }>): Image {
  const tags = Object.fromEntries(Object.entries(image.tags).filter(([key]) => !change.tagKeys.includes(key)));
  const { deprecatedAt, ...rest } = image;
  return {
    ...rest,
    ...(deprecatedAt !== undefined && !change.undeprecate && { deprecatedAt }),
    state: change.enable ? 'available' : image.state,
    tags,
  };
}

/** What EC2 and the tags show once a stage is taken; where it crashed, what comes of the call before. */
function after(image: Image, change: Change, now: Instant, crashed: boolean): Image | undefined {
  switch (change.kind) {
    case 'mark':
      return { ...image, tags: { ...image.tags, ...markTag({ at: now, reason: change.text }) } };
    case 'deprecate':
      return crashed ? image : { ...image, deprecatedAt: stageDate('deprecated', now) };
    case 'disable':
      return { ...image, deprecatedAt: stageDate('disabled', now), state: crashed ? 'available' : 'disabled' };
    case 'deregister':
      return crashed ? image : undefined;
    default:
      throw new Error(`nobody decides to ${change.kind} here`);
  }
}

const days = fc.constantFrom(0, 0, 1, 2, 5, 9);
const anyStages = fc.record({ deprecateDays: days, disableDays: days });
const ORDER = ['mark', 'deprecate', 'disable', 'deregister'];

describe('an image that no rule wants', () => {
  it('P8: goes through its stages in order, each for its days, through any crash', () => {
    fc.assert(
      fc.property(
        anyStages,
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
        fc.option(fc.constantFrom(-50, 50), { nil: undefined }),
        fc.boolean(),
        ({ deprecateDays, disableDays }, sweepHours, crashes, dated, isPublic) => {
          const rules = { ...aPolicy().retire, deprecateDays, disableDays };
          const file = aPolicyFile({ policies: [aPolicy({ retention: { keepLast: 1 }, retire: rules })] });
          const instances = instancesHere(anInstance());
          const kept = imageOfDay(0);
          let image: Image | undefined = {
            ...imageOfDay(9),
            public: isPublic,
            ...(dated !== undefined && { deprecatedAt: NOW + dated * DAY }),
          };
          const taken: { kind: string; at: Instant }[] = [];
          let now = NOW;
          let crashed = 0;
          let datedAnew = 0;
          for (let sweep = 0; image && sweep < 3_000; sweep++, now += sweepHours * HOUR) {
            const { id }: Image = image;
            const plan = planRetirement(file, retireInventory([kept, image], instances), now);
            for (const { change } of plan.decisions.filter(isChange)) {
              expect('image' in change && change.image).toBe(id);
              const crashes_ = change.kind !== 'mark' && crashed < 12 && (crashes[crashed++ % crashes.length] ?? false);
              image = after(image, change, now, crashes_);
              if (!crashes_) taken.push({ kind: change.kind, at: now });
              else if (change.kind === 'disable') {
                // Its date is that of another stage by now, so that it is deprecated anew.
                datedAnew += deprecateDays * DAY;
                if (taken.at(-1)?.kind === 'deprecate') taken.pop();
              }
              if (!image) break;
            }
          }
          expect(image).toBeUndefined();
          const stages = ORDER.filter(
            (kind) =>
              !(kind === 'deprecate' && deprecateDays === 0) &&
              !(kind === 'disable' && (disableDays === 0 || isPublic)),
          );
          expect(taken.map(({ kind }) => kind)).toEqual(stages);
          const lasts = { mark: DAY, deprecate: deprecateDays * DAY, disable: disableDays * DAY };
          // What is public stays for the days of the stage that it does not go to, in the one before.
          if (isPublic) lasts[deprecateDays > 0 ? 'deprecate' : 'mark'] += lasts.disable;
          for (const [index, { kind, at }] of taken.slice(0, -1).entries()) {
            const next = taken[index + 1]?.at ?? 0;
            const due = Object.entries(lasts).find(([name]) => name === kind)?.[1] ?? 0;
            expect(next - at).toBeGreaterThanOrEqual(due);
            // A crash costs a sweep, and that of disabling the days before anew; there were twelve at most.
            expect(next - at).toBeLessThanOrEqual(due + datedAnew + 26 * sweepHours * HOUR);
            if (crashed === 0 || !crashes.includes(true))
              expect(next - at).toBeLessThanOrEqual(due + sweepHours * HOUR);
          }
        },
      ),
    );
  });

  it('waits for what comes next and then for nothing: time alone never moves it back', () => {
    const rules: fc.Arbitrary<RetireRules> = anyStages.map((stages) => ({ ...RETIRE_RULES, ...stages }));
    fc.assert(
      fc.property(
        anyRegion,
        rules,
        fc.array(fc.integer({ min: 0, max: 60 * 24 }), { minLength: 2 }),
        fc.boolean(),
        (inventory, stages, hours, isShared) => {
          for (const image of inventory.images.value) {
            const owned = readOwnership(image, 'prod');
            // A person's date that is still to come is written over before it comes.
            if (owned.kind !== 'ours' || (image.deprecatedAt ?? 0) > NOW) continue;
            const kinds = hours
              .toSorted((one, other) => one - other)
              .map((hour) => nextStep(owned, stages, isShared, NOW + hour * HOUR).kind);
            const due = kinds.filter((kind) => kind !== 'wait');
            expect(kinds.slice(kinds.length - due.length)).toEqual(due);
            expect(new Set(due).size).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});
