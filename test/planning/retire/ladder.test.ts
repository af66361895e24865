import { describe, expect, it } from 'vitest';
import type { Image } from '../../../lib/model/resources.ts';
import type { RetireRules } from '../../../lib/model/retire-rules.ts';
import { DAY, formatInstant, HOUR } from '../../../lib/model/time.ts';
import { nextStep } from '../../../lib/planning/retire/ladder.ts';
import { readOwnership } from '../../../lib/tagging/ownership.ts';
import { disabledTags } from '../../../lib/tagging/stages.ts';
import { RETIRE_RULES } from '../../builders.ts';
import { deprecated, disabled, imageOfDay, marked, NOW, tagged } from '../fleet.ts';

const STAGES: RetireRules = { ...RETIRE_RULES, deprecateDays: 7, disableDays: 5 };
const NO_DEPRECATION: RetireRules = { ...STAGES, deprecateDays: 0 };
const NO_DISABLING: RetireRules = { ...STAGES, disableDays: 0 };
const NEITHER = RETIRE_RULES;

function stepOf(
  image: Image,
  rules: RetireRules,
  { sharedWith = [], now = NOW }: { sharedWith?: string[]; now?: number } = {},
) {
  const owned = readOwnership(image, 'prod');
  if (owned.kind !== 'ours') throw new Error(owned.problem);
  return nextStep(owned, rules, sharedWith, now);
}
const waits = (text: string) => ({ kind: 'wait', reason: { code: 'marked', text } });

const plain = imageOfDay(30);
const rested = marked(plain, NOW - 10 * DAY);
const ago = (days: number) => NOW - days * DAY;

describe('P8: the first stage is the mark', () => {
  it.each([STAGES, NO_DEPRECATION, NO_DISABLING, NEITHER])('whatever the days are: %j', (rules) => {
    expect(stepOf(plain, rules)).toEqual({ kind: 'mark' });
    // A person took the mark off and left the stages: it starts with the mark again.
    expect(stepOf(disabled(deprecated(plain, ago(20)), ago(10)), rules)).toEqual({ kind: 'mark' });
  });

  it.each([STAGES, NO_DEPRECATION, NO_DISABLING, NEITHER])(
    'which rests for 24 hours, whatever the days are: %j',
    (rules) => {
      const since = NOW - DAY + 1_000;
      const text = `marked ${formatInstant(since)}; the next stage is due ${formatInstant(since + DAY)}`;
      for (const image of [
        plain,
        disabled(deprecated(plain, ago(50)), ago(40)),
        { ...plain, state: 'failed' } as const,
      ]) {
        expect(stepOf(marked(image, since), rules)).toEqual(waits(text));
        expect(stepOf(marked(image, NOW - DAY), rules).kind).not.toBe('wait');
      }
    },
  );
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

  it('says which date of deprecation it had', () => {
    const date = NOW + 100 * DAY;
    expect(stepOf(rested, STAGES)).toEqual({ kind: 'deprecate' });
    expect(stepOf({ ...rested, deprecatedAt: date }, STAGES)).toEqual({ kind: 'deprecate', before: date });
    expect(stepOf({ ...rested, deprecatedAt: ago(100) }, STAGES)).toEqual({ kind: 'deprecate', before: ago(100) });
  });

  it.each(['failed', 'available'] as const)('goes at once where it is %s and nothing is left to wait for', (state) => {
    expect(stepOf({ ...deprecated(rested, ago(1)), state: 'failed' }, STAGES)).toEqual({ kind: 'deregister' });
    expect(stepOf({ ...rested, state }, state === 'failed' ? STAGES : NEITHER)).toEqual({ kind: 'deregister' });
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
    expect(stepOf(deprecated(rested, NOW + 60_000), NO_DEPRECATION)).toMatchObject({ kind: 'wait' });
  });

  it('rests with a new mark although it was deprecated long before', () => {
    const image = deprecated(marked(plain, NOW - DAY + 1_000), ago(30));
    expect(stepOf(image, STAGES).kind).toBe('wait');
  });

  it.each([undefined, NOW + 30 * DAY])(
    'is deprecated again where the call never came to be, of date %s before',
    (before) => {
      const { deprecatedAt: _, ...written } = deprecated(rested, ago(8), before);
      const image = before === undefined ? written : { ...written, deprecatedAt: before };
      expect(stepOf(image, STAGES)).toEqual({ kind: 'deprecate', ...(before !== undefined && { before }) });
    },
  );

  it('is deprecated again where a person lifted it, and remembers the date of before', () => {
    const { deprecatedAt: _, ...lifted } = deprecated(rested, ago(8), NOW + 30 * DAY);
    expect(stepOf(lifted, STAGES)).toEqual({ kind: 'deprecate', before: NOW + 30 * DAY });
  });

  it('counts as deprecated where a person has changed the date', () => {
    expect(stepOf({ ...deprecated(rested, ago(8)), deprecatedAt: ago(1) }, STAGES).kind).toBe('disable');
    expect(stepOf({ ...deprecated(rested, ago(6)), deprecatedAt: ago(30) }, STAGES).kind).toBe('wait');
  });
});

