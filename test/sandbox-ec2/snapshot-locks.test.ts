import type { LockSnapshotCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { Ec2Behaviour } from '../../sandbox/ec2/index.ts';
import { anImage, anInstance, aPlane, hours, idOf, imageOf, refusal, snapshotIdsOf } from './plane.ts';

const days = 24 * hours;

/** A plane with an image, and the image's snapshot. */
async function aSnapshot(behaviour: Partial<Ec2Behaviour> = {}) {
  const plane = aPlane(behaviour);
  const ImageId = await anImage(plane);
  const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
  const lock = (input: Omit<LockSnapshotCommandInput, 'SnapshotId'>) =>
    plane.call('LockSnapshot', { SnapshotId, ...input });
  const states = () =>
    plane.call('DescribeLockedSnapshots', { SnapshotIds: [SnapshotId] }).Snapshots?.map(({ LockState }) => LockState);
  return { plane, ImageId, SnapshotId, lock, states };
}

describe('a locked snapshot', () => {
  it('can be deleted by nobody, until its lock has expired', async () => {
    const { plane, ImageId, SnapshotId, lock, states } = await aSnapshot();
    const lockedAt = new Date(plane.clock.now());
    expect(lock({ LockMode: 'governance', LockDuration: 2 })).toEqual({
      SnapshotId,
      LockState: 'governance',
      LockDuration: 2,
      LockCreatedOn: lockedAt,
      LockDurationStartTime: lockedAt,
      LockExpiresOn: new Date(lockedAt.getTime() + 2 * days),
    });
    plane.call('DeregisterImage', { ImageId });
    expect(refusal(() => plane.call('DeleteSnapshot', { SnapshotId }))).toEqual({
      code: 'OperationNotPermitted',
      message: `The snapshot '${SnapshotId}' is locked: it can't be deleted.`,
    });
    await plane.clock.advance(2 * days - 1);
    expect(states()).toEqual(['governance']);
    await plane.clock.advance(1);
    expect(states()).toEqual(['expired']);
    plane.call('DeleteSnapshot', { SnapshotId });
  });

  it('outlives the deregistration of its image, which says so', async () => {
    const { plane, ImageId, SnapshotId, lock } = await aSnapshot();
    lock({ LockMode: 'compliance', LockDuration: 1 });
    expect(plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true })).toEqual({
      Return: true,
      DeleteSnapshotResults: [{ SnapshotId, ReturnCode: 'client-error' }],
    });
    expect(plane.call('DescribeSnapshots', { SnapshotIds: [SnapshotId] }).Snapshots).toHaveLength(1);
  });

  it('answers with the codes that are set, where EC2 names none', async () => {
    const behaviour = { lockedSnapshotCode: 'Locked', lockedSnapshotReturnCode: 'skipped' } as const;
    const { plane, ImageId, SnapshotId, lock } = await aSnapshot(behaviour);
    lock({ LockMode: 'compliance', LockDuration: 1 });
    expect(plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true })).toMatchObject({
      DeleteSnapshotResults: [{ ReturnCode: 'skipped' }],
    });
    expect(refusal(() => plane.call('DeleteSnapshot', { SnapshotId })).code).toBe('Locked');
    expect(refusal(() => plane.call('UnlockSnapshot', { SnapshotId })).code).toBe('Locked');
  });

  it('is protected from the start, but its days count from its completion', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
    const locked = plane.call('LockSnapshot', { SnapshotId, LockMode: 'governance', LockDuration: 1 });
    expect(locked).toMatchObject({ LockState: 'governance', LockDuration: 1 });
    expect(locked).not.toHaveProperty('LockExpiresOn');
    await plane.clock.advance(hours);
    const read = () => plane.call('DescribeLockedSnapshots', {}).Snapshots?.[0];
    const [snapshot] = plane.call('DescribeSnapshots', { SnapshotIds: [SnapshotId] }).Snapshots ?? [];
    expect(read()?.LockDurationStartTime).toEqual(snapshot?.CompletionTime);
    await plane.clock.advance(1 * days - hours);
    expect(read()?.LockState).toBe('governance');
    await plane.clock.advance(hours);
    expect(read()?.LockState).toBe('expired');
  });
});

