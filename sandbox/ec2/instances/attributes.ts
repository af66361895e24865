import type {
  DescribeInstanceAttributeCommandInput,
  DescribeInstanceAttributeCommandOutput,
  Instance,
  InstanceBlockDeviceMappingSpecification,
  ModifyInstanceAttributeCommandInput,
  ModifyInstanceAttributeCommandOutput,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import {
  attributeNotModelled,
  attributeUnknown,
  deviceNotMapped,
  instanceInWrongState,
  instanceNotStopped,
  missingParameter,
  noAttribute,
  severalAttributes,
} from '../errors.ts';
import type { AccountRegion, InstanceAttributes, InstanceEntry, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { changeVolume } from '../volumes/lifecycle.ts';
import { attributesOf, checkedShutdownBehavior, checkedUserData } from './attribute-values.ts';
import { changeInstance } from './lifecycle.ts';
import { ownInstance } from './lookup.ts';

type Shown = Answer<DescribeInstanceAttributeCommandOutput>;

/** What each attribute that can be read is, by its name. */
const readers = new Map<string, (entry: InstanceEntry) => Shown>([
  ['instanceType', ({ current }) => ({ InstanceType: { Value: current.InstanceType } })],
  ['rootDeviceName', ({ current }) => ({ RootDeviceName: { Value: current.RootDeviceName } })],
  ['sourceDestCheck', ({ current }) => ({ SourceDestCheck: { Value: current.SourceDestCheck ?? true } })],
  ['ebsOptimized', ({ current }) => ({ EbsOptimized: { Value: current.EbsOptimized ?? false } })],
  ['userData', (entry) => ({ UserData: { Value: attributesOf(entry).userData } })],
  [
    'disableApiTermination',
    (entry) => ({ DisableApiTermination: { Value: attributesOf(entry).disableApiTermination } }),
  ],
  ['disableApiStop', (entry) => ({ DisableApiStop: { Value: attributesOf(entry).disableApiStop } })],
  [
    'instanceInitiatedShutdownBehavior',
    (entry) => ({ InstanceInitiatedShutdownBehavior: { Value: attributesOf(entry).shutdownBehavior } }),
  ],
]);

/** API reference, DescribeInstanceAttribute. */
const notModelled: ReadonlySet<string> = new Set([
  'blockDeviceMapping',
  'enclaveOptions',
  'groupSet',
  'kernel',
  'productCodes',
  'ramdisk',
  'sriovNetSupport',
]);

export function instanceAttributeOperations(plane: Plane) {
  return {
    DescribeInstanceAttribute: operation<DescribeInstanceAttributeCommandInput, Shown>(
      ['InstanceId', 'Attribute'],
      ({ InstanceId, Attribute: attribute = '' }, { account, region }) => {
        const entry = ownInstance(plane.in(account, region), InstanceId);
        const read = readers.get(attribute);
        if (read) return view({ InstanceId: entry.id, ...read(entry) });
        throw notModelled.has(attribute) ? attributeNotModelled(attribute) : attributeUnknown(attribute);
      },
    ),
    ModifyInstanceAttribute: operation<
      ModifyInstanceAttributeCommandInput,
      Answer<ModifyInstanceAttributeCommandOutput>
    >(
      [
        'InstanceId',
        'BlockDeviceMappings.DeviceName',
        'BlockDeviceMappings.Ebs.DeleteOnTermination',
        'DisableApiStop',
        'DisableApiTermination',
        'EbsOptimized',
        'InstanceInitiatedShutdownBehavior',
        'InstanceType',
        'SourceDestCheck',
        'UserData',
      ],
      (input, context) => {
        modifyAttribute(plane, input, context);
        return {};
      },
    ),
  };
}

/**
 * Changes the one attribute that the call names.
 *
 * @throws InvalidParameterCombination for none or several, IncorrectInstanceState for a type, user data or optimisation
 *   of an instance that is not stopped, and for an instance that is gone.
 */
function modifyAttribute(plane: Plane, input: ModifyInstanceAttributeCommandInput, context: CallContext): void {
  const place = plane.in(context.account, context.region);
  const entry = ownInstance(place, input.InstanceId);
  const changes = changesOf(place, entry, input, plane.behaviour(context.region));
  const [change] = changes;
  if (!change) throw noAttribute();
  if (changes.length > 1) throw severalAttributes(changes.map(({ attribute }) => attribute));
  const state = entry.current.State?.Name;
  if (state === 'terminated' || state === 'shutting-down') throw instanceInWrongState(entry.id, 'modified');
  if (change.ofStopped && state !== 'stopped') throw instanceNotStopped(entry.id);
  change.make();
}

interface Change {
  readonly attribute: string;
  /** Whether only a stopped instance takes it. */
  readonly ofStopped?: boolean;
  readonly make: () => void;
}

function changesOf(
  place: AccountRegion,
  entry: InstanceEntry,
  input: ModifyInstanceAttributeCommandInput,
  behaviour: Ec2Behaviour,
): readonly Change[] {
  const keep = (change: Partial<InstanceAttributes>) => {
    entry.attributes = { ...attributesOf(entry), ...change };
  };
  const show = (change: Instance) => changeInstance(place, entry, change);
  const changes: Change[] = [];
  const { DisableApiTermination, DisableApiStop, InstanceInitiatedShutdownBehavior, UserData } = input;
  const { SourceDestCheck, EbsOptimized, InstanceType, BlockDeviceMappings } = input;
  if (DisableApiTermination) {
    const disableApiTermination = given(DisableApiTermination.Value);
    changes.push({ attribute: 'disableApiTermination', make: () => keep({ disableApiTermination }) });
  }
  if (DisableApiStop) {
    const disableApiStop = given(DisableApiStop.Value);
    changes.push({ attribute: 'disableApiStop', make: () => keep({ disableApiStop }) });
  }
  if (InstanceInitiatedShutdownBehavior) {
    const shutdownBehavior = checkedShutdownBehavior(given(InstanceInitiatedShutdownBehavior.Value));
    changes.push({ attribute: 'instanceInitiatedShutdownBehavior', make: () => keep({ shutdownBehavior }) });
  }
  if (UserData) {
    const userData = checkedUserData(Buffer.from(given(UserData.Value)).toString('base64'), behaviour);
    changes.push({ attribute: 'userData', ofStopped: true, make: () => keep({ userData: userData || undefined }) });
  }
  if (SourceDestCheck) {
    const isChecked = given(SourceDestCheck.Value);
    changes.push({ attribute: 'sourceDestCheck', make: () => show({ SourceDestCheck: isChecked }) });
  }
  if (EbsOptimized) {
    const isOptimized = given(EbsOptimized.Value);
    changes.push({ attribute: 'ebsOptimized', ofStopped: true, make: () => show({ EbsOptimized: isOptimized }) });
  }
  if (InstanceType) {
    // Which types there are is not modelled: any text is one, as in a launch.
    const type = { InstanceType: given(InstanceType.Value) } as Pick<Instance, 'InstanceType'>;
    changes.push({ attribute: 'instanceType', ofStopped: true, make: () => show(type) });
  }
  if (BlockDeviceMappings) {
    const make = () => keepVolumes(place, entry, BlockDeviceMappings);
    changes.push({ attribute: 'blockDeviceMapping', make });
  }
  return changes;
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw missingParameter('Value');
  return value;
}

/**
 * Says of attached volumes whether they go with the instance; they do where that is left out (API reference,
 * ModifyInstanceAttribute).
 *
 * @throws InvalidInstanceAttributeValue for a device that has no volume; then none is changed.
 */
function keepVolumes(
  place: AccountRegion,
  entry: InstanceEntry,
  changes: readonly InstanceBlockDeviceMappingSpecification[],
): void {
  const { BlockDeviceMappings: mappings = [] } = entry.current;
  const goes = new Map(changes.map(({ DeviceName: device = '', Ebs }) => [device, Ebs?.DeleteOnTermination ?? true]));
  for (const device of goes.keys()) {
    if (!mappings.some(({ DeviceName }) => DeviceName === device)) throw deviceNotMapped(device);
  }
  const changed = mappings.map((mapping) => {
    const DeleteOnTermination = goes.get(mapping.DeviceName ?? '');
    if (DeleteOnTermination === undefined) return mapping;
    const volume = place.volumes.get(mapping.Ebs?.VolumeId ?? '');
    if (volume) {
      const attachments = volume.current.Attachments ?? [];
      changeVolume(place, volume, { Attachments: attachments.map((one) => ({ ...one, DeleteOnTermination })) });
    }
    return { ...mapping, Ebs: { ...mapping.Ebs, DeleteOnTermination } };
  });
  changeInstance(place, entry, { BlockDeviceMappings: changed });
}
