import type { ImageId, SnapshotId, Target } from '../../model/ids.ts';
import { problemsOf, type Reading } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import { formatInstant, type Instant } from '../../model/time.ts';
import { readName } from '../../tagging/name.ts';
import { type OwnedImage, readOwnership } from '../../tagging/ownership.ts';
import { BINNED, ENDED, RETIRE } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import type { Decision, Plan, Reason } from '../decision.ts';
import { sealProblems } from '../lineages.ts';
import { crowdedAmong, withRoomForTags } from '../room-for-tags.ts';
import { snapshotsOf } from '../snapshots.ts';
import { whatWasDone } from './bring-back.ts';
import { restoreByHand } from './way-back.ts';

/** What the Recycle Bin holds of an image. */
export interface BinnedImage {
  readonly id: ImageId;
  readonly name: string;
  /** Its snapshots that are in the bin as well, by what EC2 says that they were made for. */
  readonly snapshots: readonly SnapshotId[];
  /** The same of those that were never deleted. */
  readonly present: readonly SnapshotId[];
  /** When it is gone for good. */
  readonly until: Instant;
}

export interface UndoInventory {
  readonly target: Target;
  readonly image: Reading<Image | undefined>;
  readonly binned: Reading<BinnedImage | undefined>;
}

/**
 * Takes back what was done to an image on its way out, and holds it, since the rules would send it there again. One
 * that is in the Recycle Bin is restored; one that is neither listed nor in the bin can't come back.
 */
export function planUndo(deployment: string, id: ImageId, inventory: UndoInventory, now: Instant): Plan {
  const { target, image, binned } = inventory;
  const found = image.value ? [image.value] : [];
  return {
    decisions: withRoomForTags([decide(deployment, id, inventory, now)], crowdedAmong(found)),
    warnings: [],
    problems: [...problemsOf(target.region, [image, binned]), ...sealProblems(target.region, found)],
  };
}

function decide(deployment: string, id: ImageId, { target, image, binned }: UndoInventory, now: Instant): Decision {
  const subject = { kind: 'image', id, region: target.region } as const;
  const hold = `undone by hand ${formatInstant(now)}`;
  if (image.value) {
    const owned = readOwnership(image.value, deployment);
    if (owned.kind === 'ours') return takeBack(owned, hold, now);
    return { subject, action: 'refuse', reason: { code: 'not-ours', text: owned.problem } };
  }
  if (!image.complete || !binned.complete) {
    return { subject, action: 'refuse', reason: { code: 'evidence-incomplete', text: 'it could not be looked for' } };
  }
  if (!binned.value) {
    const text = `neither listed in ${target.region} nor in its Recycle Bin: what is deregistered without a rule of the bin can't come back`;
    return { subject, action: 'skip', reason: { code: 'no-such-image', text } };
  }
  const { name, snapshots, present, until } = binned.value;
  const where = `in the Recycle Bin until ${formatInstant(until)}`;
  if (!readName(name, deployment)) {
    const text = `it is ${where}, and its name '${name}' is not one of deployment ${deployment}; EC2 does not show the tags of what is in the bin, by which an adopted image is known. If it is yours, restore it by hand: ${restoreByHand(target.region, id, snapshots)}; if it was adopted, amikeep undo ${id} holds it then`;
    return { subject, action: 'refuse', reason: { code: 'not-ours', text } };
  }
  if (snapshots.length + present.length === 0) {
    const text = `it is ${where}, but it can't come back: no snapshot that was made for it is in the bin, and none is listed in ${target.region}; no rule of the bin kept them, and an image is nothing without them. The log of the run that deregistered it has their ids`;
    return { subject, action: 'refuse', reason: { code: 'snapshots-gone', text } };
  }
  const first = [
    ...(snapshots.length > 0 ? [`its snapshots ${snapshots.join(', ')} come back first`] : []),
    ...(present.length > 0 ? [`its snapshots ${present.join(', ')} are still there`] : []),
  ];
  const text = `${where}: ${first.join(', ')}, then the image comes back and is held, unless it had another snapshot that is gone, which only EC2 knows; what else was done to it the next sweep takes back`;
  // Its mark stays: by that the next sweep, for which it is held, lifts its deprecation and takes the mark off.
  const tagKeys = [ENDED, BINNED];
  const change = { kind: 'restore', region: target.region, image: id, snapshots, tagKeys, hold } as const;
  return { subject, action: 'restore', reason: { code: 'undone', text }, change };
}

function takeBack(owned: OwnedImage, hold: string, now: Instant): Decision {
  const { image, stamp, mark, ended, binned } = owned;
  const about = {
    subject: { kind: 'image', id: image.id, region: image.region },
    policy: stamp.policy,
    lineage: stamp.lineage,
    version: versionOf(stamp.slot),
  } as const;
  const tagKeys = [...(mark ? [RETIRE] : []), ...(ended ? [ENDED] : []), ...(binned === undefined ? [] : [BINNED])];
  if (tagKeys.length === 0) {
    const by =
      image.state === 'disabled' || image.deprecatedAt !== undefined
        ? ', and what was done to it was not done by amikeep'
        : '';
    return { ...about, action: 'skip', reason: { code: 'nothing-to-undo', text: `it is not on its way out${by}` } };
  }
  const done = whatWasDone(owned, now);
  const undone = [
    ...(done.enable ? ['it is enabled'] : []),
    ...(done.undeprecate ? ['its deprecation is lifted'] : []),
    'its mark comes off, and it is held',
  ];
  const reason: Reason = { code: 'undone', text: undone.join(', ') };
  const change = { region: image.region, image: image.id, snapshots: snapshotsOf(owned), tagKeys, hold };
  return { ...about, action: 'bring-back', reason, change: { ...change, kind: 'bring-back', ...done } };
}
