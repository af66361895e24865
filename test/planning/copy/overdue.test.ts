import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../lib/model/time.ts';
import type { CopyInventory } from '../../../lib/planning/copy/inventory.ts';
import { overdueCopies } from '../../../lib/planning/copy/overdue.ts';
import type { CopySettings } from '../../../lib/policy/policy.ts';
import { aPolicy, DR } from '../../builders.ts';
import {
  AT_DR,
  copyInventory,
  copyOfDay,
  cutShort,
  destination,
  ended,
  imageOfDay,
  imagesOfDays,
  NOW,
  slotOfDay,
} from '../fleet.ts';

const toDr: CopySettings = { region: DR.region, encrypt: 'as-source', retention: { keepLast: 3 } };
const policies = [aPolicy({ copies: [toDr] })];
const overdue = (inventory: CopyInventory, now = NOW) =>
  overdueCopies({ deployment: 'prod', policies }, inventory, now);
const count = (...of: Parameters<typeof overdue>) => overdue(...of)[0]?.count;

describe('copies are overdue', () => {
  it('where a later slot is due and they are missing or pending', () => {
    const sources = imagesOfDays(3);
    expect(overdue(copyInventory(sources, [copyOfDay(2)]))).toEqual([
      { policy: 'nightly', region: DR.region, count: 1 },
    ]);
    expect(count(copyInventory(sources, [copyOfDay(2), copyOfDay(1, {}, { state: 'pending' })]))).toBe(1);
    expect(count(copyInventory(sources, [copyOfDay(2), copyOfDay(1)]))).toBe(0);
  });

  it('and not before their own slot is six hours old, however often the policy makes images', () => {
    const hourly = [aPolicy({ copies: [toDr], schedule: { expressions: ['cron(0 * * * ? *)'], timeZone: 'UTC' } })];
    const inventory = copyInventory(imagesOfDays(1), [copyOfDay(5)]);
    const at = (hours: number) =>
      overdueCopies({ deployment: 'prod', policies: hourly }, inventory, slotOfDay(0) + hours * HOUR)[0]?.count;
    expect([at(5), at(6)]).toEqual([0, 1]);
  });

  it('once for a lineage of which the place has nothing, though each night another version is the first to be wanted', () => {
    expect(count(copyInventory(imagesOfDays(3)))).toBe(1);
    expect(count(copyInventory(imagesOfDays(1)))).toBe(0);
    expect(count(copyInventory(imagesOfDays(3), [copyOfDay(0, {}, { state: 'failed' })]))).toBe(1);
  });

  it('not where the lineage has ended, the source itself is not made, or nobody wants them', () => {
    expect(count(copyInventory(imagesOfDays(3).map((image) => ended(image, 'hand'))))).toBe(0);
    expect(count(copyInventory([imageOfDay(1, {}, { state: 'pending' })]))).toBe(0);
    expect(count(copyInventory(imagesOfDays(9), [copyOfDay(8), copyOfDay(1), copyOfDay(0), copyOfDay(2)]))).toBe(0);
  });

  it('nobody knows how many, where sources or copies could not be read', () => {
    expect(overdue(copyInventory(imagesOfDays(3), [], { sources: cutShort(imagesOfDays(3)) }))).toEqual([]);
    const destinations = new Map([[AT_DR, destination([], { copies: cutShort([]) })]]);
    expect(overdue(copyInventory(imagesOfDays(3), [], { destinations }))).toEqual([]);
  });
});
