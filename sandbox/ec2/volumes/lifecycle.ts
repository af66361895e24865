import type { InstanceBlockDeviceMapping, Volume, VolumeAttachment, VolumeAttachmentState } from '@aws-sdk/client-ec2';
import { changeInstance } from '../instances/lifecycle.ts';
import { isUsable } from '../plane/keys.ts';
import type { AccountRegion, InstanceEntry, Plane, VolumeEntry } from '../plane/state.ts';
import { view } from '../plane/views.ts';

/** Changes a volume; reads see it at once. */
export function changeVolume(place: AccountRegion, entry: VolumeEntry, change: Volume): void {
  entry.current = view<Volume>({ ...entry.current, ...change });
  place.volumes.show(entry);
}

/** Lets a volume arrive, after so many milliseconds, where its state says that it is on its way to. */
export function moveVolume(plane: Plane, place: AccountRegion, entry: VolumeEntry, ms: number): void {
  entry.movesAt = plane.clock.now() + ms;
  plane.later('volume-moved', place, entry.id, entry.movesAt);
}

/** Puts a volume on a device of an instance, as both of them show it. */
export function mapVolume(
  place: AccountRegion,
  volume: VolumeEntry,
  instance: InstanceEntry,
  attachment: VolumeAttachment,
): void {
  const { Device: device, State: state, AttachTime, DeleteOnTermination } = attachment;
  const mapping: InstanceBlockDeviceMapping = {
    DeviceName: device,
    Ebs: { VolumeId: volume.id, Status: state === 'busy' ? 'attached' : state, AttachTime, DeleteOnTermination },
  };
  changeVolume(place, volume, { State: 'in-use', Attachments: [attachment] });
  changeInstance(place, instance, { BlockDeviceMappings: [...mappingsWithout(instance, volume.id), mapping] });
}

/** Takes a volume off its instance, as both of them show it. */
export function unmapVolume(place: AccountRegion, volume: VolumeEntry, instance: InstanceEntry | undefined): void {
  changeVolume(place, volume, { State: 'available', Attachments: [] });
  if (instance) changeInstance(place, instance, { BlockDeviceMappings: mappingsWithout(instance, volume.id) });
}

/** Says how far an attachment is, on the volume and on its instance. */
export function markAttachment(
  place: AccountRegion,
  volume: VolumeEntry,
  instance: InstanceEntry | undefined,
  state: Exclude<VolumeAttachmentState, 'busy'>,
): void {
  const attachments = volume.current.Attachments ?? [];
  changeVolume(place, volume, { Attachments: attachments.map((one) => ({ ...one, State: state })) });
  if (!instance) return;
  const mappings = instance.current.BlockDeviceMappings ?? [];
  const marked = mappings.map((mapping) =>
    mapping.Ebs?.VolumeId === volume.id ? { ...mapping, Ebs: { ...mapping.Ebs, Status: state } } : mapping,
  );
  changeInstance(place, instance, { BlockDeviceMappings: marked });
}

function mappingsWithout({ current }: InstanceEntry, volumeId: string): InstanceBlockDeviceMapping[] {
  return (current.BlockDeviceMappings ?? []).filter(({ Ebs }) => Ebs?.VolumeId !== volumeId);
}

export function handleVolumeTransitions(plane: Plane): void {
  plane.timeline.handle('volume-moved', ({ account, region, id }) => {
    const place = plane.in(account, region);
    const entry = place.volumes.get(id);
    // Its instance may have let go of it meanwhile, and another may have taken it since.
    if (!entry || plane.clock.now() < (entry.movesAt ?? 0)) return;
    arrive(plane, place, entry);
  });
}

function arrive(plane: Plane, place: AccountRegion, entry: VolumeEntry): void {
  if (entry.current.State === 'creating') {
    const behaviour = plane.behaviour(place.region);
    const isMade = (entry.keys ?? []).every((key) => isUsable(behaviour, place.account, key));
    changeVolume(place, entry, { State: isMade ? 'available' : 'error' });
    return;
  }
  if (entry.current.State === 'deleting') {
    place.volumes.remove(entry);
    return;
  }
  const [attachment] = entry.current.Attachments ?? [];
  const instance = place.instances.get(attachment?.InstanceId ?? '');
  if (attachment?.State === 'attaching') markAttachment(place, entry, instance, 'attached');
  if (attachment?.State === 'detaching') unmapVolume(place, entry, instance);
}
