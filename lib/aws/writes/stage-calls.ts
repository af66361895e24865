import {
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DisableImageCommand,
  EnableImageDeprecationCommand,
} from '@aws-sdk/client-ec2';
import { assertNever } from '../../model/assert-never.ts';
import type { ImageId, Target } from '../../model/ids.ts';
import { type DatedStage, stageDate } from '../../model/stage-date.ts';
import { formatInstant, type Instant } from '../../model/time.ts';
import type { StageChange } from '../../planning/change.ts';
import type { DeleteSnapshot, DeregisterImage, DisableImage } from '../../planning/retire/changes.ts';
import type { Applied } from '../../run/ports.ts';
import { BINNED } from '../../tagging/tag-keys.ts';
import type { Caller, CallFailure } from '../calls/caller.ts';
import { appliedOf, failed } from './applied.ts';
import { forgetting } from './ordered-calls.ts';

/** Takes an image a stage further on its way out. No call of it begins after `notAfter`. */
export function takeStage(caller: Caller, target: Target, change: StageChange, notAfter: Instant): Promise<Applied> {
  switch (change.kind) {
    case 'deprecate':
      return setDate(caller, target, change.image, 'deprecated', notAfter);
    case 'disable':
      return disable(caller, target, change, notAfter);
    case 'deregister':
      return deregister(caller, target, change, notAfter);
    case 'delete-snapshot':
      return deleteSnapshot(caller, target, change, notAfter);
    default:
      return assertNever(change);
  }
}

/** Sets the date of deprecation by which EC2 tells of a stage. */
async function setDate(
  caller: Caller,
  target: Target,
  image: ImageId,
  stage: DatedStage,
  notAfter: Instant,
): Promise<Applied> {
  const at = stageDate(stage, caller.now());
  const command = () => new EnableImageDeprecationCommand({ ImageId: image, DeprecateAt: new Date(at) });
  return appliedOf(
    await caller.call(target, 'EnableImageDeprecation', (client) => client.send(command()), Math.min(notAfter, at)),
  );
}

/** The date comes first: an image that was disabled without it would count as one that a person has disabled. */
async function disable(caller: Caller, target: Target, { image }: DisableImage, notAfter: Instant): Promise<Applied> {
  const dated = await setDate(caller, target, image, 'disabled', notAfter);
  if (dated.kind !== 'done') return dated;
  const command = () => new DisableImageCommand({ ImageId: image });
  return appliedOf(await caller.call(target, 'DisableImage', (client) => client.send(command()), notAfter));
}

async function deregister(
  caller: Caller,
  target: Target,
  change: DeregisterImage,
  notAfter: Instant,
): Promise<Applied> {
  const written = await binning(caller, target, change.binned, notAfter);
  if (written.kind !== 'done') return written;
  const command = () => new DeregisterImageCommand({ ImageId: change.image, DeleteAssociatedSnapshots: true });
  const result = await caller.call(target, 'DeregisterImage', (client) => client.send(command()), notAfter);
  if (!result.ok) return notDeleted(caller, target, change.binned, result.failure);
  // EC2 answers 200 although snapshots remain. They bear the mark, by which a later run finds them.
  const left = (result.value.DeleteSnapshotResults ?? []).filter(({ ReturnCode }) => ReturnCode !== 'success');
  if (left.length === 0) return { kind: 'done' };
  const ids = new Set<string | undefined>(left.map(({ SnapshotId }) => SnapshotId));
  await unbinning(
    caller,
    target,
    change.binned.filter((id) => ids.has(id)),
  );
  const note = left.map(({ SnapshotId, ReturnCode }) => `${SnapshotId} is left over: ${ReturnCode}`).join('; ');
  return { kind: 'done', note };
}

async function deleteSnapshot(
  caller: Caller,
  target: Target,
  { snapshot, binned }: DeleteSnapshot,
  notAfter: Instant,
): Promise<Applied> {
  const kept = binned ? [snapshot] : [];
  const written = await binning(caller, target, kept, notAfter);
  if (written.kind !== 'done') return written;
  const command = () => new DeleteSnapshotCommand({ SnapshotId: snapshot });
  const result = await caller.call(target, 'DeleteSnapshot', (client) => client.send(command()), notAfter);
  return result.ok ? { kind: 'done' } : notDeleted(caller, target, kept, result.failure);
}

/** Writes on what the Recycle Bin is to keep that it went there: on what is restored that word says that it is to stay. */
async function binning(caller: Caller, target: Target, ids: readonly string[], notAfter: Instant): Promise<Applied> {
  if (ids.length === 0) return { kind: 'done' };
  const Tags = [{ Key: BINNED, Value: formatInstant(caller.now()) }];
  const command = () => new CreateTagsCommand({ Resources: [...ids], Tags });
  return appliedOf(await caller.call(target, 'CreateTags', (client) => client.send(command()), notAfter));
}

/** What was not deleted did not go into the bin. Where nobody knows whether it did, the word stays, and so does the image. */
async function notDeleted(
  caller: Caller,
  target: Target,
  ids: readonly string[],
  failure: CallFailure,
): Promise<Applied> {
  if (failure.meaning === 'absent') return { kind: 'done', note: 'it was gone already' };
  const applied = failed(failure);
  if (applied.kind !== 'unknown') await unbinning(caller, target, ids);
  return applied;
}

async function unbinning(caller: Caller, target: Target, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { action, send } = forgetting([BINNED], [...ids]);
  await caller.call(target, action, send);
}