describe('a lock in governance mode', () => {
  it('can be taken off, shortened and made a lock in compliance mode', async () => {
    const { plane, SnapshotId, lock, states } = await aSnapshot();
    lock({ LockMode: 'governance', LockDuration: 30 });
    lock({ LockMode: 'governance', LockDuration: 3 });
    expect(plane.call('UnlockSnapshot', { SnapshotId })).toEqual({ SnapshotId });
    expect(states()).toEqual([]);
    lock({ LockMode: 'governance', LockDuration: 30 });
    expect(lock({ LockMode: 'compliance', LockDuration: 1 }).LockState).toBe('compliance');
  });
});

describe('a lock in compliance mode', () => {
  it('can be taken back while it cools off, and by nobody after', async () => {
    const { plane, SnapshotId, lock, states } = await aSnapshot();
    const now = plane.clock.now();
    expect(lock({ LockMode: 'compliance', LockDuration: 9, CoolOffPeriod: 2 })).toMatchObject({
      LockState: 'compliance-cooloff',
      CoolOffPeriod: 2,
      CoolOffPeriodExpiresOn: new Date(now + 2 * hours),
    });
    expect(refusal(() => plane.call('DeleteSnapshot', { SnapshotId })).code).toBe('InvalidSnapshot.InUse');
    plane.call('UnlockSnapshot', { SnapshotId });
    lock({ LockMode: 'compliance', LockDuration: 9, CoolOffPeriod: 2 });
    lock({ LockMode: 'compliance', LockDuration: 5, CoolOffPeriod: 1 });
    await plane.clock.advance(hours);
    expect(states()).toEqual(['compliance']);
    expect(refusal(() => plane.call('UnlockSnapshot', { SnapshotId })).code).toBe('OperationNotPermitted');
  });

  it('can then only be made longer', async () => {
    const { lock } = await aSnapshot();
    lock({ LockMode: 'compliance', LockDuration: 5 });
    expect(refusal(() => lock({ LockMode: 'compliance', LockDuration: 4 })).code).toBe('OperationNotPermitted');
    expect(refusal(() => lock({ LockMode: 'governance', LockDuration: 9 })).code).toBe('OperationNotPermitted');
    expect(refusal(() => lock({ LockMode: 'compliance', LockDuration: 9, CoolOffPeriod: 1 })).code).toBe(
      'InvalidParameterCombination',
    );
    expect(lock({ LockMode: 'compliance', LockDuration: 6 }).LockDuration).toBe(6);
  });

  it.each([
    ['from-first-lock', 6],
    ['from-change', 7],
  ] as const)('counts the days of a change %s where that is set', async (changedLockCounts, end) => {
    const { plane, lock } = await aSnapshot({ changedLockCounts });
    const start = plane.clock.now();
    lock({ LockMode: 'compliance', LockDuration: 5 });
    await plane.clock.advance(1 * days);
    expect(lock({ LockMode: 'compliance', LockDuration: 6 }).LockExpiresOn).toEqual(new Date(start + end * days));
  });
});

