import type {
  AttachVolumeCommandInput,
  AttachVolumeCommandOutput,
  DetachVolumeCommandInput,
  DetachVolumeCommandOutput,
  VolumeAttachment,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import {
  attachmentUnknown,
  deviceNameInvalid,
  deviceTaken,
  instanceNotAttachable,
  rootNotDetachable,
  volumeElsewhere,
  volumeInWrongState,
  volumeTaken,
} from '../errors.ts';
import { ownInstance } from '../instances/lookup.ts';
import type { Plane, VolumeEntry } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { mapVolume, markAttachment, moveVolume } from './lifecycle.ts';
import { ownVolume } from './lookup.ts';

/** The names that EC2 gives devices (EC2 User Guide, Device names for volumes). */
const deviceName = /^(?:\/dev\/)?(?:sd[a-z][1-9]?\d?|xvd[a-z]{1,2}\d{0,2})$/;

export function attachmentOperations(plane: Plane) {
  return {
    AttachVolume: operation<AttachVolumeCommandInput, Answer<AttachVolumeCommandOutput>>(
      ['Device', 'InstanceId', 'VolumeId'],
      (input, context) => attachVolume(plane, input, context),
    ),
    DetachVolume: operation<DetachVolumeCommandInput, Answer<DetachVolumeCommandOutput>>(
      ['Device', 'Force', 'InstanceId', 'VolumeId'],
      (input, context) => detachVolume(plane, input, context),
    ),
  };
}

/**
 * @throws VolumeInUse, IncorrectState for a volume that is not available and an instance neither running nor stopped,
 *   InvalidVolume.ZoneMismatch, InvalidParameterValue for a device that is none or taken.
 */
function attachVolume(
  plane: Plane,
  { Device: device = '', InstanceId, VolumeId: id = '' }: AttachVolumeCommandInput,
  { account, region }: CallContext,
): VolumeAttachment {
  const place = plane.in(account, region);
  const volume = ownVolume(place, id);
  const instance = ownInstance(place, InstanceId);
  const [holder] = volume.current.Attachments ?? [];
  if (holder) throw volumeTaken(id, holder.InstanceId ?? '');
  if (volume.current.State !== 'available') throw volumeInWrongState(id, volume.current.State ?? '', 'available');
  const { current } = instance;
  if (current.State?.Name !== 'running' && current.State?.Name !== 'stopped') throw instanceNotAttachable(instance.id);
  if (volume.current.AvailabilityZone !== current.Placement?.AvailabilityZone) throw volumeElsewhere(id, instance.id);
  if (!deviceName.test(device)) throw deviceNameInvalid(device);
  if (current.BlockDeviceMappings?.some(({ DeviceName }) => DeviceName === device)) throw deviceTaken(device);
  const attachment = view<VolumeAttachment>({
    VolumeId: id,
    InstanceId: instance.id,
    Device: device,
    State: 'attaching',
    AttachTime: secondsDate(plane.clock.now()),
    DeleteOnTermination: false,
  });
  mapVolume(place, volume, instance, attachment);
  moveVolume(plane, place, volume, plane.behaviour(region).volumeAttachMs);
  return attachment;
}

/**
 * @throws IncorrectState for a volume that is not attached, and for the root volume of an instance that is not stopped;
 *   InvalidAttachment.NotFound for another instance or device than its own.
 */
function detachVolume(
  plane: Plane,
  { Device: device, InstanceId: instanceId, VolumeId: id = '' }: DetachVolumeCommandInput,
  { account, region }: CallContext,
): VolumeAttachment {
  const place = plane.in(account, region);
  const volume = ownVolume(place, id);
  const attachment = attachedNow(volume);
  if (instanceId !== undefined && instanceId !== attachment.InstanceId) {
    throw attachmentUnknown(id, `instance '${instanceId}'`);
  }
  if (device !== undefined && device !== attachment.Device) throw attachmentUnknown(id, `device '${device}'`);
  const instance = ownInstance(place, attachment.InstanceId);
  const isRoot = attachment.Device === instance.current.RootDeviceName;
  if (isRoot && instance.current.State?.Name !== 'stopped') throw rootNotDetachable(id, instance.id);
  markAttachment(place, volume, instance, 'detaching');
  moveVolume(plane, place, volume, plane.behaviour(region).volumeDetachMs);
  return view<VolumeAttachment>({ ...attachment, State: 'detaching' });
}

function attachedNow({ id, current }: VolumeEntry): VolumeAttachment {
  const [attachment] = current.Attachments ?? [];
  if (attachment?.State === 'attached') return attachment;
  throw volumeInWrongState(id, attachment?.State ?? current.State ?? '', 'in-use');
}
