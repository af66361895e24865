import type {
  DeleteSnapshotCommandInput,
  DeleteSnapshotCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
  Snapshot,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { userOfSnapshot } from '../bin/binned.ts';
import { deletionFailed, deletionForbidden, deletionRefused, snapshotInUse, snapshotLocked } from '../errors.ts';
import { isPublic } from '../plane/permissions.ts';
import type { Plane, SnapshotDeletionFailure, SnapshotEntry } from '../plane/state.ts';
import { allHold, asText, compileFilters, taggedFilterTable } from '../requests/filters.ts';
import { snapshotsNotModelled } from '../requests/filters-not-modelled.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, merged, narrow, type PageRule, readCursor } from '../requests/paging.ts';
import { removeSnapshot, snapshotAsShown } from './lifecycle.ts';
import { isLocked } from './locks.ts';
import { ownSnapshot, readableSnapshots } from './lookup.ts';
import { snapshotSeenBy, snapshotsSharedWith } from './shared.ts';

const filters = taggedFilterTable<Snapshot>(
  {
    description: (snapshot) => snapshot.Description,
    encrypted: (snapshot) => asText(snapshot.Encrypted),
    'owner-id': (snapshot) => snapshot.OwnerId,
    progress: (snapshot) => snapshot.Progress,
    'snapshot-id': (snapshot) => snapshot.SnapshotId,
    'start-time': (snapshot) => snapshot.StartTime?.toISOString(),
    status: (snapshot) => snapshot.State,
    'storage-tier': (snapshot) => snapshot.StorageTier,
    'transfer-type': (snapshot) => snapshot.TransferType,
    'volume-id': (snapshot) => snapshot.VolumeId,
    'volume-size': (snapshot) => asText(snapshot.VolumeSize),
  },
  snapshotsNotModelled,
);

const pageRule: PageRule = {
  operation: 'DescribeSnapshots',
  least: 5,
  most: 1_000,
  beyond: 'clamped',
  idList: 'snapshotIdsSet',
};

export function snapshotOperations(plane: Plane) {
  return {
    DescribeSnapshots: operation<DescribeSnapshotsCommandInput, Answer<DescribeSnapshotsCommandOutput>>(
      ['SnapshotIds', 'OwnerIds', 'RestorableByUserIds', 'Filters', 'MaxResults', 'NextToken'],
      (input, context) => describeSnapshots(plane, input, context),
    ),
    DeleteSnapshot: operation<DeleteSnapshotCommandInput, Answer<DeleteSnapshotCommandOutput>>(
      ['SnapshotId'],
      (input, context) => deleteSnapshot(plane, input, context),
    ),
  };
}

/**
 * Without owners or users, every snapshot that the account may make volumes of: its own and those that others share
 * with it. By id, another account's private ones are left out (API reference, DescribeSnapshots).
 */
function describeSnapshots(plane: Plane, input: DescribeSnapshotsCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { SnapshotIds: ids = [], OwnerIds: owners = [], RestorableByUserIds: users = [] } = input;
  const cursor = readCursor(input, pageRule, ids, behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const restorable = restorableTest(users, account);
  const owned = ({ OwnerId }: Snapshot) =>
    owners.length === 0 || owners.some((owner) => owner === OwnerId || (owner === 'self' && OwnerId === account));
  const own = narrow(place.snapshots, compiled);
  const entries =
    ids.length > 0 ? readableSnapshots(plane, place, ids) : merged(own.entries, snapshotsSharedWith(plane, place));
  const accept = (entry: SnapshotEntry) => {
    const isOwn = entry.current.OwnerId === account;
    const shown = snapshotAsShown(plane, isOwn ? place : plane.in(entry.current.OwnerId ?? '', region), entry);
    const snapshot = shown && snapshotSeenBy(account, shown);
    const rest = isOwn && ids.length === 0 ? own.filters : compiled;
    return snapshot && owned(snapshot) && restorable(entry) && allHold(rest, snapshot) ? snapshot : undefined;
  };
  const { items, nextToken } = fillPage([entries], cursor, accept);
  return { Snapshots: items, ...(nextToken && { NextToken: nextToken }) };
}

/**
 * `self` stands for what the caller owns or is explicitly permitted, `all` for what is public; other accounts can be
 * asked about by the owner alone (API reference, DescribeSnapshots).
 */
function restorableTest(users: readonly string[], account: string): (entry: SnapshotEntry) => boolean {
  if (users.length === 0) return () => true;
  return ({ current, sharing }) => {
    const permissions = sharing?.shown ?? [];
    const isOwn = current.OwnerId === account;
    const mayRestore = (id: string) => permissions.some(({ UserId }) => UserId === id);
    return users.some((user) => {
      if (user === 'all') return isPublic(permissions);
      if (user === 'self' || user === account) return isOwn || mayRestore(account);
      return isOwn && mayRestore(user);
    });
  };
}

/** A snapshot of any registered image can't be deleted, be the image deprecated or disabled (EC2 User Guide, Deregister an AMI). */
function deleteSnapshot(plane: Plane, input: DeleteSnapshotCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const entry = ownSnapshot(place, input.SnapshotId);
  const user = userOfSnapshot(plane, place, entry.id);
  if (user !== undefined) throw snapshotInUse(entry.id, user);
  if (isLocked(entry, plane.clock.now())) {
    throw snapshotLocked(plane.behaviour(region).lockedSnapshotCode, entry.id, 'deleted');
  }
  const failure = plane.snapshotDeletionFailures.get(entry.id);
  if (failure) throw deletionFailure(failure, entry.id);
  removeSnapshot(plane, place, entry);
  return {};
}

function deletionFailure(failure: SnapshotDeletionFailure, id: string): Error {
  switch (failure) {
    case 'missing-permissions':
      return deletionForbidden(id);
    case 'internal-error':
      return deletionFailed();
    case 'client-error':
      return deletionRefused(id);
  }
}
