import type { BlockDeviceMapping, RegisterImageCommandInput, RegisterImageCommandOutput } from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { deviceMappingInvalid, missingParameter } from '../errors.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { ownSnapshot } from '../snapshots/lookup.ts';
import { tagsByType } from '../tags/tags.ts';
import { checkNewImage, startImage } from './lifecycle.ts';

export function registerImageOperations(plane: Plane) {
  return {
    RegisterImage: operation<RegisterImageCommandInput, Answer<RegisterImageCommandOutput>>(
      [
        'Name',
        'Description',
        'Architecture',
        'BootMode',
        'EnaSupport',
        'ImdsSupport',
        'RootDeviceName',
        'VirtualizationType',
        'BlockDeviceMappings.DeviceName',
        'BlockDeviceMappings.Ebs.DeleteOnTermination',
        'BlockDeviceMappings.Ebs.SnapshotId',
        'BlockDeviceMappings.Ebs.VolumeSize',
        'BlockDeviceMappings.Ebs.VolumeType',
        'TagSpecifications.ResourceType',
        'TagSpecifications.Tags',
      ],
      (input, context) => registerImage(plane, input, context),
    ),
  };
}

/**
 * Makes an image of snapshots that are there, so it is available at once (EC2 User Guide, Create an AMI from a
 * snapshot). Several images may be made of one snapshot.
 */
function registerImage(plane: Plane, input: RegisterImageCommandInput, context: CallContext) {
  const place = plane.in(context.account, context.region);
  const tags = tagsByType(input.TagSpecifications, ['image'], plane.behaviour(context.region));
  checkNewImage(plane, place, input.Name, input.Description);
  if (!input.RootDeviceName) throw missingParameter('rootDeviceName');
  const mappings = (input.BlockDeviceMappings ?? []).map((mapping) => registeredMapping(place, mapping));
  if (!mappings.some(({ DeviceName }) => DeviceName === input.RootDeviceName)) {
    throw deviceMappingInvalid(`No device is mapped to the root device name ${input.RootDeviceName}.`);
  }
  const id = plane.newId('ami');
  startImage(plane, place, {
    id,
    name: input.Name ?? '',
    origin: 'RegisterImage',
    requestId: context.requestId,
    mappings,
    facts: {
      Description: input.Description,
      Architecture: input.Architecture ?? 'i386',
      BootMode: input.BootMode,
      EnaSupport: input.EnaSupport ?? false,
      Hypervisor: 'xen',
      ImageType: 'machine',
      ImdsSupport: input.ImdsSupport,
      PlatformDetails: 'Linux/UNIX',
      RootDeviceName: input.RootDeviceName,
      RootDeviceType: 'ebs',
      UsageOperation: 'RunInstances',
      VirtualizationType: input.VirtualizationType === 'hvm' ? 'hvm' : 'paravirtual',
      Tags: [...(tags.get('image') ?? [])],
    },
    completesAt: plane.clock.now(),
  });
  return { ImageId: id };
}

function registeredMapping(place: AccountRegion, { DeviceName, Ebs }: BlockDeviceMapping): BlockDeviceMapping {
  if (!DeviceName) throw missingParameter('blockDeviceMapping.deviceName');
  const snapshot = Ebs?.SnapshotId === undefined ? undefined : ownSnapshot(place, Ebs.SnapshotId).current;
  const size = Ebs?.VolumeSize ?? snapshot?.VolumeSize;
  if (!size) throw deviceMappingInvalid(`The device ${DeviceName} needs a snapshot or a size.`);
  return {
    DeviceName,
    Ebs: {
      SnapshotId: snapshot?.SnapshotId,
      VolumeSize: size,
      VolumeType: Ebs?.VolumeType ?? 'gp3',
      DeleteOnTermination: Ebs?.DeleteOnTermination ?? true,
      Encrypted: snapshot?.Encrypted ?? false,
    },
  };
}
