import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { slotOf, slotOfVersion, versionOf } from '../../lib/tagging/version.ts';
import { anySlot } from './arbitraries.ts';

describe('a version', () => {
  it.each([
    ['2026-11-23T02:00:00Z', '2026.11.23-0200'],
    ['2026-01-02T23:59:00Z', '2026.01.02-2359'],
  ])('of slot %s is %s', (slot, version) => {
    expect(versionOf(Date.parse(slot))).toBe(version);
  });

  it('P12: is unique and rises with the slot', () => {
    fc.assert(
      fc.property(anySlot, anySlot, (one, other) => {
        expect(Math.sign(one - other)).toBe(
          versionOf(one) === versionOf(other) ? 0 : versionOf(one) < versionOf(other) ? -1 : 1,
        );
      }),
    );
  });

  it.each(['America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Kiritimati'])(
    'is in UTC, to the minute that has begun, where the machine is in %s',
    (zone) => {
      vi.stubEnv('TZ', zone);
      try {
        // biome-ignore lint/plugin: shows that the machine is elsewhere now, without which the rest would prove nothing.
        expect(new Date(0).getTimezoneOffset()).not.toBe(0);
        expect(versionOf(Date.parse('2026-12-31T23:59:00Z'))).toBe('2026.12.31-2359');
        expect(versionOf(slotOf(Date.parse('2026-12-31T23:58:30.500Z')))).toBe('2026.12.31-2358');
      } finally {
        vi.unstubAllEnvs();
      }
    },
  );

  it('rises through the hour that Berlin has twice', () => {
    const versions = ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'].map((slot) => versionOf(Date.parse(slot)));
    expect(versions).toEqual(['2026.10.25-0030', '2026.10.25-0130']);
  });
});

describe('the slot of a version', () => {
  it('is the one that it was made of', () => {
    fc.assert(
      fc.property(anySlot, (slot) => {
        expect(slotOfVersion(versionOf(slot))).toBe(slot);
      }),
    );
  });

  it.each([
    '',
    '2026.11.23',
    '2026.11.23-02000',
    '2026.13.01-0000',
    '2026.02.30-0000',
    '2026.11.23-2460',
    'x2026.11.23-0200',
  ])('is nothing where the text is no version: %j', (text) => {
    expect(slotOfVersion(text)).toBeUndefined();
  });
});

describe('the slot of a moment', () => {
  it.each([
    ['2026-11-23T02:00:00.000Z', '2026-11-23T02:00:00.000Z'],
    ['2026-11-23T02:00:59.999Z', '2026-11-23T02:00:00.000Z'],
    ['1969-12-31T23:59:01.000Z', '1969-12-31T23:59:00.000Z'],
  ])('%s is %s', (moment, slot) => {
    expect(new Date(slotOf(Date.parse(moment))).toISOString()).toBe(slot);
  });
});
