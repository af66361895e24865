import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeStamp, encodeStamp } from '../../lib/tagging/stamp.ts';
import { aStamp, DR } from '../builders.ts';
import { anyStamp } from './arbitraries.ts';

describe('a stamp', () => {
  it('is written as tags that a person can read and filter by', () => {
    expect(encodeStamp(aStamp({ home: DR }))).toEqual({
      'amikeep:deployment': 'prod',
      'amikeep:policy': 'nightly',
      'amikeep:lineage': 'i-0123456789abcdef0',
      'amikeep:slot': '2026-11-23T02:00:00Z',
      'amikeep:version': '2026.11.23-0200',
      'amikeep:attempt': '1',
      'amikeep:home': '111122223333/eu-west-1',
      'amikeep:source-account': '111122223333',
      'amikeep:source-region': 'eu-central-1',
      'amikeep:source-instance': 'i-0123456789abcdef0',
      'amikeep:keep': 'last=3 daily=7 zone=Europe/Berlin',
      'amikeep:retire-rules': 'apply keep=1 deprecate=0d disable=0d end=never',
    });
  });

  it('comes back from its tags as it was, whatever its texts are', () => {
    fc.assert(
      fc.property(anyStamp, (stamp) => {
        expect(decodeStamp(encodeStamp(stamp))).toEqual({ ok: true, stamp });
      }),
    );
  });

  it('fits into tags, whatever its texts are', () => {
    fc.assert(
      fc.property(anyStamp, (stamp) => {
        for (const [key, value] of Object.entries(encodeStamp(stamp))) {
          expect(key.length).toBeLessThanOrEqual(127);
          expect(value.length).toBeLessThanOrEqual(256);
        }
      }),
    );
  });

  it('is not written of a slot that is not a whole minute', () => {
    expect(() => encodeStamp(aStamp({ slot: 1_500 }))).toThrow('slot 1500 is not a whole minute');
  });

  it.each([0, -1, 1.5, Number.NaN])('is not written of attempt %s', (attempt) => {
    expect(() => encodeStamp(aStamp({ attempt }))).toThrow(`attempt ${attempt} is not a whole number from 1 up`);
  });
});

describe('tags that do not say a stamp', () => {
  it.each(Object.keys(encodeStamp(aStamp())))('%s is missing', (key) => {
    const { [key]: _, ...tags } = encodeStamp(aStamp());
    expect(decodeStamp(tags)).toEqual({ ok: false, problem: `its tag ${key} is missing` });
  });

  it.each([
    ['slot', 'yesterday'],
    ['slot', '2026-11-23T02:00:30Z'],
    ['slot', '2026-11-23T02:00Z'],
    ['slot', '2026-02-30T02:00:00Z'],
    ['attempt', '0'],
    ['attempt', '01'],
    ['attempt', '1.5'],
    ['attempt', ''],
    ['home', '111122223333'],
    ['home', '111122223333-eu-central-1'],
    ['home', '1111/eu-central-1'],
    ['home', '111122223333/home'],
    ['source-account', '1111'],
    ['source-region', 'central'],
    ['source-instance', 'i-1'],
    ['keep', 'forever'],
    ['retire-rules', 'maybe'],
    ['retire-rules', 'apply'],
    ['retire-rules', 'apply keep=0 deprecate=0d disable=0d end=never'],
    ['retire-rules', 'apply keep=1 deprecate=7 disable=0d end=never'],
    ['retire-rules', 'apply keep=1 deprecate=0d disable=0d end=soon'],
    ['retire-rules', 'apply keep=01 deprecate=0d disable=0d end=9d'],
  ])('amikeep:%s is %j', (name, value) => {
    const tags = { ...encodeStamp(aStamp()), [`amikeep:${name}`]: value };
    expect(decodeStamp(tags)).toEqual({ ok: false, problem: `its tag amikeep:${name} can't be read: '${value}'` });
  });

  it('have a version that is not the slot', () => {
    const tags = { ...encodeStamp(aStamp()), 'amikeep:version': '2026.11.24-0200' };
    expect(decodeStamp(tags)).toEqual({
      ok: false,
      problem: "its tag amikeep:version says '2026.11.24-0200', but slot 2026-11-23T02:00:00Z is 2026.11.23-0200",
    });
  });

  it('are not what an error of another kind is about', () => {
    const tags = {
      get 'amikeep:slot'(): string {
        throw new TypeError('out of reach');
      },
    };
    expect(() => decodeStamp(tags)).toThrow('out of reach');
  });
});
