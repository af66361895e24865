import type {
  DescribeLockedSnapshotsCommandInput,
  DescribeLockedSnapshotsCommandOutput,
  LockedSnapshotsInfo,
  LockSnapshotCommandInput,
  LockSnapshotCommandOutput,
  LockState,
  UnlockSnapshotCommandInput,
  UnlockSnapshotCommandOutput,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import {
  invalidCombination,
  invalidValue,
  missingParameter,
  snapshotLocked,
  snapshotNotLockable,
  snapshotNotLocked,
} from '../errors.ts';
import type { Plane, SnapshotEntry, SnapshotLock } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { allHold, compileFilters, filterTable } from '../requests/filters.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, type PageRule, readCursor } from '../requests/paging.ts';
import { ownSnapshot } from './lookup.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** API reference, LockSnapshot. */
const mostDays = 36_500;
const mostCoolOffHours = 72;

const filters = filterTable<LockedSnapshotsInfo>({ 'lock-state': ({ LockState }) => LockState });

const pageRule: PageRule = {
  operation: 'DescribeLockedSnapshots',
  least: 5,
  most: 1_000,
  beyond: 'refused',
  idList: 'snapshotIdsSet',
};

export function snapshotLockOperations(plane: Plane) {
  return {
    LockSnapshot: operation<LockSnapshotCommandInput, Answer<LockSnapshotCommandOutput>>(
      ['SnapshotId', 'LockMode', 'LockDuration', 'ExpirationDate', 'CoolOffPeriod'],
      (input, context) => lockSnapshot(plane, input, context),
    ),
    UnlockSnapshot: operation<UnlockSnapshotCommandInput, Answer<UnlockSnapshotCommandOutput>>(
      ['SnapshotId'],
      (input, context) => unlockSnapshot(plane, input, context),
    ),
    DescribeLockedSnapshots: operation<
      DescribeLockedSnapshotsCommandInput,
      Answer<DescribeLockedSnapshotsCommandOutput>
    >(['SnapshotIds', 'Filters', 'MaxResults', 'NextToken'], (input, context) =>
      describeLockedSnapshots(plane, input, context),
    ),
  };
}

/** Whether a lock forbids to delete the snapshot now. */
export function isLocked(entry: SnapshotEntry, now: number): boolean {
  return entry.lock !== undefined && stateOf(entry, entry.lock, now) !== 'expired';
}

/** EBS User Guide, Amazon EBS snapshot lock: what a lock allows in which state. */
function lockSnapshot(plane: Plane, input: LockSnapshotCommandInput, { account, region }: CallContext) {
  const now = plane.clock.now();
  const { changedLockCounts, lockedSnapshotCode, lockStateCode } = plane.behaviour(region);
  const entry = ownSnapshot(plane.in(account, region), input.SnapshotId);
  const wanted = readLock(input, now);
  const state = entry.current.State ?? 'error';
  if (state !== 'pending' && state !== 'completed') throw snapshotNotLockable(lockStateCode, entry.id, state);
  const present = isLocked(entry, now) ? entry.lock : undefined;
  const since = changedLockCounts === 'from-first-lock' ? present?.lockedAt : undefined;
  const lock: SnapshotLock = { ...wanted, lockedAt: since ?? now };
  if (!present || stateOf(entry, present, now) !== 'compliance') {
    entry.lock = lock;
    return answerOf(entry, lock, now);
  }
  if (lock.coolOff) throw invalidCombination('CoolOffPeriod is for a lock that is not in compliance mode yet.');
  if (lock.mode !== 'compliance' || endOf(entry, lock) < endOf(entry, present)) {
    throw snapshotLocked(lockedSnapshotCode, entry.id, 'locked otherwise than for longer');
  }
  entry.lock = { ...lock, ...(present.coolOff && { coolOff: present.coolOff }) };
  return answerOf(entry, entry.lock, now);
}

/** @throws InvalidParameterValue, InvalidParameterCombination, MissingParameter. */
function readLock(input: LockSnapshotCommandInput, now: number): Omit<SnapshotLock, 'lockedAt'> {
  const { LockMode: mode, LockDuration: days, ExpirationDate: until, CoolOffPeriod: hours } = input;
  if (mode !== 'compliance' && mode !== 'governance') throw invalidValue('LockMode must be compliance or governance.');
  if (days !== undefined && until !== undefined) {
    throw invalidCombination('LockDuration and ExpirationDate cannot be used together');
  }
  if (days !== undefined && !isWithin(days, mostDays))
    throw invalidValue(`LockDuration must be 1 to ${mostDays} days.`);
  if (until !== undefined && (until.getTime() <= now || until.getTime() > now + mostDays * day)) {
    throw invalidValue(`ExpirationDate must lie in the future, and at most ${mostDays} days ahead.`);
  }
  if (hours !== undefined && mode === 'governance') {
    throw invalidCombination('CoolOffPeriod cannot be used with the lock mode governance');
  }
  if (hours !== undefined && !isWithin(hours, mostCoolOffHours)) {
    throw invalidValue(`CoolOffPeriod must be 1 to ${mostCoolOffHours} hours.`);
  }
  const coolOff = hours === undefined ? undefined : { hours, until: now + hours * hour };
  if (until) return { mode, holds: { until: until.getTime() }, ...(coolOff && { coolOff }) };
  if (days === undefined) throw missingParameter('LockDuration');
  return { mode, holds: { days }, ...(coolOff && { coolOff }) };
}

function isWithin(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}

function unlockSnapshot(plane: Plane, input: UnlockSnapshotCommandInput, { account, region }: CallContext) {
  const now = plane.clock.now();
  const { lockedSnapshotCode, lockStateCode, unlockWithoutLock } = plane.behaviour(region);
  const entry = ownSnapshot(plane.in(account, region), input.SnapshotId);
  const state = entry.lock && stateOf(entry, entry.lock, now);
  if (state === 'compliance') throw snapshotLocked(lockedSnapshotCode, entry.id, 'unlocked');
  if ((state === undefined || state === 'expired') && unlockWithoutLock === 'refused') {
    throw snapshotNotLocked(lockStateCode, entry.id);
  }
  delete entry.lock;
  return { SnapshotId: entry.id };
}

/** Lists every snapshot that has been locked, expired locks included. */
function describeLockedSnapshots(
  plane: Plane,
  input: DescribeLockedSnapshotsCommandInput,
  { account, region }: CallContext,
) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { SnapshotIds: ids = [] } = input;
  const cursor = readCursor(input, pageRule, ids, behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const byId = ids.map((id) => ownSnapshot(place, id)).sort((a, b) => a.seq - b.seq);
  const now = plane.clock.now();
  const accept = (entry: SnapshotEntry): LockedSnapshotsInfo | undefined => {
    if (!entry.lock || !entry.shown) return undefined;
    const info = view({ OwnerId: account, ...answerOf(entry, entry.lock, now) });
    return allHold(compiled, info) ? info : undefined;
  };
  const { items, nextToken } = fillPage([ids.length > 0 ? byId : place.snapshots.inOrder], cursor, accept);
  return { Snapshots: items, ...(nextToken && { NextToken: nextToken }) };
}

function answerOf(entry: SnapshotEntry, lock: SnapshotLock, now: number): Answer<LockSnapshotCommandOutput> {
  const { holds, coolOff, lockedAt } = lock;
  const start = startOf(entry, lock);
  const isOpen = 'days' in holds && start === undefined;
  return view({
    SnapshotId: entry.id,
    LockState: stateOf(entry, lock, now),
    LockDuration: 'days' in holds ? holds.days : undefined,
    CoolOffPeriod: coolOff?.hours,
    CoolOffPeriodExpiresOn: coolOff && new Date(coolOff.until),
    LockCreatedOn: new Date(lockedAt),
    LockExpiresOn: isOpen ? undefined : new Date(endOf(entry, lock)),
    LockDurationStartTime: start === undefined ? undefined : new Date(start),
  });
}

function stateOf(entry: SnapshotEntry, lock: SnapshotLock, now: number): LockState {
  const isOver = ('until' in lock.holds || startOf(entry, lock) !== undefined) && endOf(entry, lock) <= now;
  if (isOver) return 'expired';
  if (lock.mode === 'governance') return 'governance';
  return lock.coolOff && now < lock.coolOff.until ? 'compliance-cooloff' : 'compliance';
}

/** When the days of a lock begin to count: not before the snapshot is complete. */
function startOf({ current }: SnapshotEntry, { lockedAt }: SnapshotLock): number | undefined {
  if (current.State === 'pending') return undefined;
  return Math.max(lockedAt, current.CompletionTime?.getTime() ?? lockedAt);
}

/** When a lock ends; of a snapshot in progress, when it will if all goes well. */
function endOf(entry: SnapshotEntry, lock: SnapshotLock): number {
  if ('until' in lock.holds) return lock.holds.until;
  return (startOf(entry, lock) ?? entry.completesAt) + lock.holds.days * day;
}
