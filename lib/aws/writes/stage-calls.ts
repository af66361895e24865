import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DisableImageCommand,
  EnableImageDeprecationCommand,
} from '@aws-sdk/client-ec2';
import { assertNever } from '../../model/assert-never.ts';
import type { ImageId, Target } from '../../model/ids.ts';
import { type DatedStage, stageDate } from '../../model/stage-date.ts';
import type { Instant } from '../../model/time.ts';
import type { StageChange } from '../../planning/change.ts';
import type { DeleteSnapshot, DeregisterImage, DisableImage } from '../../planning/retire/changes.ts';
import type { Applied } from '../../run/ports.ts';
import type { Caller } from '../calls/caller.ts';
import { appliedOf, failed } from './applied.ts';

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
  const command = () => new DeregisterImageCommand({ ImageId: change.image, DeleteAssociatedSnapshots: true });
  const result = await caller.call(target, 'DeregisterImage', (client) => client.send(command()), notAfter);
  if (!result.ok) {
    return result.failure.meaning === 'absent' ? { kind: 'done', note: 'it was gone already' } : failed(result.failure);
  }
  // EC2 answers 200 although snapshots remain. They bear the mark, by which a later run finds them.
  const left = (result.value.DeleteSnapshotResults ?? []).filter(({ ReturnCode }) => ReturnCode !== 'success');
  if (left.length === 0) return { kind: 'done' };
  const note = left.map(({ SnapshotId, ReturnCode }) => `${SnapshotId} is left over: ${ReturnCode}`).join('; ');
  return { kind: 'done', note };
}

async function deleteSnapshot(
  caller: Caller,
  target: Target,
  { snapshot }: DeleteSnapshot,
  notAfter: Instant,
): Promise<Applied> {
  const command = () => new DeleteSnapshotCommand({ SnapshotId: snapshot });
  const result = await caller.call(target, 'DeleteSnapshot', (client) => client.send(command()), notAfter);
  if (result.ok) return { kind: 'done' };
  return result.failure.meaning === 'absent' ? { kind: 'done', note: 'it was gone already' } : failed(result.failure);
}
