import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import { DAY, HOUR } from '../../../lib/model/time.ts';
import { planRetirement } from '../../../lib/planning/retire/retire.ts';
import type { CopySettings } from '../../../lib/policy/policy.ts';
import { AN_INSTANCE_ID, anInstance, aPolicy, aPolicyFile, DR, HERE } from '../../builders.ts';
import {
  about,
  ami,
  copyOfDay,
  imageOfDay,
  instanceNumber,
  instancesHere,
  marked,
  NOW,
  read,
  retireInventory,
  slotOfDay,
} from '../fleet.ts';

const FAILED = ami(99);
const failed = (daysAgo: number, attempt = 1): Image =>
  imageOfDay(daysAgo, { attempt }, { id: FAILED, state: 'failed', stateReason: 'no key' });
const decided = (images: readonly Image[], file = aPolicyFile(), now = NOW) =>
  about(planRetirement(file, retireInventory(images), now), FAILED);
const NEXT_SLOT = slotOfDay(-1);

describe('a failed attempt', () => {
  it('stays while its slot may be tried again: the next attempt’s number is counted from it', () => {
    for (const now of [NOW, NEXT_SLOT - 1]) {
      expect(decided([failed(0)], aPolicyFile(), now)).toMatchObject({
        action: 'keep',
        reason: { code: 'failed', text: 'it failed (no key) and holds no version' },
      });
    }
  });

  it('goes once its slot’s time is past', () => {
    expect(decided([failed(0)], aPolicyFile(), NEXT_SLOT)).toMatchObject({
      action: 'mark',
      reason: { code: 'failed', text: 'it failed, and the time of its slot is past' },
    });
    expect(decided([failed(0)], aPolicyFile(), NEXT_SLOT)).not.toHaveProperty('change.ends');
  });

  it('stays for ever under a schedule that has no next slot, and a week where there is no policy', () => {
    const once = { expressions: ['cron(0 2 23 11 ? 2026)'], timeZone: 'UTC' };
    const file = aPolicyFile({ policies: [aPolicy({ schedule: once })] });
    expect(decided([failed(0)], file, NOW + 4_000 * DAY).action).toBe('keep');
    const noPolicy = aPolicyFile({ policies: [] });
    expect(decided([failed(7)], noPolicy, slotOfDay(0) - 1).action).toBe('keep');
    expect(decided([failed(7)], noPolicy, slotOfDay(0)).action).toBe('mark');
  });

  it('goes at once where a later attempt has succeeded', () => {
    expect(decided([imageOfDay(0, { attempt: 2 }), failed(0)])).toMatchObject({
      action: 'mark',
      reason: { code: 'failed', text: `it failed, and attempt 2 (${ami(1)}) has succeeded` },
    });
  });

  const source = { ...HERE, instance: instanceNumber(2) };
  it.each<[string, Image, Image]>([
    ['is still pending', imageOfDay(0, { attempt: 2 }, { state: 'pending' }), failed(0)],
    ['failed as well', imageOfDay(0, { attempt: 2 }, { state: 'failed' }), failed(0)],
    ['is of another slot', imageOfDay(1, { attempt: 2 }), failed(0)],
    [
      'is of another instance of the lineage',
      imageOfDay(0, { attempt: 2, source, lineage: AN_INSTANCE_ID }, { sourceInstance: source.instance }),
      failed(0),
    ],
    ['came before it', imageOfDay(0, { attempt: 1 }), failed(0, 2)],
    ['is one of the same number', imageOfDay(0, { attempt: 2 }), failed(0, 2)],
  ])('stays where the other attempt %s', (_, other, image) => {
    expect(decided([other, image]).action).toBe('keep');
  });

  it('P8: rests with its mark, skips the stages that serve nobody, and goes', () => {
    const retire = { ...aPolicy().retire, deprecateDays: 7, disableDays: 7 };
    const file = aPolicyFile({ policies: [aPolicy({ retire })] });
    const images = (hours: number) => [imageOfDay(0, { attempt: 2 }), marked(failed(0), NOW - hours * HOUR)];
    expect(decided(images(23), file).action).toBe('wait');
    expect(decided(images(24), file)).toMatchObject({ action: 'deregister', reason: { code: 'failed' } });
  });

  it('loses its mark where it has to stay after all', () => {
    expect(decided([marked(failed(0), NOW - 30 * HOUR)])).toMatchObject({
      action: 'unmark',
      reason: { text: 'it failed (no key) and holds no version; it is brought back' },
    });
  });
});

describe('a failed copy', () => {
  const toDr: CopySettings = { region: DR.region, encrypt: 'as-source', retention: { keepLast: 2 } };
  const file = aPolicyFile({ policies: [aPolicy({ copies: [toDr], retention: { keepLast: 9 } })] });
  const failedCopy = (daysAgo: number, attempt = 1) =>
    copyOfDay(daysAgo, { attempt }, { id: FAILED, state: 'failed', stateReason: 'no key' });
  const inDr = (images: readonly Image[], now = NOW) => {
    const instances = new Map([...instancesHere(anInstance()).instances, [DR.region, read([])] as const]);
    return about(planRetirement(file, retireInventory(images, { target: DR, instances }), now), FAILED);
  };

  it('stays after its slot as long as the version is wanted there, for so long it is tried', () => {
    expect(inDr([copyOfDay(0), failedCopy(1)])).toMatchObject({ action: 'keep', reason: { code: 'failed' } });
    expect(inDr([failedCopy(1)], NOW + 400 * DAY).action).toBe('keep');
  });

  it('goes once the rules of its region would not keep its version', () => {
    expect(inDr([copyOfDay(0), copyOfDay(1), failedCopy(2)])).toMatchObject({
      action: 'mark',
      reason: { code: 'failed', text: 'it failed, and the keep rules here would not keep its version' },
    });
  });

  it('is pushed out by nothing that may fail itself', () => {
    expect(inDr([copyOfDay(0, {}, { state: 'pending' }), copyOfDay(1), failedCopy(2)]).action).toBe('keep');
    expect(inDr([copyOfDay(0), copyOfDay(1, {}, { state: 'disabled' }), failedCopy(2)]).action).toBe('mark');
  });

  it('stays within its slot’s time whatever the rules are', () => {
    expect(inDr([copyOfDay(0), copyOfDay(1), failedCopy(2)], slotOfDay(1) - 1).action).toBe('keep');
  });

  it('goes at once where a later attempt has succeeded', () => {
    expect(inDr([copyOfDay(0, { attempt: 2 }), failedCopy(0)]).action).toBe('mark');
  });
});
