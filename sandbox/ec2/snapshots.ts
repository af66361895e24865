import type {
  DeleteSnapshotCommandInput,
  DeleteSnapshotCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
  Snapshot,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../contract.ts';
import { userOfSnapshot } from './bin.ts';
import { deletionFailed, deletionForbidden, deletionRefused, snapshotInUse, snapshotLocked } from './errors.ts';
import { allHold, asText, compileFilters, taggedFilterTable } from './filters.ts';
import { snapshotsNotModelled } from './filters-not-modelled.ts';
import { type Answer, operation } from './operation.ts';
import { fillPage, narrow, type PageRule, readCursor } from './paging.ts';
import { removeSnapshot, snapshotAsShown } from './snapshot-lifecycle.ts';
import { isLocked } from './snapshot-locks.ts';
import { ownSnapshot } from './snapshot-lookup.ts';
import type { Plane, SnapshotDeletionFailure, SnapshotEntry } from './state.ts';

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
      ['SnapshotIds', 'OwnerIds', 'Filters', 'MaxResults', 'NextToken'],
      (input, context) => describeSnapshots(plane, input, context),
    ),
    DeleteSnapshot: operation<DeleteSnapshotCommandInput, Answer<DeleteSnapshotCommandOutput>>(
      ['SnapshotId'],
      (input, context) => deleteSnapshot(plane, input, context),
    ),
  };
}

/** There are no public snapshots here, so without owners an account sees its own. */
function describeSnapshots(plane: Plane, input: DescribeSnapshotsCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { SnapshotIds: ids = [], OwnerIds: owners = [] } = input;
  const cursor = readCursor(input, pageRule, ids, behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const mine = owners.length === 0 || owners.includes('self') || owners.includes(account);
  const byId = ids.map((id) => ownSnapshot(place, id)).sort((a, b) => a.seq - b.seq);
  const { entries, filters: rest } =
    ids.length > 0 ? { entries: byId, filters: compiled } : narrow(place.snapshots, compiled);
  const accept = (entry: SnapshotEntry) => {
    const snapshot = snapshotAsShown(plane, place, entry);
    return snapshot && allHold(rest, snapshot) ? snapshot : undefined;
  };
  const { items, nextToken } = fillPage(mine ? [entries] : [], cursor, accept);
  return { Snapshots: items, ...(nextToken && { NextToken: nextToken }) };
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