describe('LockSnapshot', () => {
  const past = new Date('2026-01-01T00:00:00Z');
  const future = new Date('2026-06-01T00:00:00Z');

  it('takes a date in the place of days', async () => {
    const { plane, lock, states } = await aSnapshot();
    const locked = lock({ LockMode: 'governance', ExpirationDate: future });
    expect(locked).toMatchObject({ LockExpiresOn: future });
    expect(locked).not.toHaveProperty('LockDuration');
    await plane.clock.advanceTo(future.getTime());
    expect(states()).toEqual(['expired']);
  });

  it.each([
    ['no end', { LockMode: 'governance' }, 'MissingParameter'],
    ['two ends', { LockMode: 'governance', LockDuration: 1, ExpirationDate: future }, 'InvalidParameterCombination'],
    ['no day', { LockMode: 'governance', LockDuration: 0 }, 'InvalidParameterValue'],
    ['too many days', { LockMode: 'governance', LockDuration: 36_501 }, 'InvalidParameterValue'],
    ['a date that is over', { LockMode: 'governance', ExpirationDate: past }, 'InvalidParameterValue'],
    [
      'a date too far ahead',
      { LockMode: 'governance', ExpirationDate: new Date('2199-01-01') },
      'InvalidParameterValue',
    ],
    [
      'a time to cool off in governance mode',
      { LockMode: 'governance', LockDuration: 1, CoolOffPeriod: 1 },
      'InvalidParameterCombination',
    ],
    ['too long to cool off', { LockMode: 'compliance', LockDuration: 1, CoolOffPeriod: 73 }, 'InvalidParameterValue'],
  ] as const)('refuses %s', async (_, input, code) => {
    const { lock, states } = await aSnapshot();
    expect(refusal(() => lock(input)).code).toBe(code);
    expect(states()).toEqual([]);
  });

  it('refuses a snapshot that failed, and one that is not there', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane);
    plane.service.failNextImage({ region: 'eu-central-1', code: 'Client.InternalError', message: 'no', after: 1 });
    const ImageId = idOf(plane.call('CreateImage', { InstanceId, Name: 'golden' }).ImageId);
    await plane.clock.advance(hours);
    const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, ImageId));
    const lock = { LockMode: 'governance', LockDuration: 1 } as const;
    expect(refusal(() => plane.call('LockSnapshot', { SnapshotId, ...lock }))).toEqual({
      code: 'IncorrectState',
      message: `The snapshot '${SnapshotId}' can't be locked: it is in state 'error'.`,
    });
    const unknown = { SnapshotId: 'snap-00000000000000000', ...lock };
    expect(refusal(() => plane.call('LockSnapshot', unknown)).code).toBe('InvalidSnapshot.NotFound');
  });
});

describe('UnlockSnapshot', () => {
  it.each([
    ['success', undefined],
    ['refused', 'IncorrectState'],
  ] as const)('of a snapshot without a lock is a %s where that is set', async (unlockWithoutLock, code) => {
    const { plane, SnapshotId } = await aSnapshot({ unlockWithoutLock });
    const unlock = () => plane.call('UnlockSnapshot', { SnapshotId });
    if (code === undefined) expect(unlock()).toEqual({ SnapshotId });
    else expect(refusal(unlock).code).toBe(code);
  });
});

describe('DescribeLockedSnapshots', () => {
  it('lists what is locked, page by page and by state', async () => {
    const plane = aPlane();
    const InstanceId = await anInstance(plane, { sizes: [1, 1, 1] });
    for (const Name of ['one', 'two']) plane.call('CreateImage', { InstanceId, Name });
    await plane.clock.advance(hours);
    const ids = plane.service.inspect.snapshots().map(({ snapshot }) => idOf(snapshot.SnapshotId));
    for (const [index, SnapshotId] of ids.slice(1).entries()) {
      const LockMode = index === 0 ? 'compliance' : 'governance';
      plane.call('LockSnapshot', { SnapshotId, LockMode, LockDuration: 1 });
    }
    const first = plane.call('DescribeLockedSnapshots', { MaxResults: 5 });
    const { NextToken } = first;
    const second = plane.call('DescribeLockedSnapshots', { MaxResults: 5, NextToken });
    const listed = [...(first.Snapshots ?? []), ...(second.Snapshots ?? [])];
    expect(first.Snapshots).toHaveLength(5);
    expect(listed.map(({ SnapshotId }) => SnapshotId)).toEqual(ids.slice(1));
    expect(second.NextToken).toBeUndefined();
    const Filters = [{ Name: 'lock-state', Values: ['compliance'] }];
    expect(plane.call('DescribeLockedSnapshots', { Filters }).Snapshots).toMatchObject([{ SnapshotId: ids[1] }]);
  });
});
