import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import { planCopies } from '../../../lib/planning/copy/copy.ts';
import type { CopyInventory } from '../../../lib/planning/copy/inventory.ts';
import type { CopySettings } from '../../../lib/policy/policy.ts';
import { aPolicy, DR } from '../../builders.ts';
import {
  AT_DR,
  about,
  ami,
  copyInventory,
  copyOfDay,
  cutShort,
  destination,
  imageOfDay,
  imagesOfDays,
  inShort,
  instanceNumber,
  NOW,
  read,
} from '../fleet.ts';

const toDr: CopySettings = { region: DR.region, encrypt: 'as-source', retention: { keepLast: 100 } };
const policies = [aPolicy({ copies: [toDr] })];
const plan = (inventory: CopyInventory, maxInFlight = 5) =>
  planCopies({ deployment: 'prod', policies, maxInFlight, maxStarted: maxInFlight }, inventory, NOW);
const inFlight = (count: number, copies: readonly Image[] = []) => ({
  destinations: new Map([[AT_DR, destination(copies, { inFlight: read(count) })]]),
});
const copied = (made: ReturnType<typeof plan>) =>
  made.decisions.flatMap((decision) => (decision.action === 'copy' ? [decision.subject.id] : []));

describe('a new DR region', () => {
  it('starts with the newest image, not with a hundred old ones', () => {
    const made = plan(copyInventory(imagesOfDays(101)), 1000);
    expect(copied(made)).toEqual([ami(1)]);
    expect(about(made, ami(2))).toMatchObject({
      action: 'skip',
      reason: { code: 'copy-not-wanted', text: 'eu-west-1 starts with a newer version' },
    });
  });

  it.each(['pending', 'disabled', 'other', 'failed'] as const)(
    'starts with the newest image that can be copied, where a newer one is %s',
    (state) => {
      const made = plan(copyInventory([imageOfDay(0, {}, { state }), imageOfDay(1), imageOfDay(2)]));
      expect(copied(made)).toEqual([ami(2)]);
    },
  );

  it('has its copy although the next image is under way whenever one is done', () => {
    const shortly = [aPolicy({ copies: [{ ...toDr, retention: { keepLast: 1 } }] })];
    const inventory = copyInventory([imageOfDay(0, {}, { state: 'pending' }), imageOfDay(1), imageOfDay(2)]);
    const made = planCopies({ deployment: 'prod', policies: shortly, maxInFlight: 5, maxStarted: 5 }, inventory, NOW);
    expect(inShort(made)).toEqual({ 1: 'wait source-not-available', 2: 'copy copy-wanted', 3: 'skip copy-not-wanted' });
  });

  it('waits where no image is done yet', () => {
    expect(inShort(plan(copyInventory([imageOfDay(0, {}, { state: 'pending' })])))).toEqual({
      1: 'wait source-not-available',
    });
  });
});

describe('a backlog', () => {
  const backlog = imagesOfDays(10);
  const oldest = copyOfDay(10);

  it('drains newest first, as far as copies may be in flight', () => {
    const made = plan(copyInventory(backlog, [], inFlight(2, [oldest])));
    expect(copied(made)).toEqual([ami(1), ami(2), ami(3)]);
    expect(about(made, ami(4))).toEqual({
      subject: { kind: 'image', id: ami(4), region: 'eu-central-1' },
      policy: 'nightly',
      lineage: 'i-0123456789abcdef0',
      version: '2026.11.20-0200',
      copyRegion: 'eu-west-1',
      action: 'wait',
      reason: {
        code: 'copies-in-flight',
        text: 'no more than 5 copies to eu-west-1 are in flight at a time; the next sweep goes on',
      },
    });
  });

  it.each([5, 7])('waits while %d copies of anybody are in flight', (count) => {
    expect(copied(plan(copyInventory(backlog, [], inFlight(count, [oldest]))))).toEqual([]);
  });

  it('waits, and says why, where nobody knows how many copies are in flight', () => {
    const destinations = new Map([[AT_DR, destination([], { inFlight: cutShort(0, 'copies in flight') })]]);
    expect(about(plan(copyInventory([imageOfDay(0)], [], { destinations })), ami(1))).toMatchObject({
      action: 'refuse',
      reason: { code: 'evidence-incomplete', text: 'how many copies are in flight to eu-west-1 could not be read' },
    });
  });

  it('of an hourly policy leaves a nightly one its turns, and a lineage with many versions one with few', () => {
    const of = (policy: string, number: number, daysAgo: number, id: number) => {
      const lineage = instanceNumber(number);
      const source = { ...imageOfDay(0), instance: lineage };
      return imageOfDay(daysAgo, { policy, lineage, source }, { id: ami(id), sourceInstance: lineage });
    };
    const hourly = Array.from({ length: 10 }, (_, index) => of('hourly', 1, index, index + 1));
    const sources = [...hourly, of('hourly', 2, 5, 21), of('nightly', 3, 6, 31), of('nightly', 4, 7, 41)];
    const started = [1, 2, 3, 4].map((number) => {
      const source = { ...imageOfDay(0), instance: instanceNumber(number) };
      const policy = number <= 2 ? 'hourly' : 'nightly';
      return copyOfDay(20, { policy, lineage: instanceNumber(number), source }, { id: ami(100 + number) });
    });
    const inventory = copyInventory(sources, started);
    const both = ['hourly', 'nightly'].map((name) => aPolicy({ name, copies: [toDr] }));
    const made = planCopies({ deployment: 'prod', policies: both, maxInFlight: 6, maxStarted: 6 }, inventory, NOW);
    expect(copied(made)).toEqual([ami(1), ami(31), ami(21), ami(41), ami(2), ami(3)]);
  });

  it('drains in the same order in whatever order images were read', () => {
    const fleet = [3, 1, 2].map((number) =>
      imageOfDay(
        0,
        { lineage: instanceNumber(number), source: { ...imageOfDay(0), instance: instanceNumber(number) } },
        {
          id: ami(number),
          sourceInstance: instanceNumber(number),
        },
      ),
    );
    expect(copied(plan(copyInventory(fleet, [], inFlight(3))))).toEqual([ami(1), ami(2)]);
    expect(copied(plan(copyInventory(fleet.toReversed(), [], inFlight(3))))).toEqual([ami(1), ami(2)]);
  });
});
