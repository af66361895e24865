import type { Disagreement } from './disagreement.ts';

/** Everything in which the sandbox and moto answer differently, in the order in which it comes up. */
export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    what: 'Images, copies and instances take time',
    right: 'sandbox',
    why: 'moto has them ready in the answer that follows.',
    rests: 'EC2 User Guide, Create an Amazon EBS-backed AMI; API model, ImageState and InstanceState',
    seen: [
      {
        step: 'instances: an instance right after its launch',
        field: 'Reservations[].Instances[].State.Code',
        sandbox: 0,
        moto: 16,
      },
      {
        step: 'instances: an instance right after its launch',
        field: 'Reservations[].Instances[].State.Name',
        sandbox: 'pending',
        moto: 'running',
      },
      {
        step: 'making images: an image right after it was asked for',
        field: 'Images[].State',
        sandbox: 'pending',
        moto: 'available',
      },
      {
        step: 'copies: a copy right after it was asked for',
        field: 'Images[].State',
        sandbox: 'pending',
        moto: 'available',
      },
    ],
  },
  {
    what: 'An image has every device of its instance, and what it was made of',
    right: 'sandbox',
    why: 'moto gives each image one device of its own, and the same root device, sizes and boot mode to all.',
    rests: 'API model, CreateImage and RegisterImage; EC2 User Guide, Create an Amazon EBS-backed AMI',
    seen: [
      {
        step: 'making images: an image right after it was asked for',
        field: 'Images[].BlockDeviceMappings[]',
        sandbox: ['/dev/sdf', '/dev/xvda'],
        moto: ['/dev/sda1'],
      },
      {
        step: 'making images: an image right after it was asked for',
        field: 'Images[].RootDeviceName',
        sandbox: '/dev/xvda',
        moto: '/dev/sda1',
      },
      {
        step: 'making images: an image right after it was asked for',
        field: 'Images[].RootDeviceType',
        sandbox: 'ebs',
        moto: 'standard',
      },
      {
        step: 'making images: an image right after it was asked for',
        field: 'Images[].BootMode',
        sandbox: 'uefi-preferred',
        moto: 'uefi',
      },
      {
        step: 'making images: an image that is available',
        field: 'Images[].BlockDeviceMappings[]',
        sandbox: ['/dev/sdf', '/dev/xvda'],
        moto: ['/dev/sda1'],
      },
      {
        step: 'making images: an image that is available',
        field: 'Images[].RootDeviceName',
        sandbox: '/dev/xvda',
        moto: '/dev/sda1',
      },
      {
        step: 'making images: an image that is available',
        field: 'Images[].RootDeviceType',
        sandbox: 'ebs',
        moto: 'standard',
      },
      {
        step: 'making images: an image that is available',
        field: 'Images[].BootMode',
        sandbox: 'uefi-preferred',
        moto: 'uefi',
      },
      {
        step: 'lists of images: images of mine',
        field: 'Images[].BlockDeviceMappings[]',
        sandbox: ['/dev/xvda'],
        moto: ['/dev/sda1'],
      },
      {
        step: 'lists of images: images of mine',
        field: 'Images[].RootDeviceName',
        sandbox: '/dev/xvda',
        moto: '/dev/sda1',
      },
      { step: 'lists of images: images of mine', field: 'Images[].RootDeviceType', sandbox: 'ebs', moto: 'standard' },
      { step: 'lists of images: images of mine', field: 'Images[].BootMode', sandbox: 'uefi-preferred', moto: 'uefi' },
      {
        step: 'lists of images: a public image by id',
        field: 'Images[].BlockDeviceMappings[].Ebs.DeleteOnTermination',
        sandbox: true,
        moto: false,
      },
      {
        step: 'lists of images: a public image by id',
        field: 'Images[].BlockDeviceMappings[].Ebs.VolumeSize',
        sandbox: 8,
        moto: 15,
      },
      {
        step: 'lists of images: a public image by id',
        field: 'Images[].BlockDeviceMappings[].Ebs.VolumeType',
        sandbox: 'gp3',
        moto: 'standard',
      },
      {
        step: 'lists of images: a public image by id',
        field: 'Images[].BootMode',
        sandbox: 'uefi-preferred',
        moto: 'uefi',
      },
      {
        step: 'copies: a copy right after it was asked for',
        field: 'Images[].BlockDeviceMappings[]',
        sandbox: ['/dev/xvda'],
        moto: ['/dev/sda1'],
      },
      {
        step: 'copies: a copy right after it was asked for',
        field: 'Images[].RootDeviceName',
        sandbox: '/dev/xvda',
        moto: '/dev/sda1',
      },
      {
        step: 'copies: a copy right after it was asked for',
        field: 'Images[].RootDeviceType',
        sandbox: 'ebs',
        moto: 'standard',
      },
      {
        step: 'copies: a copy right after it was asked for',
        field: 'Images[].BootMode',
        sandbox: 'uefi-preferred',
        moto: 'uefi',
      },
      {
        step: 'copies: a copy that is available',
        field: 'Images[].BlockDeviceMappings[]',
        sandbox: ['/dev/xvda'],
        moto: ['/dev/sda1'],
      },
      {
        step: 'copies: a copy that is available',
        field: 'Images[].RootDeviceName',
        sandbox: '/dev/xvda',
        moto: '/dev/sda1',
      },
      { step: 'copies: a copy that is available', field: 'Images[].RootDeviceType', sandbox: 'ebs', moto: 'standard' },
      { step: 'copies: a copy that is available', field: 'Images[].BootMode', sandbox: 'uefi-preferred', moto: 'uefi' },
      {
        step: 'snapshots: an image that was registered',
        field: 'Images[].BlockDeviceMappings[]',
        sandbox: ['/dev/xvda'],
        moto: ['/dev/sda1'],
      },
      {
        step: 'snapshots: an image that was registered',
        field: 'Images[].RootDeviceName',
        sandbox: '/dev/xvda',
        moto: '/dev/sda1',
      },
      {
        step: 'snapshots: an image that was registered',
        field: 'Images[].RootDeviceType',
        sandbox: 'ebs',
        moto: 'standard',
      },
    ],
  },
  {
    what: 'A snapshot has the size of its volume',
    right: 'sandbox',
    why: 'moto makes every snapshot of an image of a volume of 15 GiB.',
    rests: 'API model, Snapshot',
    seen: [
      { step: "copies: a copy's snapshot", field: 'Snapshots[].VolumeSize', sandbox: 8, moto: 15 },
      { step: 'snapshots: a snapshot by id', field: 'Snapshots[].VolumeSize', sandbox: 8, moto: 15 },
      { step: 'snapshots: snapshots by volume size', field: 'Snapshots[]', sandbox: ['root'], moto: [] },
    ],
  },
  {
    what: 'An image can be found by the type of its root device',
    right: 'sandbox',
    why: 'moto gives no type to what it makes.',
    rests: 'API model, DescribeImages, filter root-device-type',
    seen: [
      {
        step: 'lists of images: images by root device type',
        field: 'Images[]',
        sandbox: ['golden-1', 'golden-2', 'other [x] (y)'],
        moto: [],
      },
    ],
  },
  {
    what: 'A snapshot of a copy says what it was copied from',
    right: 'sandbox',
    why: 'moto describes it as its own.',
    rests: 'answers of DescribeSnapshots recorded from EC2',
    seen: [
      {
        step: "copies: a copy's snapshot",
        field: 'Snapshots[].Description',
        sandbox:
          'Copied for DestinationAmi copy from SourceAmi golden for SourceSnapshot (snap). Task created on (time).',
        moto: 'Auto-created snapshot for AMI copy',
      },
    ],
  },
  {
    what: "The snapshots of public images are their owners'",
    right: 'sandbox',
    why: 'moto lists every snapshot, whoever is asked for.',
    rests: 'API model, DescribeSnapshots, OwnerIds',
    seen: [
      { step: 'snapshots: no snapshots', field: 'Snapshots[]', sandbox: [], moto: ['(snap)', '(snap) 2', '(snap) 3'] },
      {
        step: 'snapshots: snapshots of mine',
        field: 'Snapshots[]',
        sandbox: ['root'],
        moto: ['(snap)', '(snap) 2', '(snap) 3', 'root'],
      },
      {
        step: 'snapshots: snapshots by state',
        field: 'Snapshots[]',
        sandbox: ['root'],
        moto: ['(snap)', '(snap) 2', '(snap) 3', 'root'],
      },
      {
        step: 'snapshots: pages of more than a thousand snapshots',
        field: 'Snapshots[]',
        sandbox: ['root'],
        moto: ['(snap)', '(snap) 2', '(snap) 3', 'root'],
      },
    ],
  },
  {
    what: 'An instance has the root device of its image, and what the launch adds',
    right: 'sandbox',
    why: 'moto has what the launch names, and nothing else.',
    rests: 'API model, RunInstances, BlockDeviceMappings',
    seen: [
      {
        step: 'instances: a launch is answered',
        field: 'Instances[].BlockDeviceMappings[]',
        sandbox: ['/dev/sdf', '/dev/xvda'],
        moto: ['/dev/sdf'],
      },
      {
        step: 'instances: an instance right after its launch',
        field: 'Reservations[].Instances[].BlockDeviceMappings[]',
        sandbox: ['/dev/sdf', '/dev/xvda'],
        moto: ['/dev/sdf'],
      },
      {
        step: 'instances: an instance that runs',
        field: 'Reservations[].Instances[].BlockDeviceMappings[]',
        sandbox: ['/dev/sdf', '/dev/xvda'],
        moto: ['/dev/sdf'],
      },
    ],
  },
  {
    what: 'Whether a volume that a launch adds is deleted with the instance by default',
    right: 'unknown',
    why: 'The sandbox says yes, moto no.',
    rests: 'nothing that was read',
    seen: [
      {
        step: 'instances: a launch is answered',
        field: 'Instances[].BlockDeviceMappings[].Ebs.DeleteOnTermination',
        sandbox: true,
        moto: false,
      },
      {
        step: 'instances: an instance right after its launch',
        field: 'Reservations[].Instances[].BlockDeviceMappings[].Ebs.DeleteOnTermination',
        sandbox: true,
        moto: false,
      },
      {
        step: 'instances: an instance that runs',
        field: 'Reservations[].Instances[].BlockDeviceMappings[].Ebs.DeleteOnTermination',
        sandbox: true,
        moto: false,
      },
    ],
  },
  {
    what: 'An instance has a network interface and names',
    right: 'moto',
    why: 'The sandbox models no networks, and gives none.',
    rests: 'API model, Instance',
    seen: [
      { step: 'instances: a launch is answered', field: 'Instances[].NetworkInterfaces[]', sandbox: [], moto: ['?'] },
      {
        step: 'instances: a launch is answered',
        field: 'Instances[].PrivateDnsName',
        sandbox: '',
        moto: 'ip-(address).eu-central-1.compute.internal',
      },
      {
        step: 'instances: a launch is answered',
        field: 'Instances[].PublicDnsName',
        sandbox: '',
        moto: 'ec2-(address).eu-central-1.compute.amazonaws.com',
      },
      {
        step: 'instances: an instance right after its launch',
        field: 'Reservations[].Instances[].NetworkInterfaces[]',
        sandbox: [],
        moto: ['?'],
      },
      {
        step: 'instances: an instance right after its launch',
        field: 'Reservations[].Instances[].PrivateDnsName',
        sandbox: '',
        moto: 'ip-(address).eu-central-1.compute.internal',
      },
      {
        step: 'instances: an instance right after its launch',
        field: 'Reservations[].Instances[].PublicDnsName',
        sandbox: '',
        moto: 'ec2-(address).eu-central-1.compute.amazonaws.com',
      },
      {
        step: 'instances: an instance that runs',
        field: 'Reservations[].Instances[].NetworkInterfaces[]',
        sandbox: [],
        moto: ['?'],
      },
      {
        step: 'instances: an instance that runs',
        field: 'Reservations[].Instances[].PrivateDnsName',
        sandbox: '',
        moto: 'ip-(address).eu-central-1.compute.internal',
      },
      {
        step: 'instances: an instance that runs',
        field: 'Reservations[].Instances[].PublicDnsName',
        sandbox: '',
        moto: 'ec2-(address).eu-central-1.compute.amazonaws.com',
      },
    ],
  },
  {
    what: 'A client token makes a repeated call the same call',
    right: 'sandbox',
    why: 'moto does not look at it.',
    rests: 'EC2 Developer Guide, Ensure idempotency; API model, RunInstances and CopyImage',
    seen: [
      { step: 'instances: a launch whose token was used', field: 'Instances[]', sandbox: ['web'], moto: ['(i)'] },
      {
        step: 'instances: a launch whose token was used, with other parameters',
        field: 'answer',
        sandbox: 'IdempotentParameterMismatch 400',
        moto: 'success',
      },
      { step: 'copies: copying with a token that was used', field: 'ImageId', sandbox: 'copy', moto: '(ami)' },
      {
        step: 'copies: copying with a token that was used, with other parameters',
        field: 'answer',
        sandbox: 'IdempotentParameterMismatch 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A launch makes as many instances as it can, up to MaxCount',
    right: 'sandbox',
    why: 'moto makes MinCount.',
    rests: 'API model, RunInstances',
    seen: [{ step: 'instances: how many a launch of one to three makes', field: 'Instances', sandbox: 3, moto: 1 }],
  },
  {
    what: 'A launch of nothing, or of at least more than at most, is refused',
    right: 'sandbox',
    why: 'moto does not check the numbers.',
    rests: 'API model, RunInstances, MinCount and MaxCount',
    seen: [
      {
        step: 'instances: a launch of fewer than one instance',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'instances: a launch of at least more than at most',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'An image that is disabled or deregistered can not be launched',
    right: 'sandbox',
    why: 'moto looks neither at its state nor, once it has been there, at its absence.',
    rests:
      'EC2 User Guide, Disable an AMI and Deregister an Amazon EC2 AMI; the code: unverified, option `imageStateCode`',
    seen: [
      {
        step: 'ends of images: a launch of a disabled image',
        field: 'answer',
        sandbox: 'InvalidAMIID.Unavailable 400',
        moto: 'success',
      },
      {
        step: 'ends of images: a launch of a deregistered image',
        field: 'answer',
        sandbox: 'InvalidAMIID.Unavailable 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Instances that are in the wanted state already stay in it',
    right: 'sandbox',
    why: 'moto answers with the same new state whatever there was.',
    rests: 'API model, InstanceStateChange',
    seen: [
      {
        step: 'instances: stopping what is stopped',
        field: 'StoppingInstances[].CurrentState.Code',
        sandbox: 80,
        moto: 64,
      },
      {
        step: 'instances: stopping what is stopped',
        field: 'StoppingInstances[].CurrentState.Name',
        sandbox: 'stopped',
        moto: 'stopping',
      },
      { step: 'instances: starting what runs', field: 'StartingInstances[].CurrentState.Code', sandbox: 16, moto: 0 },
      {
        step: 'instances: starting what runs',
        field: 'StartingInstances[].CurrentState.Name',
        sandbox: 'running',
        moto: 'pending',
      },
      {
        step: 'instances: terminating what is terminated',
        field: 'TerminatingInstances[].CurrentState.Code',
        sandbox: 48,
        moto: 32,
      },
      {
        step: 'instances: terminating what is terminated',
        field: 'TerminatingInstances[].CurrentState.Name',
        sandbox: 'terminated',
        moto: 'shutting-down',
      },
    ],
  },
  {
    what: 'A terminated instance can be neither started nor stopped',
    right: 'sandbox',
    why: 'moto brings it back.',
    rests: 'EC2 User Guide, Instance state changes; error code IncorrectInstanceState',
    seen: [
      {
        step: 'instances: starting what is terminated',
        field: 'answer',
        sandbox: 'IncorrectInstanceState 400',
        moto: 'success',
      },
      {
        step: 'instances: stopping what is terminated',
        field: 'answer',
        sandbox: 'IncorrectInstanceState 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Times in reasons are GMT',
    right: 'sandbox',
    why: 'moto calls it UTC.',
    rests: 'answers recorded from EC2',
    seen: [
      {
        step: 'instances: an instance that is stopped',
        field: 'StateTransitionReason',
        sandbox: 'User initiated ((time) GMT)',
        moto: 'User initiated ((time) UTC)',
      },
      {
        step: 'instances: an instance that is terminated',
        field: 'StateTransitionReason',
        sandbox: 'User initiated ((time) GMT)',
        moto: 'User initiated ((time) UTC)',
      },
    ],
  },
  {
    what: 'An id of the wrong form is malformed',
    right: 'sandbox',
    why: 'moto looks for it, and finds nothing.',
    rests:
      'EC2 Developer Guide, Error codes (InvalidAMIID.Malformed, InvalidInstanceID.Malformed, InvalidSnapshotID.Malformed, InvalidVolumeID.Malformed, InvalidLaunchTemplateId.Malformed); the text for another prefix as recorded',
    seen: [
      {
        step: 'instances: starting what is no instance id',
        field: 'answer',
        sandbox: 'InvalidInstanceID.Malformed 400',
        moto: 'InvalidInstanceID.NotFound 400',
      },
      {
        step: 'lists of instances: no instance id',
        field: 'answer',
        sandbox: 'InvalidInstanceID.Malformed 400',
        moto: 'InvalidInstanceID.NotFound 400',
      },
      {
        step: 'making images: making an image of what is no instance id',
        field: 'answer',
        sandbox: 'InvalidInstanceID.Malformed 400',
        moto: 'InvalidInstanceID.NotFound 400',
      },
      {
        step: 'lists of images: an image id with other characters',
        field: 'answer',
        sandbox: 'InvalidAMIID.Malformed 400',
        moto: 'InvalidAMIID.NotFound 400',
      },
      {
        step: 'ends of images: enabling what is no image id',
        field: 'answer',
        sandbox: 'InvalidAMIID.Malformed 400',
        moto: 'InvalidAMIID.NotFound 400',
      },
      {
        step: 'ends of images: deregistering what is no image id',
        field: 'answer',
        sandbox: 'InvalidAMIID.Malformed 400',
        moto: 'InvalidAMIID.NotFound 400',
      },
      {
        step: 'snapshots: no snapshot id',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'InvalidSnapshot.NotFound 400',
      },
      {
        step: 'snapshots: a snapshot id with other characters',
        field: 'answer',
        sandbox: 'InvalidSnapshotID.Malformed 400',
        moto: 'InvalidSnapshot.NotFound 400',
      },
      {
        step: 'snapshots: deleting what is no snapshot id',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'InvalidSnapshot.NotFound 400',
      },
      {
        step: 'launch templates: a version of what is no template id',
        field: 'answer',
        sandbox: 'InvalidLaunchTemplateId.Malformed 400',
        moto: 'InvalidLaunchTemplateId.NotFound 400',
      },
      {
        step: 'launch templates: a template by what is no id',
        field: 'answer',
        sandbox: 'InvalidLaunchTemplateId.Malformed 400',
        moto: 'success',
      },
      {
        step: 'attributes of snapshots: changing what is no snapshot id',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'InvalidSnapshot.NotFound 400',
      },
      {
        step: 'attributes of snapshots: permissions of what is no snapshot id',
        field: 'answer',
        sandbox: 'InvalidSnapshotID.Malformed 400',
        moto: 'InvalidSnapshot.NotFound 400',
      },
      {
        step: 'volumes: no volume id',
        field: 'answer',
        sandbox: 'InvalidVolumeID.Malformed 400',
        moto: 'InvalidVolume.NotFound 400',
      },
      {
        step: 'volumes: a volume id with other characters',
        field: 'answer',
        sandbox: 'InvalidVolumeID.Malformed 400',
        moto: 'InvalidVolume.NotFound 400',
      },
    ],
  },
  {
    what: 'Unknown instances are all named, an unknown launch template is an error',
    right: 'sandbox',
    why: 'moto names the first, and finds nothing.',
    rests: 'answers recorded from EC2; EC2 Developer Guide, Error codes (InvalidLaunchTemplateId.NotFound)',
    seen: [
      {
        step: 'lists of instances: two unknown instances',
        field: 'message',
        sandbox: "The instance IDs '(i), (i)' do not exist",
        moto: "The instance ID '(i)' does not exist",
      },
      {
        step: 'launch templates: a template by an unknown id',
        field: 'answer',
        sandbox: 'InvalidLaunchTemplateId.NotFound 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'One unknown image fails the whole call',
    right: 'sandbox',
    why: 'moto answers with those that it knows.',
    rests: 'EC2 Developer Guide, Error codes (InvalidAMIID.NotFound)',
    seen: [
      {
        step: 'lists of images: a known and an unknown image',
        field: 'answer',
        sandbox: 'InvalidAMIID.NotFound 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'What asking for an id twice does',
    right: 'unknown',
    why: 'The sandbox answers with the instance once; moto ends with an exception of its own.',
    rests: 'nothing that was read; the API model has no rule against it',
    seen: [
      { step: 'lists of instances: an instance by id, twice', field: 'answer', sandbox: 'success', moto: 'a crash' },
    ],
  },
  {
    what: '`?` stands for no character as well',
    right: 'sandbox',
    why: 'moto takes it for exactly one.',
    rests: 'EC2 User Guide, Find your Amazon EC2 resources, Filtering',
    seen: [
      {
        step: 'lists of instances: instances by a tag with a ? for nothing',
        field: 'Instances[]',
        sandbox: ['web'],
        moto: [],
      },
      {
        step: 'lists of images: images by a name with a ? for nothing',
        field: 'Images[]',
        sandbox: ['golden-1'],
        moto: [],
      },
    ],
  },
  {
    what: 'Brackets in a filter mean themselves',
    right: 'sandbox',
    why: 'moto takes them for a set of characters.',
    rests: 'EC2 User Guide, Find your Amazon EC2 resources, Filtering: `*` and `?` alone',
    seen: [
      {
        step: 'lists of images: images by a name with brackets',
        field: 'Images[]',
        sandbox: ['other [x] (y)'],
        moto: [],
      },
    ],
  },
  {
    what: 'Wildcards work in every filter',
    right: 'sandbox',
    why: 'moto compares types literally.',
    rests: 'EC2 User Guide, Find your Amazon EC2 resources, Filtering',
    seen: [
      {
        step: 'lists of instances: instances by type',
        field: 'Instances[]',
        sandbox: ['shop', 'test', 'web'],
        moto: [],
      },
    ],
  },
  {
    what: 'There is no filter tag-value',
    right: 'sandbox',
    why: 'moto has it.',
    rests: 'API model, DescribeInstances: it is not in the list of filters',
    seen: [
      {
        step: 'lists of instances: instances by tag value',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Filters that moto does not have',
    right: 'sandbox',
    why: 'moto ends with an exception of its own, as it says itself.',
    rests: 'API model, DescribeInstances and DescribeImages, lists of filters',
    seen: [
      {
        step: 'lists of instances: instances by the number of a state',
        field: 'answer',
        sandbox: 'success',
        moto: 'a crash',
      },
      {
        step: 'lists of instances: instances by the root device type',
        field: 'answer',
        sandbox: 'success',
        moto: 'a crash',
      },
      { step: 'lists of images: images by source image', field: 'answer', sandbox: 'success', moto: 'a crash' },
      { step: 'lists of images: images by snapshot', field: 'answer', sandbox: 'success', moto: 'a crash' },
    ],
  },
  {
    what: 'A filter that does not exist is refused',
    right: 'sandbox',
    why: 'moto ends with an exception of its own.',
    rests: 'EC2 Developer Guide, Error codes (InvalidParameterValue), as recorded',
    seen: [
      {
        step: 'lists of instances: instances by an unknown filter',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'a crash',
      },
      {
        step: 'lists of images: images by an unknown filter',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'a crash',
      },
      {
        step: 'snapshots: snapshots by an unknown filter',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'a crash',
      },
      {
        step: 'launch templates: templates by an unknown filter',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'a crash',
      },
      {
        step: 'volumes: volumes by an unknown filter',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'a crash',
      },
    ],
  },
  {
    what: 'What a filter without values does',
    right: 'unknown',
    why: 'The sandbox refuses it, moto leaves nothing out.',
    rests: 'unverified: option `filterWithoutValues`',
    seen: [
      {
        step: 'lists of instances: instances by a filter without values',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'lists of images: images by a filter without values',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Whether an image without a description is found by `*`',
    right: 'unknown',
    why: 'The sandbox compares what is there; moto takes what is not given for an empty text.',
    rests: 'nothing: EC2 documents no case of a field that is not there',
    seen: [
      {
        step: 'lists of images: images by description',
        field: 'Images[]',
        sandbox: [],
        moto: ['golden-1', 'golden-2', 'other [x] (y)'],
      },
    ],
  },
  {
    what: 'Ids, owners and filters must all hold',
    right: 'sandbox',
    why: 'moto looks at the ids alone.',
    rests: 'API model, DescribeImages',
    seen: [
      { step: "lists of images: an image by id of another owner's", field: 'Images[]', sandbox: [], moto: ['al2023'] },
      {
        step: 'lists of images: an image by id that a filter excludes',
        field: 'Images[]',
        sandbox: [],
        moto: ['golden-1'],
      },
    ],
  },
  {
    what: 'Pages hold at least five instances, snapshots or volumes, images and launch templates at least one, launch templates at most 200',
    right: 'sandbox',
    why: 'moto takes any number.',
    rests: 'API model, MaxResults; errors as recorded; the least number of images: unverified',
    seen: [
      {
        step: 'lists of instances: pages of four instances',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'lists of images: pages of no images',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'snapshots: pages of four snapshots',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'launch templates: pages of no templates',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'launch templates: pages of 201 templates',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'volumes: pages of four volumes',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Lists of images, snapshots and volumes come in pages',
    right: 'sandbox',
    why: 'moto gives all of them at once.',
    rests:
      'API model, DescribeImages, DescribeSnapshots and DescribeVolumes; EC2 Developer Guide, Paginate the results',
    seen: [
      {
        step: 'lists of images: ids together with MaxResults',
        field: 'answer',
        sandbox: 'InvalidParameterCombination 400',
        moto: 'success',
      },
      {
        step: 'lists of images: a page of one image',
        field: 'Images[]',
        sandbox: ['golden-1'],
        moto: ['golden-1', 'golden-2', 'other [x] (y)'],
      },
      {
        step: 'snapshots: ids together with MaxResults',
        field: 'answer',
        sandbox: 'InvalidParameterCombination 400',
        moto: 'success',
      },
      {
        step: 'volumes: ids together with MaxResults',
        field: 'answer',
        sandbox: 'InvalidParameterCombination 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A token that was never given out is refused',
    right: 'sandbox',
    why: 'moto ignores it, or ends with an exception of its own.',
    rests:
      'EC2 Developer Guide, Error codes; which of the two codes: unverified, option `badTokenCode`; API models of Auto Scaling and Systems Manager, InvalidNextToken',
    seen: [
      {
        step: 'lists of instances: a page after a wrong token',
        field: 'answer',
        sandbox: 'InvalidNextToken 400',
        moto: 'a crash',
      },
      {
        step: 'lists of images: a page after a wrong token',
        field: 'answer',
        sandbox: 'InvalidNextToken 400',
        moto: 'success',
      },
      {
        step: 'volumes: a page after a wrong token',
        field: 'answer',
        sandbox: 'InvalidNextToken 400',
        moto: 'success',
      },
      {
        step: 'launch configurations: a page after a wrong token',
        field: 'answer',
        sandbox: 'InvalidNextToken 400',
        moto: 'a crash',
      },
      { step: 'groups: a page after a wrong token', field: 'answer', sandbox: 'InvalidNextToken 400', moto: 'a crash' },
      {
        step: 'lists of parameters: a page after a wrong token',
        field: 'answer',
        sandbox: 'InvalidNextToken 400',
        moto: 'a crash',
      },
    ],
  },
  {
    what: 'Whether a page of instances counts instances or launches',
    right: 'unknown',
    why: 'The sandbox counts instances, moto launches.',
    rests: 'unverified: option `instancePageUnit`',
    seen: [
      {
        step: 'lists of instances: how many instances a page of five holds where seven were launched together',
        field: 'sizes[]',
        sandbox: [5, 5, 3],
        moto: [5, 8],
      },
    ],
  },
  {
    what: 'A name belongs to one image in a region',
    right: 'sandbox',
    why: 'moto gives it to as many as ask.',
    rests: 'EC2 Developer Guide, Error codes (InvalidAMIName.Duplicate)',
    seen: [
      {
        step: 'making images: making an image of a name that is taken',
        field: 'answer',
        sandbox: 'InvalidAMIName.Duplicate 400',
        moto: 'success',
      },
      {
        step: 'copies: copying to a name that is taken',
        field: 'answer',
        sandbox: 'InvalidAMIName.Duplicate 400',
        moto: 'success',
      },
      {
        step: 'snapshots: registering under a name that is taken',
        field: 'answer',
        sandbox: 'InvalidAMIName.Duplicate 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A name has 3 to 128 characters of those that EC2 allows',
    right: 'sandbox',
    why: 'moto takes any text.',
    rests: 'API model, CreateImage, Name; EC2 Developer Guide, Error codes (InvalidAMIName.Malformed)',
    seen: [
      {
        step: 'making images: making an image with an empty name',
        field: 'answer',
        sandbox: 'InvalidAMIName.Malformed 400',
        moto: 'success',
      },
      {
        step: 'making images: making an image with a name that is too short',
        field: 'answer',
        sandbox: 'InvalidAMIName.Malformed 400',
        moto: 'success',
      },
      {
        step: 'making images: making an image with a name that is too long',
        field: 'answer',
        sandbox: 'InvalidAMIName.Malformed 400',
        moto: 'success',
      },
      {
        step: 'making images: making an image with a forbidden character',
        field: 'answer',
        sandbox: 'InvalidAMIName.Malformed 400',
        moto: 'success',
      },
      {
        step: 'copies: copying with a name that is too short',
        field: 'answer',
        sandbox: 'InvalidAMIName.Malformed 400',
        moto: 'success',
      },
      {
        step: 'snapshots: registering under a name that is too short',
        field: 'answer',
        sandbox: 'InvalidAMIName.Malformed 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A launch template has a name of 3 to 128 characters',
    right: 'sandbox',
    why: 'moto takes any text.',
    rests: 'API model, CreateLaunchTemplate',
    seen: [
      {
        step: 'launch templates: making one with a name that is too short',
        field: 'answer',
        sandbox: 'InvalidLaunchTemplateName.MalformedException 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'What is required must be there',
    right: 'sandbox',
    why: 'moto does without it, or ends with an exception of its own.',
    rests: 'API model, required members; EC2 Developer Guide, Error codes (MissingParameter)',
    seen: [
      {
        step: 'instances: a launch without an image',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'success',
      },
      {
        step: 'making images: making an image without an instance',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'a crash',
      },
      {
        step: 'making images: making an image without a name',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'success',
      },
      { step: 'copies: copying without a source', field: 'answer', sandbox: 'MissingParameter 400', moto: 'a crash' },
      {
        step: 'copies: copying without a source region',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'a crash',
      },
      { step: 'copies: copying without a name', field: 'answer', sandbox: 'MissingParameter 400', moto: 'success' },
      { step: 'tags: writing no tags', field: 'answer', sandbox: 'MissingParameter 400', moto: 'success' },
      {
        step: 'snapshots: registering without a name',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'success',
      },
      {
        step: 'snapshots: registering without a root device',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'success',
      },
      {
        step: 'launch templates: making one without data',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'success',
      },
      {
        step: 'launch templates: making one without a name',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A description has at most 255 characters',
    right: 'sandbox',
    why: 'moto takes any text.',
    rests: 'API model, CreateImage and ModifyImageAttribute, Description',
    seen: [
      {
        step: 'making images: making an image with a long description',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'attributes of images: describing at length',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Two snapshots of a volume are at least 15 seconds apart',
    right: 'sandbox',
    why: 'moto has no such limit.',
    rests: 'EC2 Developer Guide, Error codes (SnapshotCreationPerVolumeRateExceeded)',
    seen: [
      {
        step: 'making images: making a second image of a volume within seconds',
        field: 'answer',
        sandbox: 'SnapshotCreationPerVolumeRateExceeded 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'The snapshots of an image can be tagged as it is made',
    right: 'sandbox',
    why: 'moto ends with an exception of its own, as it says itself.',
    rests: 'API model, CreateImage, TagSpecifications',
    seen: [
      {
        step: 'making images: making an image with tags on its snapshots',
        field: 'answer',
        sandbox: 'success',
        moto: 'a crash',
      },
    ],
  },
  {
    what: "Keys that begin with aws: are EC2's own",
    right: 'sandbox',
    why: 'moto writes them.',
    rests: 'EC2 User Guide, Tag your Amazon EC2 resources; the text as recorded from CreateImage',
    seen: [
      {
        step: 'instances: a launch with a reserved tag',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'making images: making an image with a reserved tag',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      { step: 'tags: a reserved key', field: 'answer', sandbox: 'InvalidParameterValue 400', moto: 'success' },
      {
        step: 'tags: a reserved key in capitals',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Keys have 1 to 128 characters, values at most 256, and no key comes twice',
    right: 'sandbox',
    why: 'moto takes any.',
    rests: 'API model, CreateTags; EC2 User Guide, Tag your Amazon EC2 resources',
    seen: [
      { step: 'tags: an empty key', field: 'answer', sandbox: 'InvalidParameterValue 400', moto: 'success' },
      { step: 'tags: a key of 129 characters', field: 'answer', sandbox: 'InvalidParameterValue 400', moto: 'success' },
      {
        step: 'tags: a value of 257 characters',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      { step: 'tags: a key twice', field: 'answer', sandbox: 'InvalidParameterValue 400', moto: 'success' },
    ],
  },
  {
    what: 'A tag may have no value',
    right: 'sandbox',
    why: 'moto ends with an exception of its own.',
    rests: 'API model, Tag: neither member is required',
    seen: [{ step: 'tags: a tag without a value', field: 'answer', sandbox: 'success', moto: 'a crash' }],
  },
  {
    what: 'DeleteTags without tags deletes all that users set',
    right: 'sandbox',
    why: 'moto deletes none.',
    rests: 'API model, DeleteTags',
    seen: [{ step: 'tags: tags after all were removed', field: 'Tags[]', sandbox: [], moto: ['Name=golden'] }],
  },
  {
    what: 'Tags are of resources that exist',
    right: 'sandbox',
    why: 'moto tags instances that do not exist, and removes tags of any resource that does not.',
    rests: 'EC2 Developer Guide, Error codes (InvalidInstanceID.NotFound, InvalidAMIID.NotFound)',
    seen: [
      {
        step: 'tags: tags on an unknown instance',
        field: 'answer',
        sandbox: 'InvalidInstanceID.NotFound 400',
        moto: 'success',
      },
      {
        step: 'tags: removing tags of an unknown image',
        field: 'answer',
        sandbox: 'InvalidAMIID.NotFound 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Tags are for what the call makes',
    right: 'sandbox',
    why: 'moto takes them, and drops them.',
    rests:
      'API model, TagSpecifications of RunInstances, CopyImage and CreateLaunchTemplate; the text as another emulator captured it',
    seen: [
      {
        step: 'instances: a launch with tags for what it does not make',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'copies: copying with tags on volumes',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'launch templates: making one with tags on an instance',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'CopyImageTags, and tags on a registered image',
    right: 'sandbox',
    why: 'moto ignores them.',
    rests: 'API model, CopyImage and RegisterImage; EC2 User Guide, Copy an Amazon EC2 AMI',
    seen: [
      { step: 'copies: a copy right after it was asked for', field: 'Images[].Tags[]', sandbox: ['Stage'], moto: [] },
      { step: 'copies: a copy that is available', field: 'Images[].Tags[]', sandbox: ['Stage'], moto: [] },
      { step: 'copies: a copy whose source is gone', field: 'Tags[]', sandbox: ['Stage'], moto: [] },
      { step: 'snapshots: an image that was registered', field: 'Images[].Tags[]', sandbox: ['Name'], moto: [] },
    ],
  },
  {
    what: 'How EC2 calls the resources of CreateTags where there are none',
    right: 'moto',
    why: 'EC2 says resourceIdSet, as recorded; the sandbox calls every missing parameter by its name on the wire.',
    rests: 'answers recorded from EC2',
    seen: [
      {
        step: 'tags: tags on nothing',
        field: 'message',
        sandbox: 'The request must contain the parameter ResourceId',
        moto: 'The request must contain the parameter resourceIdSet',
      },
    ],
  },
  {
    what: 'An instance must be running, stopping or stopped to be imaged',
    right: 'sandbox',
    why: 'moto does not look at its state.',
    rests: 'answers recorded from EC2',
    seen: [
      {
        step: 'making images: making an image of a terminated instance',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Disabled images are listed on demand only',
    right: 'sandbox',
    why: 'moto lists them always.',
    rests: 'EC2 User Guide, Disable an AMI',
    seen: [
      { step: 'ends of images: disabled images are not listed', field: 'Images[]', sandbox: [], moto: ['golden'] },
    ],
  },
  {
    what: 'The text for an image that was deregistered',
    right: 'sandbox',
    why: 'moto words it as for an unknown one.',
    rests: 'answers recorded from EC2',
    seen: [
      {
        step: 'ends of images: deregistering what is deregistered',
        field: 'message',
        sandbox: "The image ID 'golden' is no longer available",
        moto: "The image id '[golden]' is no longer available",
      },
      {
        step: 'ends of images: disabling what is deregistered',
        field: 'message',
        sandbox: "The image ID 'golden' is no longer available",
        moto: "The image id '[golden]' is no longer available",
      },
    ],
  },
  {
    what: 'A deregistered image is unknown once no instance that it made is left',
    right: 'sandbox',
    why: 'moto goes on answering with an empty list.',
    rests: 'API model, DescribeImages; answers recorded from EC2',
    seen: [
      {
        step: 'ends of images: a deregistered image that no instance uses',
        field: 'answer',
        sandbox: 'InvalidAMIID.NotFound 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Only its owner deregisters an image',
    right: 'sandbox',
    why: "moto lets anybody deregister a public image, and does not know another account's.",
    rests: 'EC2 Developer Guide, Error codes (AuthFailure), as recorded from DeregisterImage',
    seen: [
      {
        step: 'ends of images: deregistering a public image',
        field: 'answer',
        sandbox: 'AuthFailure 400',
        moto: 'success',
      },
      {
        step: "ends of images: deregistering another account's image",
        field: 'answer',
        sandbox: 'AuthFailure 400',
        moto: 'InvalidAMIID.NotFound 400',
      },
    ],
  },
  {
    what: 'A copy has a source that exists, in a region that exists',
    right: 'sandbox',
    why: 'moto ends with an exception of its own.',
    rests: 'EC2 Developer Guide, Error codes (InvalidRegion, InvalidAMIID.Unavailable)',
    seen: [
      {
        step: 'copies: copying from a region that does not exist',
        field: 'answer',
        sandbox: 'InvalidRegion 400',
        moto: 'a crash',
      },
      {
        step: 'copies: copying what is deregistered',
        field: 'answer',
        sandbox: 'InvalidAMIID.Unavailable 400',
        moto: 'a crash',
      },
    ],
  },
  {
    what: 'A copy has a source that is available',
    right: 'sandbox',
    why: 'To moto each is.',
    rests: 'EBS User Guide, Copy an Amazon EBS snapshot; the code: unverified, option `copySourceStateCode`',
    seen: [
      {
        step: 'copies: copying right after the source was asked for',
        field: 'answer',
        sandbox: 'InvalidRequest 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A key is for what is encrypted',
    right: 'sandbox',
    why: 'moto ignores key and encryption.',
    rests: 'EC2 User Guide, Use encryption with EBS-backed AMIs; the code as for volumes',
    seen: [
      {
        step: 'copies: copying with a key and without encryption',
        field: 'answer',
        sandbox: 'InvalidParameterDependency 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A time-based copy takes a multiple of 15 minutes',
    right: 'sandbox',
    why: 'moto ignores it.',
    rests: 'EBS User Guide, Time-based copies',
    seen: [
      {
        step: 'copies: copying in fourteen minutes',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'An unknown snapshot is named',
    right: 'sandbox',
    why: 'moto says UnknownError.',
    rests: 'answers recorded from EC2',
    seen: [
      {
        step: 'tags: tags on an unknown snapshot',
        field: 'message',
        sandbox: "The snapshot '(snap)' does not exist.",
        moto: 'UnknownError',
      },
      {
        step: 'snapshots: an unknown snapshot',
        field: 'message',
        sandbox: "The snapshot '(snap)' does not exist.",
        moto: 'UnknownError',
      },
      {
        step: 'snapshots: a known and an unknown snapshot',
        field: 'message',
        sandbox: "The snapshot '(snap)' does not exist.",
        moto: 'UnknownError',
      },
      {
        step: 'snapshots: deleting an unknown snapshot',
        field: 'message',
        sandbox: "The snapshot '(snap)' does not exist.",
        moto: 'UnknownError',
      },
      {
        step: 'snapshots: deleting a snapshot again',
        field: 'message',
        sandbox: "The snapshot 'free' does not exist.",
        moto: 'UnknownError',
      },
      {
        step: 'attributes of snapshots: changing an unknown snapshot',
        field: 'message',
        sandbox: "The snapshot '(snap)' does not exist.",
        moto: 'UnknownError',
      },
      {
        step: 'attributes of snapshots: permissions of an unknown snapshot',
        field: 'message',
        sandbox: "The snapshot '(snap)' does not exist.",
        moto: 'UnknownError',
      },
    ],
  },
  {
    what: 'An image is registered of snapshots that exist',
    right: 'sandbox',
    why: 'moto ignores which.',
    rests: 'EC2 Developer Guide, Error codes (InvalidSnapshot.NotFound)',
    seen: [
      {
        step: 'snapshots: registering an unknown snapshot',
        field: 'answer',
        sandbox: 'InvalidSnapshot.NotFound 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A snapshot that any registered image names stays',
    right: 'sandbox',
    why: 'moto knows the image alone that it was made for.',
    rests: 'EC2 User Guide, Deregister an Amazon EC2 AMI; error code InvalidSnapshot.InUse',
    seen: [
      {
        step: 'snapshots: deleting a snapshot that a second image uses',
        field: 'answer',
        sandbox: 'InvalidSnapshot.InUse 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Versions of a launch template come newest first',
    right: 'sandbox',
    why: 'moto gives the oldest first.',
    rests: 'AWS CLI Command Reference, describe-launch-template-versions, Examples',
    seen: [
      {
        step: 'launch templates: the order of versions',
        field: 'numbers[]',
        sandbox: [4, 3, 2, 1],
        moto: [1, 2, 3, 4],
      },
      { step: 'launch templates: versions from two to three', field: 'numbers[]', sandbox: [3, 2], moto: [2, 3] },
    ],
  },
  {
    what: 'Versions can be found by their image',
    right: 'sandbox',
    why: 'moto ignores filters on versions, as it says itself.',
    rests: 'API model, DescribeLaunchTemplateVersions, filter image-id',
    seen: [{ step: 'launch templates: versions by image', field: 'numbers[]', sandbox: [], moto: [1, 2, 3, 4] }],
  },
  {
    what: 'A launch template is named by id or by name',
    right: 'sandbox',
    why: 'moto takes both.',
    rests: 'API model, DescribeLaunchTemplateVersions',
    seen: [
      {
        step: 'launch templates: versions by id and name',
        field: 'answer',
        sandbox: 'InvalidParameterCombination 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'The texts for versions that are not there, and for numbers without a template',
    right: 'unknown',
    why: 'The codes are the same, and moto has the text of the other case.',
    rests:
      'for DescribeLaunchTemplateVersions the text is recorded; for ModifyLaunchTemplate and for numbers nothing is',
    seen: [
      {
        step: 'launch templates: a numbered version of all templates',
        field: 'message',
        sandbox: 'Without a launch template, Versions can be $Latest, $Default or both.',
        moto: 'To describe the launch template data for all your launch templates, for ‘--versions’ specify ‘$Latest’, ‘$Default’, or both, and omit ‘--launch-template-id’, ‘--launch-template-name’, and version numbers. To describe the launch template data for a specific launch template, specify ‘--launch-template-id’ or ‘--launch-template-name’, and for ‘--versions’ specify one or more of the following values: ‘$Latest’, ‘$Default’, or one or more version numbers.',
      },
      {
        step: 'launch templates: an unknown default version',
        field: 'message',
        sandbox: 'Could not find the specified version 9 for the launch template with ID web.',
        moto: 'The launch template version 9 is not found for the specified launch template.',
      },
    ],
  },
  {
    what: 'A version is based on one that exists, and a launch on a template that does',
    right: 'sandbox',
    why: 'moto ignores the source of a version, and ends with an exception of its own without the template.',
    rests:
      'EC2 Developer Guide, Error codes (InvalidLaunchTemplateId.VersionNotFound, InvalidLaunchTemplateId.NotFound)',
    seen: [
      {
        step: 'launch templates: a version based on an unknown one',
        field: 'answer',
        sandbox: 'InvalidLaunchTemplateId.VersionNotFound 400',
        moto: 'success',
      },
      {
        step: 'launch templates: a launch from an unknown template',
        field: 'answer',
        sandbox: 'InvalidLaunchTemplateId.NotFound 400',
        moto: 'a crash',
      },
    ],
  },
  {
    what: 'A version that is based on another takes its image',
    right: 'sandbox',
    why: 'moto ignores the source of a version, so that the launch has no image.',
    rests: 'API model, CreateLaunchTemplateVersion, SourceVersion',
    seen: [
      { step: 'launch templates: a launch from the default version', field: 'ImageId', sandbox: 'al2023', moto: '' },
    ],
  },
  {
    what: 'An unknown id is not an unknown name',
    right: 'sandbox',
    why: 'moto answers with the code for names.',
    rests: 'EC2 Developer Guide, Error codes (InvalidLaunchTemplateId.NotFound)',
    seen: [
      {
        step: 'launch templates: deleting an unknown template',
        field: 'answer',
        sandbox: 'InvalidLaunchTemplateId.NotFound 400',
        moto: 'InvalidLaunchTemplateName.NotFoundException 400',
      },
      {
        step: 'launch templates: deleting again',
        field: 'answer',
        sandbox: 'InvalidLaunchTemplateId.NotFound 400',
        moto: 'InvalidLaunchTemplateName.NotFoundException 400',
      },
    ],
  },
  {
    what: 'Accounts see what is shared with them, and launch images',
    right: 'sandbox',
    why: "moto keeps each account's images and snapshots apart, and takes what is public for what was given to somebody.",
    rests:
      'API model, DescribeImages, ExecutableUsers; EC2 User Guide, Share an AMI with specific AWS accounts; EBS User Guide, Share a snapshot',
    seen: [
      {
        step: 'attributes of images: a shared image by id',
        field: 'answer',
        sandbox: 'success',
        moto: 'InvalidAMIID.NotFound 400',
      },
      {
        step: 'attributes of images: images that an account was given',
        field: 'Images[]',
        sandbox: ['golden'],
        moto: ['(ami)', '(ami) 2', '(ami) 3'],
      },
      {
        step: 'attributes of images: a launch of a shared image',
        field: 'answer',
        sandbox: 'success',
        moto: 'InvalidAMIID.NotFound 400',
      },
      {
        step: 'attributes of snapshots: a shared snapshot by id',
        field: 'answer',
        sandbox: 'success',
        moto: 'InvalidSnapshot.NotFound 400',
      },
    ],
  },
  {
    what: 'What is no organization can be given nothing',
    right: 'sandbox',
    why: 'moto looks at accounts and groups alone.',
    rests: 'EC2 Developer Guide, Error codes (InvalidAMIAttributeItemValue)',
    seen: [
      {
        step: 'attributes of images: sharing with what is no organization',
        field: 'answer',
        sandbox: 'InvalidAMIAttributeItemValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A call changes one attribute of an image, and that is one of those that it can change',
    right: 'sandbox',
    why: 'moto looks for permissions, and for nothing else.',
    rests:
      'API model, ModifyImageAttribute; EC2 Developer Guide, Error codes (InvalidParameterCombination, InvalidParameterValue)',
    seen: [
      {
        step: 'attributes of images: sharing in the flat form without an operation',
        field: 'answer',
        sandbox: 'InvalidParameterCombination 400',
        moto: 'success',
      },
      {
        step: 'attributes of images: describing and sharing at once',
        field: 'answer',
        sandbox: 'InvalidParameterCombination 400',
        moto: 'success',
      },
      {
        step: 'attributes of images: changing nothing',
        field: 'answer',
        sandbox: 'InvalidParameterCombination 400',
        moto: 'success',
      },
      {
        step: 'attributes of images: changing an attribute that does not exist',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'The description of an image can be changed',
    right: 'sandbox',
    why: 'moto takes the new one, and drops it.',
    rests: 'API model, ModifyImageAttribute, Description',
    seen: [
      { step: 'attributes of images: a description', field: 'Description.Value', sandbox: 'of web', moto: '' },
      { step: 'attributes of images: an image that was described', field: 'Description', sandbox: 'of web', moto: '' },
      {
        step: 'attributes of images: an image that was described again',
        field: 'Description',
        sandbox: 'of shop',
        moto: '',
      },
    ],
  },
  {
    what: 'Only its owner changes an image, and reads its permissions',
    right: 'sandbox',
    why: 'moto lets anybody do it with a public image.',
    rests: 'answers of DescribeImageAttribute recorded from EC2; EC2 Developer Guide, Error codes (AuthFailure)',
    seen: [
      {
        step: 'attributes of images: changing a public image',
        field: 'answer',
        sandbox: 'AuthFailure 400',
        moto: 'success',
      },
      {
        step: 'attributes of images: an attribute of an image of others',
        field: 'answer',
        sandbox: 'AuthFailure 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'AuthFailure has the status 400',
    right: 'sandbox',
    why: 'moto gives it 401.',
    rests: 'answers of DescribeImageAttribute recorded from EC2, for an image of others',
    seen: [
      {
        step: 'attributes of images: the device mapping',
        field: 'answer',
        sandbox: 'AuthFailure 400',
        moto: 'AuthFailure 401',
      },
    ],
  },
  {
    what: 'An attribute is of an image that exists',
    right: 'sandbox',
    why: 'moto ends with an exception of its own.',
    rests: 'EC2 Developer Guide, Error codes (InvalidAMIID.NotFound, InvalidAMIID.Malformed)',
    seen: [
      {
        step: 'attributes of images: an attribute of an unknown image',
        field: 'answer',
        sandbox: 'InvalidAMIID.NotFound 400',
        moto: 'a crash',
      },
      {
        step: 'attributes of images: an attribute of what is no image id',
        field: 'answer',
        sandbox: 'InvalidAMIID.Malformed 400',
        moto: 'a crash',
      },
    ],
  },
  {
    what: 'Only an image that is available can be shared',
    right: 'sandbox',
    why: 'moto does not look at its state.',
    rests: 'EC2 User Guide, Disable an AMI; the code: unverified, option `imageStateCode`',
    seen: [
      {
        step: 'attributes of images: sharing what is disabled',
        field: 'answer',
        sandbox: 'InvalidAMIID.Unavailable 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A snapshot that an account may not use is left out where it asks by id',
    right: 'sandbox',
    why: 'moto takes it for an id that nobody has.',
    rests: 'API model, DescribeSnapshots',
    seen: [
      {
        step: "attributes of snapshots: another account's snapshot by id",
        field: 'answer',
        sandbox: 'success',
        moto: 'InvalidSnapshot.NotFound 400',
      },
    ],
  },
  {
    what: 'Permissions of a snapshot can be written as a structure',
    right: 'sandbox',
    why: 'moto takes it, and drops it.',
    rests: 'API model, ModifySnapshotAttribute, CreateVolumePermission',
    seen: [
      {
        step: 'attributes of snapshots: an account that a structure named',
        field: 'CreateVolumePermissions[]',
        sandbox: ['333344445555'],
        moto: [],
      },
    ],
  },
  {
    what: 'A snapshot is shared with accounts, and a list of them says what is to become of it',
    right: 'sandbox',
    why: 'moto takes any text, and does nothing without an operation.',
    rests:
      'API model, ModifySnapshotAttribute, UserIds and OperationType; the codes: as for images and for other parameters',
    seen: [
      {
        step: 'attributes of snapshots: sharing with what is no account',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
      {
        step: 'attributes of snapshots: sharing without an operation',
        field: 'answer',
        sandbox: 'MissingParameter 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'The code for what is no group to share a snapshot with',
    right: 'unknown',
    why: 'The sandbox has the code of any wrong parameter, moto that of images.',
    rests: 'nothing that was read',
    seen: [
      {
        step: 'attributes of snapshots: sharing with what is no group',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'InvalidAMIAttributeItemValue 400',
      },
    ],
  },
  {
    what: 'An unknown volume is named',
    right: 'sandbox',
    why: 'moto names all that were asked for, as Python writes a set.',
    rests: 'EC2 Developer Guide, Error codes (InvalidVolume.NotFound); the text as recorded',
    seen: [
      {
        step: 'volumes: an unknown volume',
        field: 'message',
        sandbox: "The volume '(vol)' does not exist.",
        moto: "The volume '{'(vol)'}' does not exist.",
      },
    ],
  },
  {
    what: 'A description of volumes can be asked for dry',
    right: 'sandbox',
    why: 'moto describes them.',
    rests: 'API model, DescribeVolumes, DryRun',
    seen: [{ step: 'volumes: a dry description', field: 'answer', sandbox: 'DryRunOperation 412', moto: 'success' }],
  },
  {
    what: 'A launch configuration monitors its instances in detail by default',
    right: 'sandbox',
    why: 'moto says no.',
    rests: 'API model of Auto Scaling, CreateLaunchConfiguration, InstanceMonitoring',
    seen: [
      {
        step: 'launch configurations: one that was made',
        field: 'LaunchConfigurations[].InstanceMonitoring.Enabled',
        sandbox: true,
        moto: false,
      },
      {
        step: 'launch configurations: one with user data',
        field: 'LaunchConfigurations[].InstanceMonitoring.Enabled',
        sandbox: true,
        moto: false,
      },
    ],
  },
  {
    what: 'A name belongs to one launch configuration, and to one group, in a region',
    right: 'sandbox',
    why: 'moto puts the new one in the place of the old.',
    rests: 'API model of Auto Scaling, AlreadyExistsFault',
    seen: [
      {
        step: 'launch configurations: making one of a name that is taken',
        field: 'answer',
        sandbox: 'AlreadyExistsFault 400',
        moto: 'success',
      },
      {
        step: 'groups: making one of a name that is taken',
        field: 'answer',
        sandbox: 'AlreadyExistsFault 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A launch configuration has an image that exists',
    right: 'sandbox',
    why: 'moto takes any text.',
    rests: 'answers recorded from Auto Scaling',
    seen: [
      {
        step: 'launch configurations: making one of an unknown image',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
      {
        step: 'launch configurations: making one of what is no image id',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'Pages of Auto Scaling hold 1 to 100',
    right: 'sandbox',
    why: 'moto takes any number of launch configurations, and ends with an exception of its own for 101 groups.',
    rests: 'API model of Auto Scaling, MaxRecords; the least number: unverified',
    seen: [
      {
        step: 'launch configurations: pages of none',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
      { step: 'launch configurations: pages of 101', field: 'answer', sandbox: 'ValidationError 400', moto: 'success' },
      { step: 'groups: pages of none', field: 'answer', sandbox: 'ValidationError 400', moto: 'success' },
      { step: 'groups: pages of 101', field: 'answer', sandbox: 'ValidationError 400', moto: 'a crash' },
    ],
  },
  {
    what: 'A launch configuration is deleted that exists',
    right: 'sandbox',
    why: 'moto takes any name.',
    rests: 'answers recorded from Auto Scaling',
    seen: [
      {
        step: 'launch configurations: deleting again',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A group waits no time before it looks at the health of its instances, unless it is told to',
    right: 'sandbox',
    why: 'moto waits as long as groups do that are made in the console.',
    rests:
      'Auto Scaling User Guide, Set the health check grace period; API reference, CreateAutoScalingGroup, HealthCheckGracePeriod',
    seen: [
      {
        step: 'groups: a group of a launch template',
        field: 'AutoScalingGroups[].HealthCheckGracePeriod',
        sandbox: 0,
        moto: 300,
      },
    ],
  },
  {
    what: 'Fifty groups can be named, unless a page is to hold more',
    right: 'sandbox',
    why: 'moto takes any number.',
    rests: 'answers recorded from Auto Scaling; API model of Auto Scaling, AutoScalingGroupNames',
    seen: [{ step: 'groups: fifty-one by name', field: 'answer', sandbox: 'ValidationError 400', moto: 'success' }],
  },
  {
    what: 'Whether fewer can be named where a page holds fewer',
    right: 'unknown',
    why: 'The sandbox takes no more names than a page holds, moto as many as there are.',
    rests: 'nothing: API model of Auto Scaling, AutoScalingGroupNames, tells of more alone',
    seen: [
      {
        step: 'groups: more by name than a page holds',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A group launches from a configuration, a template and a version that exist',
    right: 'sandbox',
    why: 'moto does not look at versions and at templates of overrides, and ends with an exception of its own without a configuration or template.',
    rests: 'answers recorded from Auto Scaling',
    seen: [
      {
        step: 'groups: making one of an override of an unknown template',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
      {
        step: 'groups: making one of a policy without a template',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'a crash',
      },
      {
        step: 'groups: making one of an unknown configuration',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'a crash',
      },
      {
        step: 'groups: making one of an unknown version',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
      { step: 'groups: an unknown source', field: 'answer', sandbox: 'ValidationError 400', moto: 'a crash' },
      { step: 'groups: an unknown version', field: 'answer', sandbox: 'ValidationError 400', moto: 'success' },
    ],
  },
  {
    what: 'Auto Scaling has an error of its own for a template that does not exist',
    right: 'sandbox',
    why: 'moto passes on that of EC2.',
    rests: 'answers recorded from Auto Scaling',
    seen: [
      {
        step: 'groups: making one of an unknown template',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'InvalidLaunchTemplateId.NotFound 400',
      },
      {
        step: 'groups: making one of an unknown template name',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'InvalidLaunchTemplateName.NotFoundException 400',
      },
    ],
  },
  {
    what: 'The sizes of a group do not contradict each other',
    right: 'sandbox',
    why: 'moto takes any.',
    rests: 'API model of Auto Scaling, CreateAutoScalingGroup, DesiredCapacity',
    seen: [
      {
        step: 'groups: making one of at least more than at most',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
      {
        step: 'groups: making one that wants more than at most',
        field: 'answer',
        sandbox: 'ValidationError 400',
        moto: 'success',
      },
      { step: 'groups: bounds that contradict', field: 'answer', sandbox: 'ValidationError 400', moto: 'success' },
    ],
  },
  {
    what: 'A launch configuration stays while a group has it',
    right: 'sandbox',
    why: 'moto deletes it.',
    rests: 'API model of Auto Scaling, DeleteLaunchConfiguration',
    seen: [
      {
        step: 'groups: deleting a configuration of a group',
        field: 'answer',
        sandbox: 'ResourceInUseFault 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A new source of a group takes the place of the old one',
    right: 'sandbox',
    why: 'moto shows both.',
    rests: 'API model of Auto Scaling, UpdateAutoScalingGroup',
    seen: [
      {
        step: 'groups: a group of another source',
        field: 'source[]',
        sandbox: ['LaunchTemplate'],
        moto: ['LaunchConfigurationName', 'LaunchTemplate'],
      },
      {
        step: 'groups: a group of a policy in the place of a template',
        field: 'source[]',
        sandbox: ['MixedInstancesPolicy'],
        moto: ['LaunchTemplate', 'MixedInstancesPolicy'],
      },
    ],
  },
  {
    what: 'A group launches as many instances as are wanted',
    right: 'moto',
    why: 'The sandbox keeps the number and launches nothing, by a rule of its own.',
    rests: 'API model of Auto Scaling, CreateAutoScalingGroup, DesiredCapacity',
    seen: [{ step: 'groups: how many instances a group has that wants one', field: 'Instances', sandbox: 0, moto: 1 }],
  },
  {
    what: 'A group with instances is deleted by force alone',
    right: 'sandbox',
    why: 'moto terminates them, whether it is forced or not. In the sandbox the number that is wanted stands for them.',
    rests: 'API model of Auto Scaling, DeleteAutoScalingGroup',
    seen: [
      {
        step: 'groups: deleting a group that wants one',
        field: 'answer',
        sandbox: 'ResourceInUseFault 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'The type of a parameter stays, and so does the data type of images',
    right: 'sandbox',
    why: 'moto changes both, the data type to text where an overwriting call names none.',
    rests:
      'Systems Manager User Guide, Parameter data types; API model of Systems Manager, HierarchyTypeMismatchException; the code for a data type: unverified',
    seen: [
      {
        step: 'parameters: an image that was overwritten',
        field: 'Parameter.DataType',
        sandbox: 'aws:ec2:image',
        moto: 'text',
      },
      {
        step: 'parameters: overwriting with another type',
        field: 'answer',
        sandbox: 'HierarchyTypeMismatchException 400',
        moto: 'success',
      },
      {
        step: 'parameters: overwriting with another data type',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
      { step: 'parameters: a history', field: 'Parameters[].DataType', sandbox: 'aws:ec2:image', moto: 'text' },
      {
        step: 'parameters: several parameters',
        field: 'Parameters[].DataType',
        sandbox: 'aws:ec2:image',
        moto: 'text',
      },
    ],
  },
  {
    what: 'A parameter is not put whose image is no image, though the call succeeds',
    right: 'neither',
    why: 'AWS looks at the value after it has answered. The sandbox refuses it at once, by a rule of its own; moto keeps it.',
    rests: 'API reference of Systems Manager, PutParameter, DataType',
    seen: [
      {
        step: 'parameters: putting an image that is none',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'What a list of images does',
    right: 'unknown',
    why: 'The sandbox refuses it, moto keeps it.',
    rests: 'nothing: the API model tells of strings alone',
    seen: [
      {
        step: 'parameters: putting a list of images',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'What breaks a rule of the API model is told without a full stop',
    right: 'sandbox',
    why: 'moto ends these texts with one.',
    rests: 'answers recorded from GetParameters',
    seen: [
      {
        step: 'parameters: putting an empty value',
        field: 'message',
        sandbox:
          "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
        moto: "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1.",
      },
      {
        step: 'parameters: pages of 51 versions',
        field: 'message',
        sandbox:
          "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50",
        moto: "1 validation error detected: Value '51' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50.",
      },
      {
        step: 'parameters: eleven parameters',
        field: 'message',
        sandbox:
          "1 validation error detected: Value '[p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10",
        moto: "1 validation error detected: Value '[p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10]' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10.",
      },
    ],
  },
  {
    what: 'The value of a standard parameter has at most 4,096 characters',
    right: 'sandbox',
    why: 'moto takes any text.',
    rests: 'API model of Systems Manager, PutParameter, Tier; the text as recorded',
    seen: [
      {
        step: 'parameters: putting a long value',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'A name has letters, numbers and .-_ on at most 15 levels, with a slash before the first and none behind the last',
    right: 'sandbox',
    why: 'moto looks for reserved names alone, and then for the parameter.',
    rests:
      'API model of Systems Manager, PutParameter, Name, and HierarchyLevelLimitExceededException; texts as recorded',
    seen: [
      {
        step: 'parameters: putting under a name with a space',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
      {
        step: 'parameters: putting under a name that ends with a slash',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
      {
        step: 'parameters: putting under a path without a slash before it',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
      {
        step: 'parameters: putting sixteen levels deep',
        field: 'answer',
        sandbox: 'HierarchyLevelLimitExceededException 400',
        moto: 'success',
      },
      {
        step: 'parameters: a parameter of no name',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'ParameterNotFound 400',
      },
    ],
  },
  {
    what: 'The code for a label that is on no version',
    right: 'unknown',
    why: 'The sandbox misses the version, moto the parameter.',
    rests: 'nothing: the API model has both errors, and tells them apart by versions alone',
    seen: [
      {
        step: 'parameters: an unknown label',
        field: 'answer',
        sandbox: 'ParameterVersionNotFound 400',
        moto: 'ParameterNotFound 400',
      },
    ],
  },
  {
    what: 'The text for more labels than a version may have',
    right: 'unknown',
    why: 'The code is the same. The sandbox has a text of its own, moto one behind words that a command line client adds.',
    rests: 'nothing that was read',
    seen: [
      {
        step: 'parameters: more labels than a version may have',
        field: 'message',
        sandbox: 'A parameter version can have at most 10 labels.',
        moto: 'An error occurred (ParameterVersionLabelLimitExceeded) when calling the LabelParameterVersion operation: A parameter version can have maximum 10 labels.Move one or more labels to another version and try again.',
      },
    ],
  },
  {
    what: 'A call puts one label at least',
    right: 'sandbox',
    why: 'moto takes none.',
    rests: 'API model of Systems Manager, ParameterLabelList',
    seen: [{ step: 'parameters: no labels', field: 'answer', sandbox: 'ValidationException 400', moto: 'success' }],
  },
  {
    what: 'A parameter tells who changed it, by ARN',
    right: 'sandbox',
    why: 'moto does not say who.',
    rests: 'API model of Systems Manager, LastModifiedUser',
    seen: [
      {
        step: 'parameters: a history',
        field: 'Parameters[].LastModifiedUser',
        sandbox: 'arn:aws:iam::123456789012:user/sandbox',
        moto: 'N/A',
      },
      {
        step: 'parameters: a history with labels',
        field: 'Parameters[].LastModifiedUser',
        sandbox: 'arn:aws:iam::123456789012:user/sandbox',
        moto: 'N/A',
      },
      {
        step: 'parameters: a page of a history',
        field: 'Parameters[].LastModifiedUser',
        sandbox: 'arn:aws:iam::123456789012:user/sandbox',
        moto: 'N/A',
      },
      {
        step: 'parameters: the page after it',
        field: 'Parameters[].LastModifiedUser',
        sandbox: 'arn:aws:iam::123456789012:user/sandbox',
        moto: 'N/A',
      },
      {
        step: 'lists of parameters: all parameters',
        field: 'Parameters[].LastModifiedUser',
        sandbox: 'arn:aws:iam::123456789012:user/sandbox',
        moto: 'N/A',
      },
    ],
  },
  {
    what: 'Parameters can be found by their data type',
    right: 'sandbox',
    why: 'moto has the keys of an older API model, and quotes them otherwise.',
    rests: 'API model of Systems Manager, ParameterStringFilterKey; the quotes as recorded for other members',
    seen: [
      {
        step: 'lists of parameters: parameters by data type',
        field: 'answer',
        sandbox: 'success',
        moto: 'ValidationException 400',
      },
      {
        step: 'lists of parameters: parameters by an unknown key',
        field: 'message',
        sandbox:
          "1 validation error detected: Value 'Nonsense' at 'parameterFilters.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType)$",
        moto: '1 validation error detected: Value "Nonsense" at "parameterFilters.1.member.key" failed to satisfy constraint: Member must satisfy regular expression pattern: tag:.+|Name|Type|KeyId|Path|Label|Tier',
      },
    ],
  },
  {
    what: 'Whether texts on filters end with a full stop',
    right: 'unknown',
    why: 'The words and the codes are the same; the sandbox has none, moto has one.',
    rests: 'nothing that was read',
    seen: [
      {
        step: 'lists of parameters: parameters by label',
        field: 'message',
        sandbox:
          'The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier]',
        moto: 'The following filter key is not valid: Label. Valid filter keys include: [Path, Name, Type, KeyId, Tier].',
      },
      {
        step: 'lists of parameters: parameters by an unknown option',
        field: 'message',
        sandbox: 'The following filter option is not valid: EndsWith. Valid options include: [BeginsWith, Equals]',
        moto: 'The following filter option is not valid: EndsWith. Valid options include: [BeginsWith, Equals].',
      },
      {
        step: 'lists of parameters: types by a part of them',
        field: 'message',
        sandbox: 'The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals]',
        moto: 'The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals].',
      },
      {
        step: 'lists of parameters: parameters by no name',
        field: 'message',
        sandbox: 'The following filter values are missing : null for filter key Name',
        moto: 'The following filter values are missing : null for filter key Name.',
      },
    ],
  },
  {
    what: 'What a filter for a type does that there is not',
    right: 'unknown',
    why: 'The sandbox finds nothing, moto refuses it.',
    rests: 'nothing that was read',
    seen: [
      {
        step: 'lists of parameters: parameters by a type that there is not',
        field: 'answer',
        sandbox: 'success',
        moto: 'InvalidFilterOption 400',
      },
    ],
  },
  {
    what: 'Pages of parameters hold as many as are asked for, 1 to 50',
    right: 'sandbox',
    why: 'moto does not look at the number.',
    rests: 'API model of Systems Manager, DescribeParameters, MaxResults',
    seen: [
      {
        step: 'lists of parameters: a page of two of three',
        field: 'names[]',
        sandbox: ['/golden/web', '/golden/shop'],
        moto: ['/golden/web', '/golden/shop', 'stages'],
      },
      {
        step: 'lists of parameters: the page after two of three',
        field: 'names[]',
        sandbox: ['stages'],
        moto: ['/golden/web', '/golden/shop', 'stages'],
      },
      {
        step: 'lists of parameters: pages of none',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
      {
        step: 'lists of parameters: pages of 51',
        field: 'answer',
        sandbox: 'ValidationException 400',
        moto: 'success',
      },
    ],
  },
  {
    what: 'What describing a region that does not exist does',
    right: 'unknown',
    why: 'The sandbox refuses it, as it does for a source region; moto leaves it out.',
    rests: 'nothing that was read',
    seen: [
      {
        step: 'callers and places: an unknown region',
        field: 'answer',
        sandbox: 'InvalidParameterValue 400',
        moto: 'success',
      },
    ],
  },
];
