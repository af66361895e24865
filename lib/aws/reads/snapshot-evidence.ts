import { DescribeLockedSnapshotsCommand } from '@aws-sdk/client-ec2';
import { type SnapshotId, snapshotId, type Target } from '../../model/ids.ts';
import { completeReading, partialReading, type Reading } from '../../model/reading.ts';
import { lookedInto, type SnapshotEvidence, type SnapshotEvidenceById } from '../../planning/evidence.ts';
import { chunks } from '../calls/batches.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { allOf, joinReadings } from '../calls/pages.ts';
import type { DefaultKeys } from './default-keys.ts';
import { readVolumePermissions } from './sharing.ts';
import { Unread } from './unread.ts';

const MOST_LOCKED = 200;

/** What keeps snapshots from being deleted although no image names them: locks, and shares. */
export async function readSnapshotEvidence(
  caller: Caller,
  defaultKeys: DefaultKeys,
  target: Target,
  ids: readonly SnapshotId[],
): Promise<Reading<SnapshotEvidenceById>> {
  const at = caller.now();
  const unread = new Unread<SnapshotId>();
  // Nobody else has the account's default key. Where the keys could not be read EC2 is asked of each snapshot.
  const { value: own } = await defaultKeys.among(target, ids);
  const sharesOf = async (id: SnapshotId) =>
    own.has(id)
      ? completeReading(`shares of ${id}`, caller.now(), [])
      : unread.note([id], await readVolumePermissions(caller, target, id));
  const [locks, shares] = await Promise.all([
    Promise.all(
      chunks(ids, MOST_LOCKED).map(async (part) => unread.note(part, await readLocksOf(caller, target, part))),
    ),
    Promise.all(ids.map(sharesOf)),
  ]);
  const lockOf = new Map(locks.flatMap(({ value }) => value.map(({ id, state }) => [id, state])));
  const value = new Map(
    ids.map((id, index): [SnapshotId, SnapshotEvidence] => {
      const lock = lockOf.get(id);
      return [id, { ...(lock !== undefined && { lock }), sharedWith: shares[index]?.value ?? [] }];
    }),
  );
  return allOf('locks and shares of snapshots', at, [...locks, ...shares], lookedInto(value, unread.problems));
}

interface Lock {
  readonly id: SnapshotId;
  readonly state: string;
}

/** One snapshot that is gone meanwhile fails the whole call: it is made again in halves, down to the one that it is about. */
async function readLocksOf(
  caller: Caller,
  target: Target,
  ids: readonly SnapshotId[],
): Promise<Reading<readonly Lock[]>> {
  const source = 'locked snapshots';
  const at = caller.now();
  const locks: Lock[] = [];
  let token: string | undefined;
  do {
    const command = () => new DescribeLockedSnapshotsCommand({ SnapshotIds: [...ids], NextToken: token });
    const answer = await caller.call(target, 'DescribeLockedSnapshots', (client) => client.send(command()));
    if (!answer.ok) {
      if (answer.failure.meaning !== 'absent')
        return partialReading(source, at, locks, describeFailure(answer.failure));
      if (ids.length === 1) return completeReading(source, at, []);
      const half = Math.ceil(ids.length / 2);
      const halves = [ids.slice(0, half), ids.slice(half)].map((part) => readLocksOf(caller, target, part));
      return joinReadings(source, at, await Promise.all(halves));
    }
    for (const { SnapshotId, LockState } of answer.value.Snapshots ?? []) {
      if (SnapshotId && LockState && LockState !== 'expired')
        locks.push({ id: snapshotId(SnapshotId), state: LockState });
    }
    token = answer.value.NextToken || undefined;
  } while (token !== undefined);
  return completeReading(source, at, locks);
}
