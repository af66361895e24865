import type { Snapshot } from '@aws-sdk/client-ec2';
import { daysInBin, putSnapshotInBin } from '../bin/binned.ts';
import { snapshotQuotaReached, snapshotsOfVolumeTooFast, tooManySnapshotsOfVolume } from '../errors.ts';
import type { AccountRegion, Plane, SnapshotEntry, VolumeEntry } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';

/** What a new snapshot is, besides what follows from where and when it is made. */
export type NewSnapshot = Pick<
  Snapshot,
  | 'CompletionDurationMinutes'
  | 'Description'
  | 'Encrypted'
  | 'KmsKeyId'
  | 'SnapshotId'
  | 'Tags'
  | 'TransferType'
  | 'VolumeId'
  | 'VolumeSize'
> & { readonly SnapshotId: string };

/**
 * Snapshots of a volume that may be in progress at a time (EBS User Guide, Quotas for Amazon EBS).
 */
const snapshotsInProgressLimit = { cold: 1, other: 5 };

/**
 * Refuses a snapshot of each of the volumes where EC2 would.
 *
 * @throws ConcurrentSnapshotLimitExceeded, SnapshotCreationPerVolumeRateExceeded.
 */
export function checkVolumeLimits(plane: Plane, place: AccountRegion, volumes: readonly VolumeEntry[]): void {
  const { snapshotIntervalPerVolumeMs } = plane.behaviour(place.region);
  for (const { current, snapshotsInProgress, lastSnapshotAt } of volumes) {
    const cold = current.VolumeType === 'st1' || current.VolumeType === 'sc1';
    const limit = cold ? snapshotsInProgressLimit.cold : snapshotsInProgressLimit.other;
    if (snapshotsInProgress >= limit) throw tooManySnapshotsOfVolume();
    if (lastSnapshotAt !== undefined && plane.clock.now() < lastSnapshotAt + snapshotIntervalPerVolumeMs) {
      throw snapshotsOfVolumeTooFast();
    }
  }
}

/** @throws SnapshotLimitExceeded where the account would have more than its quota. */
export function checkSnapshotQuota(plane: Plane, place: AccountRegion, added: number): void {
  const { snapshotQuota } = plane.behaviour(place.region);
  if (place.snapshots.size + added > snapshotQuota) throw snapshotQuotaReached(snapshotQuota);
}

/**
 * Starts a snapshot that will be complete after a time.
 *
 * @param durationMs milliseconds, which the behaviour's spread and the snapshot's id lengthen.
 * @param originIds the instances that it comes from.
 * @param ofVolume the volume that it is taken of; a copied snapshot names one that does not exist.
 */
export function startSnapshot(
  plane: Plane,
  place: AccountRegion,
  snapshot: NewSnapshot,
  durationMs: number,
  originIds: readonly string[],
  ofVolume?: VolumeEntry,
): SnapshotEntry {
  const now = plane.clock.now();
  const { durationSpread, createVisibilityMs } = plane.behaviour(place.region);
  const spread = 1 + durationSpread * plane.chance(snapshot.SnapshotId);
  const entry: SnapshotEntry = {
    id: snapshot.SnapshotId,
    seq: plane.nextSeq(),
    current: view<Snapshot>({
      ...snapshot,
      OwnerId: place.account,
      Progress: '0%',
      StartTime: secondsDate(now),
      State: 'pending',
      StorageTier: 'standard',
      Tags: snapshot.Tags ?? [],
    }),
    shown: undefined,
    startedAt: now,
    completesAt: now + Math.round(durationMs * spread),
    deleteOnCompletion: false,
    originIds,
    ...(ofVolume && { ofVolume: ofVolume.id }),
  };
  place.snapshots.add(entry);
  if (ofVolume) {
    ofVolume.snapshotsInProgress += 1;
    ofVolume.lastSnapshotAt = now;
  }
  plane.later('snapshot-shown', place, entry.id, now + createVisibilityMs);
  plane.later('snapshot-settled', place, entry.id, entry.completesAt);
  return entry;
}

/** Changes a snapshot; reads see it when the behaviour lets them. */
export function changeSnapshot(plane: Plane, place: AccountRegion, entry: SnapshotEntry, change: Snapshot): void {
  entry.current = view<Snapshot>({ ...entry.current, ...change });
  // One that was never shown is shown by its own transition.
  if (!entry.shown) return;
  const { changeVisibilityMs } = plane.behaviour(place.region);
  plane.later('snapshot-shown', place, entry.id, plane.clock.now() + changeVisibilityMs);
}

/** Ends a snapshot in progress without success: `error`, with the message that reads show. */
export function failSnapshot(plane: Plane, place: AccountRegion, id: string, message: string): void {
  const entry = place.snapshots.get(id);
  if (entry?.current.State !== 'pending') return;
  endProgress(place, entry);
  changeSnapshot(plane, place, entry, { State: 'error', StateMessage: message });
}

/** What reads show of a snapshot, its progress brought up to now. */
export function snapshotAsShown(plane: Plane, place: AccountRegion, entry: SnapshotEntry): Snapshot | undefined {
  const { shown, startedAt, completesAt } = entry;
  if (shown?.State !== 'pending') return shown;
  const done = (plane.clock.now() - startedAt) / Math.max(1, completesAt - startedAt);
  const progress = `${Math.min(99, Math.floor(done * 100))}%`;
  if (progress !== shown.Progress) place.snapshots.show(entry, view<Snapshot>({ ...shown, Progress: progress }));
  return entry.shown;
}

export function handleSnapshotTransitions(plane: Plane): void {
  plane.timeline.handle('snapshot-shown', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.snapshots.get(id);
    if (!entry) return;
    place.snapshots.show(entry);
    plane.sharedSnapshots.show(region, entry);
  });
  plane.timeline.handle('snapshot-settled', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.snapshots.get(id);
    if (entry?.current.State !== 'pending') return;
    endProgress(place, entry);
    changeSnapshot(plane, place, entry, {
      State: 'completed',
      Progress: '100%',
      CompletionTime: secondsDate(plane.clock.now()),
    });
    if (entry.deleteOnCompletion) discard(plane, place, entry);
  });
}

function endProgress(place: AccountRegion, entry: SnapshotEntry): void {
  const volume = entry.ofVolume === undefined ? undefined : place.volumes.get(entry.ofVolume);
  if (volume) volume.snapshotsInProgress -= 1;
}

/** Deletes a snapshot; one in progress goes when it is complete (API reference, DeleteSnapshot). */
export function removeSnapshot(plane: Plane, place: AccountRegion, entry: SnapshotEntry): void {
  if (entry.current.State === 'pending') entry.deleteOnCompletion = true;
  else discard(plane, place, entry);
}

function discard(plane: Plane, place: AccountRegion, entry: SnapshotEntry): void {
  place.snapshots.remove(entry);
  plane.sharedSnapshots.forget(place.region, entry.id);
  const days = daysInBin(plane, place, 'snapshot', entry.current.Tags);
  if (days !== undefined) putSnapshotInBin(plane, place, entry, days);
}
