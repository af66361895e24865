import { describe, expect, it } from 'vitest';
import type { Image } from '../../lib/model/resources.ts';
import type { CopyImage } from '../../lib/planning/copy/changes.ts';
import type { CreateImage } from '../../lib/planning/create/changes.ts';
import { judgeNameHolder } from '../../lib/planning/name-lock.ts';
import { imageName } from '../../lib/tagging/name.ts';
import { encodeStamp, type Stamp } from '../../lib/tagging/stamp.ts';
import { AN_INSTANCE_ID, anImageOf, aStamp, DR, HERE } from '../builders.ts';
import { ami, instanceNumber } from './fleet.ts';

const asked = (stamp: Stamp): CreateImage => ({
  kind: 'create',
  region: HERE.region,
  instance: AN_INSTANCE_ID,
  name: imageName(stamp),
  stamp,
  reboot: false,
  excludeDevices: [],
  tags: { ...encodeStamp(stamp), Project: 'shop' },
});
const copyOf = (stamp: Stamp): CopyImage => ({
  kind: 'copy',
  region: DR.region,
  source: { image: ami(1), region: HERE.region },
  name: imageName(stamp),
  stamp,
  encrypt: true,
  kmsKey: 'alias/dr',
  tags: encodeStamp(stamp),
});
const change = asked(aStamp());
const judge = (holder: Parameters<typeof judgeNameHolder>[1], wanted = change) => judgeNameHolder(wanted, holder, 1);

describe('P12: who lost the race for a name', () => {
  it.each(['pending', 'available', 'disabled'] as const)('is done where the holder is ours and %s', (state) => {
    expect(judge(anImageOf(aStamp(), { state }))).toEqual({ kind: 'done', image: anImageOf(aStamp()).id });
  });

  it('goes on to the next attempt where the holder is ours and failed', () => {
    const next = aStamp({ attempt: 2 });
    expect(judge(anImageOf(aStamp(), { state: 'failed' }))).toEqual({ kind: 'next-attempt', change: asked(next) });
  });

  it('goes on with a copy likewise, under the copy’s own attempt', () => {
    const stamp = aStamp({ home: DR, attempt: 2 });
    const copy = copyOf(stamp);
    const next = aStamp({ home: DR, attempt: 3 });
    expect(judgeNameHolder(copy, anImageOf(stamp, { state: 'failed', stateReason: 'no key' }), 1)).toEqual({
      kind: 'next-attempt',
      change: { ...copy, lastFailure: 'no key', stamp: next, name: imageName(next), tags: encodeStamp(next) },
    });
  });

  it.each([
    ['Client.InternalError', { stateReason: 'Client.InternalError' }],
    ['no reason given', {}],
  ])('gives up where the last attempt failed of %s', (text, reason) => {
    const stamp = aStamp({ attempt: 3 });
    expect(judge(anImageOf(stamp, { state: 'failed', ...reason }), asked(stamp))).toEqual({
      kind: 'refused',
      problem: `3 attempts have failed, the last with: ${text}`,
    });
  });

  it('P23: gives a copy up for three attempts that failed, whatever number a tag had the first of them begin at', () => {
    const kindAt = (attempt: number) => {
      const stamp = aStamp({ home: DR, attempt });
      return judgeNameHolder(copyOf(stamp), anImageOf(stamp, { state: 'failed' }), 3).kind;
    };
    expect([3, 4, 5].map(kindAt)).toEqual(['next-attempt', 'next-attempt', 'refused']);
  });

  it('leaves it to the next sweep where the holder cannot be read yet', () => {
    expect(judge(undefined)).toEqual({
      kind: 'left',
      problem: `the holder of the name '${change.name}' is not readable yet`,
    });
  });

  it('leaves it to the next sweep where the holder that was named is an image of ours of another name', () => {
    const instance = instanceNumber(9);
    const other = anImageOf(aStamp({ lineage: instance, source: { ...HERE, instance } }));
    expect(judge(other)).toMatchObject({ kind: 'left', problem: expect.stringContaining('but has another name') });
  });

  it.each<[string, Partial<Image>]>([
    ['none at all', { tags: {} }],
    ['those of another deployment', { tags: encodeStamp(aStamp({ deployment: 'test' })) }],
    ['those of another attempt', { tags: encodeStamp(aStamp({ attempt: 2 })) }],
    ['those of no seal that holds', { seal: 'broken' }],
    ['those of no seal', { seal: 'missing' }],
  ])('P23: goes by EC2’s word alone, whatever tags somebody has written: %s', (_, overrides) => {
    expect(judge(anImageOf(aStamp(), overrides)).kind).toBe('done');
    expect(judge(anImageOf(aStamp(), { ...overrides, state: 'failed' })).kind).toBe('next-attempt');
  });

  it.each<[string, Parameters<typeof judgeNameHolder>[0], Image, string]>([
    [
      'from another instance',
      change,
      anImageOf(aStamp(), { sourceInstance: instanceNumber(9) }),
      `which EC2 made from ${instanceNumber(9)} and not from ${AN_INSTANCE_ID}; rename or deregister it`,
    ],
    [
      'from another image',
      copyOf(aStamp({ home: DR })),
      anImageOf(aStamp({ home: DR }), { sourceImage: ami(9) }),
      `which EC2 made from ${ami(9)} and not from ${ami(1)}; rename or deregister it`,
    ],
  ])('P1: is refused where EC2 made the holder %s, and told what to do', (_, wanted, holder, problem) => {
    expect(judgeNameHolder(wanted, holder, 1)).toEqual({
      kind: 'refused',
      problem: `the name '${wanted.name}' is held by ${holder.id}, ${problem}`,
    });
  });

  it.each(['missing', 'broken', 'unread'] as const)(
    'P1: is refused where EC2 does not say what the holder was made from, and its seal is %s',
    (seal) => {
      const { sourceInstance: _, ...registered } = anImageOf(aStamp(), { seal });
      expect(judge(registered)).toEqual({
        kind: 'refused',
        problem: `the name '${change.name}' is held by ${registered.id}, of which EC2 does not say what it was made from, and no seal does either; rename or deregister it`,
      });
      expect(judge({ ...registered, seal: 'valid' }).kind).toBe('done');
    },
  );

  it('is done where EC2 made the holder from the image that was to be copied', () => {
    const stamp = aStamp({ home: DR });
    expect(judgeNameHolder(copyOf(stamp), anImageOf(stamp, { sourceImage: ami(1) }), 1).kind).toBe('done');
  });
});
