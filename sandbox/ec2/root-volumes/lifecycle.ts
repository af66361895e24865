import type { ReplaceRootVolumeTaskState, VolumeAttachment } from '@aws-sdk/client-ec2';
import { beginToRun, changeInstance } from '../instances/lifecycle.ts';
import { originsOfSnapshot } from '../instances/origins.ts';
import type { AccountRegion, InstanceEntry, Plane, RootReplacementEntry, VolumeEntry } from '../plane/state.ts';
import { secondsDate, secondsText, view } from '../plane/views.ts';
import { mapVolume, markAttachment, unmapVolume } from '../volumes/lifecycle.ts';
import { rootMapping } from './lookup.ts';

/** Lets a task go on to its next state after so many milliseconds. */
export function scheduleReplacement(plane: Plane, place: AccountRegion, entry: RootReplacementEntry, ms: number): void {
  plane.later('root-replacement-moved', place, entry.id, plane.clock.now() + ms);
}

export function handleRootReplacementTransitions(plane: Plane): void {
  plane.timeline.handle('root-replacement-moved', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.rootReplacements.get(id);
    if (entry) goOn(plane, place, entry);
  });
}

/** The instance of a task and its two volumes, as far as they are there still. */
function partsOf(place: AccountRegion, entry: RootReplacementEntry) {
  const instance = place.instances.get(entry.current.InstanceId ?? '');
  const next = place.volumes.get(entry.newVolumeId);
  return {
    instance: instance?.current.State?.Name === 'running' ? instance : undefined,
    old: place.volumes.get(entry.oldVolumeId),
    // A volume that the call named may have been attached elsewhere.
    next: next?.current.Attachments?.length ? undefined : next,
  };
}

function goOn(plane: Plane, place: AccountRegion, entry: RootReplacementEntry): void {
  const { rootReplacementSwapMs: ms, rootReplacementOutcome: outcome } = plane.behaviour(place.region);
  const { instance, old, next } = partsOf(place, entry);
  const setState = (TaskState: ReplaceRootVolumeTaskState) => {
    entry.current = view({ ...entry.current, TaskState });
    place.rootReplacements.show(entry);
  };
  switch (entry.current.TaskState) {
    case 'pending':
      if (instance && old) markAttachment(place, old, instance, 'detaching');
      setState('in-progress');
      scheduleReplacement(plane, place, entry, ms);
      break;
    case 'in-progress':
      // One that was stopped or terminated meanwhile has nothing to be replaced.
      if (outcome === 'succeeded' && instance && old && next) {
        swap(plane, place, entry, { instance, old, next });
        end(plane, place, entry, 'succeeded');
      } else {
        setState('failing');
        scheduleReplacement(plane, place, entry, ms);
      }
      break;
    case 'failing':
      end(plane, place, entry, giveUp(plane, place, entry));
      break;
  }
}

function end(plane: Plane, place: AccountRegion, entry: RootReplacementEntry, TaskState: ReplaceRootVolumeTaskState) {
  entry.current = view({ ...entry.current, TaskState, CompleteTime: secondsText(plane.clock.now()) });
  place.rootReplacements.show(entry);
}

/** The instance is rebooted with the new volume on the old one's device; the old one is kept unless the call says not. */
function swap(
  plane: Plane,
  place: AccountRegion,
  { current: task }: RootReplacementEntry,
  { instance, old, next }: { readonly instance: InstanceEntry; readonly old: VolumeEntry; readonly next: VolumeEntry },
): void {
  const attachment: VolumeAttachment = {
    VolumeId: next.id,
    InstanceId: instance.id,
    Device: instance.current.RootDeviceName,
    State: 'attached',
    AttachTime: secondsDate(plane.clock.now()),
    DeleteOnTermination: rootMapping(instance)?.Ebs?.DeleteOnTermination ?? true,
  };
  unmapVolume(place, old, instance);
  mapVolume(place, next, instance, view(attachment));
  const { SnapshotId: snapshotId = '' } = old.current;
  instance.formerRoots = [...(instance.formerRoots ?? []), { volumeId: old.id, snapshotId }];
  const origins = originsOfSnapshot(plane, place.region, next.current.SnapshotId);
  if (origins || task.ImageId !== undefined) instance.originIds = origins ?? [];
  if (task.DeleteReplacedRootVolume) place.volumes.remove(old);
  if (task.ImageId !== undefined && plane.behaviour(place.region).imageIdOfReplacedRoot === 'changed') {
    changeInstance(place, instance, { ImageId: task.ImageId });
  }
  beginToRun(plane, instance);
}

/** A volume that the task made goes; the instance is rebooted with its old root, or left without one. */
function giveUp(plane: Plane, place: AccountRegion, entry: RootReplacementEntry): 'failed' | 'failed-detached' {
  const { instance, old, next } = partsOf(place, entry);
  if (next && entry.isOwnVolume) place.volumes.remove(next);
  const isDetached = plane.behaviour(place.region).rootReplacementOutcome === 'failed-detached';
  if (instance && old && isDetached) unmapVolume(place, old, instance);
  else if (old?.current.Attachments?.length) {
    markAttachment(place, old, place.instances.get(entry.current.InstanceId ?? ''), 'attached');
  }
  if (instance) beginToRun(plane, instance);
  return instance && isDetached ? 'failed-detached' : 'failed';
}