describe('a disabled image', () => {
  const off = (days: number, image = deprecated(rested, ago(9))) => disabled(image, ago(days));

  it.each([
    ['waits for as many days as the rules say', STAGES, 5 - 1 / 86_400, 'wait'],
    ['is deregistered then', STAGES, 5, 'deregister'],
    ['waits no longer where the rules no longer ask for it', NO_DISABLING, 1 / 24, 'deregister'],
    ['waits for them where it skipped deprecation', NO_DEPRECATION, 4, 'wait'],
  ])('%s', (_, rules, days, kind) => {
    expect(stepOf(off(days), rules).kind).toBe(kind);
  });

  it('says since when and until when', () => {
    expect(stepOf(off(1), STAGES)).toEqual(
      waits(`disabled ${formatInstant(ago(1))}; the next stage is due ${formatInstant(ago(-4))}`),
    );
  });

  it('by a person is not deprecated, and counts as disabled since its mark has rested', () => {
    const byHand = (days: number): Image => ({ ...marked(plain, ago(days)), state: 'disabled' });
    expect(stepOf(byHand(2), STAGES)).toEqual(
      waits(`disabled ${formatInstant(ago(1))}; the next stage is due ${formatInstant(ago(-4))}`),
    );
    expect(stepOf(byHand(6 - 1 / 86_400), STAGES).kind).toBe('wait');
    expect(stepOf(byHand(6), STAGES)).toEqual({ kind: 'deregister' });
    expect(stepOf(byHand(1), NO_DISABLING)).toEqual({ kind: 'deregister' });
  });

  it('by a person, once deprecated by us, counts as disabled since the days of deprecation are over', () => {
    const image: Image = { ...deprecated(rested, ago(9)), state: 'disabled' };
    expect(stepOf(image, STAGES)).toEqual(
      waits(`disabled ${formatInstant(ago(2))}; the next stage is due ${formatInstant(ago(-3))}`),
    );
  });

  it('is disabled again where the call never came to be, or a person enabled it', () => {
    const image: Image = { ...off(9), state: 'available' };
    expect(stepOf(image, STAGES, { sharedWith: ['111122223333'] })).toEqual({
      kind: 'disable',
      sharedWith: ['111122223333'],
    });
  });
});

describe('whom an image was shared with', () => {
  const shares = ['111122223333', '444455556666'];
  const written: Image = { ...disabled(deprecated(rested, ago(9)), ago(2), shares), state: 'available' };

  it('is known by its tags alone where it was enabled and not yet shared again', () => {
    expect(stepOf(written, STAGES)).toEqual({ kind: 'disable', sharedWith: shares });
  });

  it('is known by its tags and by EC2 where it was shared again with some', () => {
    const sharedWith = ['222233334444', '444455556666'];
    expect(stepOf(written, STAGES, { sharedWith })).toEqual({
      kind: 'disable',
      sharedWith: ['111122223333', '222233334444', '444455556666'],
    });
  });
});

describe('an image is not disabled', () => {
  const due = deprecated(rested, ago(8));
  const organisation = (number: number) =>
    `arn:aws:organizations::111122223333:organization/o-${String(number).padStart(200, 'x')}`;
  const organisations = (count: number) => Array.from({ length: count }, (_, index) => organisation(index));
  const withTags = (image: Image, count: number) => {
    const more = count - Object.keys(image.tags).length;
    return tagged(image, Object.fromEntries(Array.from({ length: more }, (_, index) => [`Key${index}`, 'x'])));
  };

  it('while it is public, since nothing makes it public again', () => {
    expect(stepOf({ ...due, public: true }, STAGES)).toEqual({
      kind: 'refuse',
      reason: {
        code: 'shared',
        text: 'it is public, and disabling it would make it private for good: nothing here makes an image public again; make it private yourself, or leave that stage out with disableDays: 0',
      },
    });
    expect(stepOf({ ...due, public: true }, NO_DISABLING).kind).toBe('deregister');
  });

  it('whose permissions its tags cannot hold, and says so', () => {
    // Each name takes a tag, and one says since when.
    const image = withTags(due, 46);
    expect(stepOf(image, STAGES, { sharedWith: organisations(3) })).toEqual({
      kind: 'disable',
      sharedWith: organisations(3),
    });
    expect(stepOf(image, STAGES, { sharedWith: organisations(4) })).toEqual({
      kind: 'refuse',
      reason: {
        code: 'shared',
        text:
          'it is shared with 4 others, which disabling it would make EC2 forget, and the 4 tags that it has room for ' +
          'cannot hold them: take some shares or tags away',
      },
    });
  });

  it('is judged by the room that there will be: earlier tags of disabling are written over, AWS’s own do not count', () => {
    const written = tagged(due, { ...disabledTags(ago(1), organisations(3)), 'aws:a': 'x', 'AWS:b': 'y' });
    const image = withTags(written, 52);
    expect(stepOf(image, STAGES, { sharedWith: organisations(3) }).kind).toBe('disable');
    expect(stepOf(image, STAGES, { sharedWith: organisations(4) }).kind).toBe('refuse');
  });

  it('is judged without the tag of deprecation where that stage was left out', () => {
    expect(stepOf(withTags(rested, 49), NO_DEPRECATION).kind).toBe('disable');
    expect(stepOf(withTags(rested, 50), NO_DEPRECATION).kind).toBe('refuse');
  });
});
