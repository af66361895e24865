import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DisableImageCommand,
  EnableImageDeprecationCommand,
} from '@aws-sdk/client-ec2';
import { assertNever } from '../../model/assert-never.ts';
import { type ImageId, type SnapshotId, snapshotId, type Target } from '../../model/ids.ts';
import { type Instant, MINUTE } from '../../model/time.ts';
import type { StageChange } from '../../planning/change.ts';
import type { DeleteSnapshot, DeregisterImage, DisableImage } from '../../planning/retire/changes.ts';
import type { Applied } from '../../run/ports.ts';
import type { Caller } from '../calls/caller.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { appliedOf, failed } from './applied.ts';
import { writeTags } from './tag-calls.ts';

/** Takes an image a stage further on its way out. No call of it begins after `notAfter`. */
export function takeStage(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  change: StageChange,
  notAfter: Instant,
): Promise<Applied> {
  switch (change.kind) {
    case 'deprecate':
      return setDate(caller, target, change.image, notAfter);
    case 'disable':
      return disable(caller, target, change, notAfter);
    case 'deregister':
      return deregister(caller, sealKey, target, change, notAfter);
    case 'delete-snapshot':
      return deleteSnapshot(caller, target, change, notAfter);
    default:
      return assertNever(change);
  }
}

/** EC2 rounds to the minute and takes no date that is past: the end of the minute after the one in which it is called. */
async function setDate(caller: Caller, target: Target, image: ImageId, notAfter: Instant): Promise<Applied> {
  const at = Math.ceil((caller.now() + MINUTE) / MINUTE) * MINUTE;
  const command = () => new EnableImageDeprecationCommand({ ImageId: image, DeprecateAt: new Date(at) });
  return appliedOf(
    await caller.call(target, 'EnableImageDeprecation', (client) => client.send(command()), Math.min(notAfter, at)),
  );
}

/** The date says since when it is disabled, which EC2 tells of nothing else. */
async function disable(caller: Caller, target: Target, { image }: DisableImage, notAfter: Instant): Promise<Applied> {
  const dated = await setDate(caller, target, image, notAfter);
  if (dated.kind !== 'done') return dated;
  const command = () => new DisableImageCommand({ ImageId: image });
  return appliedOf(await caller.call(target, 'DisableImage', (client) => client.send(command()), notAfter));
}

async function deregister(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  change: DeregisterImage,
  notAfter: Instant,
): Promise<Applied> {
  const command = () => new DeregisterImageCommand({ ImageId: change.image, DeleteAssociatedSnapshots: true });
  const result = await caller.call(target, 'DeregisterImage', (client) => client.send(command()), notAfter);
  if (!result.ok) {
    return result.failure.meaning === 'absent' ? { kind: 'done', note: 'it was gone already' } : failed(result.failure);
  }
  // EC2 answers 200 although snapshots remain.
  const left = (result.value.DeleteSnapshotResults ?? []).flatMap(({ SnapshotId, ReturnCode = '' }) =>
    SnapshotId && ReturnCode !== 'success' ? [{ id: snapshotId(SnapshotId), why: ReturnCode }] : [],
  );
  const notes = await Promise.all(left.map((one) => noteLeftOver(caller, sealKey, target, change, one)));
  return { kind: 'done', ...(notes.length > 0 && { note: notes.join('; ') }) };
}

/** Writes on a snapshot that it is left over, by which a later run deletes it. */
async function noteLeftOver(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  { deployment, region, image }: DeregisterImage,
  { id, why }: { readonly id: SnapshotId; readonly why: string },
): Promise<string> {
  const text = `its image ${image} was deregistered, and EC2 left it: ${why}`;
  const change = { kind: 'mark-snapshot', deployment, region, snapshot: id, text } as const;
  const [written] = await writeTags(caller, sealKey, () => target, [change]);
  const unwritten = written?.kind === 'done' ? '' : ', and that could not be written on it';
  return `${id} is left over: ${why}${unwritten}`;
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
