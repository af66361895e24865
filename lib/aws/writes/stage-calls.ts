import {
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DisableImageCommand,
  EnableImageDeprecationCommand,
} from '@aws-sdk/client-ec2';
import { assertNever } from '../../model/assert-never.ts';
import type { Target } from '../../model/ids.ts';
import type { Tags } from '../../model/resources.ts';
import { type Instant, MINUTE } from '../../model/time.ts';
import type { StageChange } from '../../planning/change.ts';
import type { DeleteSnapshot, DeprecateImage, DeregisterImage, DisableImage } from '../../planning/retire/changes.ts';
import type { Applied } from '../../run/ports.ts';
import { deprecatedTag, disabledTags } from '../../tagging/stages.ts';
import type { Caller } from '../calls/caller.ts';
import { fromTags } from '../convert.ts';
import { appliedOf, failed } from './applied.ts';
import { timeOfWriting } from './tag-calls.ts';

/** Takes an image a stage further on its way out. No call of it begins after `notAfter`. */
export function takeStage(caller: Caller, target: Target, change: StageChange, notAfter: Instant): Promise<Applied> {
  switch (change.kind) {
    case 'deprecate':
      return deprecate(caller, target, change, notAfter);
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

/** What has to be taken back one day is on the image before it is done. */
async function writeFirst(
  caller: Caller,
  target: Target,
  image: string,
  tags: Tags,
  notAfter: Instant,
): Promise<Applied> {
  const command = () => new CreateTagsCommand({ Resources: [image], Tags: fromTags(tags) });
  return appliedOf(await caller.call(target, 'CreateTags', (client) => client.send(command()), notAfter));
}

async function deprecate(
  caller: Caller,
  target: Target,
  { image, before }: DeprecateImage,
  notAfter: Instant,
): Promise<Applied> {
  // EC2 rounds to the minute and takes no date that is past: the end of the minute after the one in which it is called.
  const at = Math.ceil((caller.now() + MINUTE) / MINUTE) * MINUTE;
  const tags = deprecatedTag({ at, ...(before !== undefined && { before }) });
  const written = await writeFirst(caller, target, image, tags, notAfter);
  if (written.kind !== 'done') return written;
  const command = () => new EnableImageDeprecationCommand({ ImageId: image, DeprecateAt: new Date(at) });
  return appliedOf(
    await caller.call(target, 'EnableImageDeprecation', (client) => client.send(command()), Math.min(notAfter, at)),
  );
}

async function disable(
  caller: Caller,
  target: Target,
  { image, sharedWith }: DisableImage,
  notAfter: Instant,
): Promise<Applied> {
  const tags = disabledTags(timeOfWriting(caller), sharedWith);
  const written = await writeFirst(caller, target, image, tags, notAfter);
  if (written.kind !== 'done') return written;
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
