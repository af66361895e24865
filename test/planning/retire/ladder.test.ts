import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import type { RetireRules } from '../../../lib/model/retire-rules.ts';
import { DAY, formatInstant, HOUR, MINUTE } from '../../../lib/model/time.ts';
import { nextStep } from '../../../lib/planning/retire/ladder.ts';
import { readOwnership } from '../../../lib/tagging/ownership.ts';
import { RETIRE_RULES } from '../../builders.ts';
import { deprecated, disabled, imageOfDay, marked, NOW } from '../fleet.ts';

const STAGES: RetireRules = { ...RETIRE_RULES, deprecateDays: 7, disableDays: 5 };
const NO_DEPRECATION: RetireRules = { ...STAGES, deprecateDays: 0 };
const NO_DISABLING: RetireRules = { ...STAGES, disableDays: 0 };
const NEITHER = RETIRE_RULES;

function stepOf(
  image: Image,
  rules: RetireRules,
  { isShared = false, now = NOW }: { isShared?: boolean; now?: number } = {},
) {
  const owned = readOwnership(image, 'prod');
  if (owned.kind !== 'ours') throw new Error(owned.problem);
  return nextStep(owned, rules, isShared, now);
}
const waits = (text: string) => ({ kind: 'wait', reason: { code: 'marked', text } });

const plain = imageOfDay(30);
const rested = marked(plain, NOW - 10 * DAY);
/** Marked for so long that it may have been through all of its stages since. */
const longMarked = marked(plain, NOW - 60 * DAY);
const ago = (days: number) => NOW - days * DAY;

describe('P8: the first stage is the mark', () => {
  it.each([STAGES, NO_DEPRECATION, NO_DISABLING, NEITHER])('whatever the days are: %j', (rules) => {
    expect(stepOf(plain, rules)).toEqual({ kind: 'mark' });
    // A person took the mark off and left the stages: it starts with the mark again.
    expect(stepOf(disabled(plain, ago(10)), rules)).toEqual({ kind: 'mark' });
  });

  it.each([STAGES, NO_DEPRECATION, NO_DISABLING, NEITHER])(
    'which rests for 24 hours, whatever the days are: %j',
    (rules) => {
      const since = NOW - DAY + 1_000;
      const text = `marked ${formatInstant(since)}; the next stage is due ${formatInstant(since + DAY)}`;
      for (const image of [
        plain,
        disabled(plain, ago(40)),
        deprecated(plain, ago(40)),
        { ...plain, state: 'failed' } as const,
      ]) {
        expect(stepOf(marked(image, since), rules)).toEqual(waits(text));
        // What a person has disabled waits for the days of both stages, like all else.
        const isDone = image.state === 'disabled' && rules !== NEITHER;
        expect(stepOf(marked(image, NOW - DAY), rules).kind === 'wait').toBe(isDone);
      }
    },
  );
});

it.each([
  ['the first stage since its mark has rested', rested, STAGES, NOW - 9 * DAY],
  ['disabling since the days of deprecation were over', deprecated(longMarked, ago(20)), STAGES, NOW - 13 * DAY],
  [
    'deregistration since the days of disabling were over',
    disabled(longMarked, ago(20)),
    STAGES,
    NOW - 15 * DAY - MINUTE,
  ],
  [
    'deregistration of a failed one since its mark has rested',
    { ...rested, state: 'failed' } as const,
    STAGES,
    NOW - 9 * DAY,
  ],
])('%s is due', (_, image, rules, due) => {
  expect(stepOf(image, rules)).toMatchObject({ due });
});

describe('a marked image', () => {
  it.each([
    ['is deprecated, and then disabled', STAGES, 'deprecate'],
    ['is disabled where deprecation takes no days', NO_DEPRECATION, 'disable'],
    ['is deprecated where only disabling takes no days', NO_DISABLING, 'deprecate'],
    ['is deregistered where neither takes any', NEITHER, 'deregister'],
  ])('%s', (_, rules, kind) => {
    expect(stepOf(rested, rules).kind).toBe(kind);
  });

  it.each([
    ['still to come', NOW + 100 * DAY],
    ['of before its mark', ago(100)],
    ['of before its mark, by a second', NOW - 10 * DAY - 1_000],
  ])('is deprecated by us where it bears a date that is %s, which nobody set by retiring it', (_, deprecatedAt) => {
    expect(stepOf({ ...rested, deprecatedAt }, STAGES)).toMatchObject({ kind: 'deprecate' });
    expect(stepOf({ ...rested, deprecatedAt }, NO_DEPRECATION)).toMatchObject({ kind: 'disable' });
  });

  it.each(['failed', 'available'] as const)('goes at once where it is %s and nothing is left to wait for', (state) => {
    expect(stepOf({ ...deprecated(rested, ago(1)), state: 'failed' }, STAGES)).toMatchObject({ kind: 'deregister' });
    expect(stepOf({ ...rested, state }, state === 'failed' ? STAGES : NEITHER)).toMatchObject({ kind: 'deregister' });
  });
});

