import { describe, expect, it } from 'vitest';
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
const change = asked(aStamp());
const judge = (holder: Parameters<typeof judgeNameHolder>[1], wanted = change) =>
  judgeNameHolder(wanted, holder, 'prod');

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
    const copy: CopyImage = {
      kind: 'copy',
      region: DR.region,
      source: { image: ami(1), region: HERE.region },
      name: imageName(stamp),
      stamp,
      encrypt: true,
      kmsKey: 'alias/dr',
      tags: encodeStamp(stamp),
    };
    const next = aStamp({ home: DR, attempt: 3 });
    expect(judgeNameHolder(copy, anImageOf(stamp, { state: 'failed', stateReason: 'no key' }), 'prod')).toEqual({
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

  it.each([
    ['foreign', anImageOf(aStamp(), { tags: {} })],
    ['of another deployment', anImageOf(aStamp({ deployment: 'test' }), { name: change.name })],
    ['damaged', anImageOf(aStamp({ attempt: 2 }), { name: change.name })],
  ])('P1: is refused where the holder is %s, and told what to do', (_, holder) => {
    expect(judge(holder)).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('rename or deregister it'),
    });
  });
});