describe('a deprecated image', () => {
  it.each([
    ['waits for as many days as the rules say', STAGES, 7 * DAY - 1_000, 'wait'],
    ['is disabled then', STAGES, 7 * DAY, 'disable'],
    ['is deregistered then where disabling takes no days', NO_DISABLING, 7 * DAY, 'deregister'],
    ['waits no longer where the rules no longer ask for it', NO_DEPRECATION, HOUR, 'disable'],
    ['waits no longer where they ask for nothing', NEITHER, HOUR, 'deregister'],
  ])('%s', (_, rules, since, kind) => {
    expect(stepOf(deprecated(rested, NOW - since), rules).kind).toBe(kind);
  });

  it('says since when and until when', () => {
    expect(stepOf(deprecated(rested, NOW - HOUR), STAGES)).toEqual(
      waits(`deprecated ${formatInstant(NOW - HOUR)}; the next stage is due ${formatInstant(NOW - HOUR + 7 * DAY)}`),
    );
  });

  it('waits until its date has come, which EC2 sets in the next minute', () => {
    expect(stepOf(deprecated(rested, NOW + 2 * 60_000), STAGES)).toMatchObject({ kind: 'wait' });
  });

  it('starts anew with a new mark although it was deprecated long before', () => {
    expect(stepOf(deprecated(marked(plain, NOW - DAY + 1_000), ago(30)), STAGES).kind).toBe('wait');
    expect(stepOf(deprecated(marked(plain, NOW - DAY), ago(30)), STAGES)).toMatchObject({ kind: 'deprecate' });
  });

  it('is deprecated again where a person lifted it', () => {
    const { deprecatedAt: _, ...lifted } = deprecated(rested, ago(8));
    expect(stepOf(lifted, STAGES)).toMatchObject({ kind: 'deprecate' });
  });

  it('counts as deprecated since the date that a person has set, as far as that is of after its mark', () => {
    expect(stepOf({ ...deprecated(rested, ago(8)), deprecatedAt: ago(1) }, STAGES).kind).toBe('wait');
    expect(stepOf({ ...deprecated(rested, ago(6)), deprecatedAt: ago(9) }, STAGES).kind).toBe('disable');
    expect(stepOf({ ...deprecated(rested, ago(6)), deprecatedAt: ago(30) }, STAGES).kind).toBe('deprecate');
  });
});

describe('a disabled image', () => {
  const off = (days: number) => disabled(longMarked, ago(days));
  /** The test's moment: its dates of disabling lie a minute before the days that it says. */
  const now = NOW - MINUTE;

  it.each([
    ['waits for as many days as the rules say', STAGES, 5 - 1 / 86_400, 'wait'],
    ['is deregistered then', STAGES, 5, 'deregister'],
    ['waits no longer where the rules no longer ask for it', NO_DISABLING, 1 / 24, 'deregister'],
    ['waits for them where it skipped deprecation', NO_DEPRECATION, 4, 'wait'],
  ])('%s', (_, rules, days, kind) => {
    expect(stepOf(off(days), rules, { now }).kind).toBe(kind);
  });

  it('says since when and until when', () => {
    expect(stepOf(off(1), STAGES)).toEqual(
      waits(`disabled ${formatInstant(ago(1) - MINUTE)}; the next stage is due ${formatInstant(ago(-4) - MINUTE)}`),
    );
  });

  it('by a person counts as disabled since the days of the stage before are over', () => {
    const byHand = (days: number): Image => ({ ...marked(plain, ago(days)), state: 'disabled' });
    expect(stepOf(byHand(9), STAGES)).toEqual(
      waits(`disabled ${formatInstant(ago(1))}; the next stage is due ${formatInstant(ago(-4))}`),
    );
    expect(stepOf(byHand(13 - 1 / 86_400), STAGES).kind).toBe('wait');
    expect(stepOf(byHand(13), STAGES)).toMatchObject({ kind: 'deregister' });
    expect(stepOf(byHand(1), NEITHER)).toMatchObject({ kind: 'deregister' });
  });

  it('by a person, once deprecated by us, has its days from when those of its deprecation are over at the earliest', () => {
    const image: Image = { ...deprecated(rested, ago(8)), state: 'disabled' };
    expect(stepOf(image, STAGES)).toEqual(
      waits(`disabled ${formatInstant(ago(1))}; the next stage is due ${formatInstant(ago(-4))}`),
    );
  });

  it('is deprecated anew where a person enabled it, and disabled again where deprecation takes no days', () => {
    const enabled: Image = { ...off(6), state: 'available' };
    expect(stepOf(enabled, STAGES)).toMatchObject({ kind: 'deprecate' });
    expect(stepOf(enabled, NO_DEPRECATION)).toMatchObject({ kind: 'disable' });
  });
});

describe('an image that others share', () => {
  const due = (days: number) => deprecated(longMarked, ago(days));

  it.each([
    ['waits for the days of both stages', STAGES, 12 - 1 / 86_400, 'wait'],
    ['is deregistered then', STAGES, 12, 'deregister'],
    ['waits for deprecation alone where disabling takes no days', NO_DISABLING, 7, 'deregister'],
  ])('%s, and is never disabled', (_, rules, days, kind) => {
    expect(stepOf(due(days), rules, { isShared: true }).kind).toBe(kind);
  });

  it('waits from when its mark has rested where there is no deprecation', () => {
    const shared = { isShared: true };
    expect(stepOf(marked(plain, ago(6) + 1_000), NO_DEPRECATION, shared).kind).toBe('wait');
    expect(stepOf(marked(plain, ago(6)), NO_DEPRECATION, shared)).toMatchObject({ kind: 'deregister' });
    expect(stepOf(marked(plain, ago(1)), NEITHER, shared)).toMatchObject({ kind: 'deregister' });
  });

  it('says since when and until when', () => {
    expect(stepOf(due(8), STAGES, { isShared: true })).toEqual(
      waits(
        `not disabled, since it is shared, ${formatInstant(ago(1))}; the next stage is due ${formatInstant(ago(-4))}`,
      ),
    );
  });
});
