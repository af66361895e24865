import {
  DescribeImageAttributeCommand,
  DescribeImagesCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DisableImageCommand,
  type ImageAttributeName,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  type SnapshotAttributeName,
} from '@aws-sdk/client-ec2';
import { OTHER_ACCOUNT } from '../emulators.ts';
import type { Witness } from '../witness.ts';
import { imaged, LAUNCH, launched, PUBLIC_IMAGE, UNKNOWN } from './setting.ts';

const THIRD_ACCOUNT = '333344445555';
const ORGANIZATION = 'arn:aws:organizations::123456789012:organization/o-1234567890';

/** ModifyImageAttribute, DescribeImageAttribute, and what other accounts may do then. moto has no ResetImageAttribute. */
export async function attributesOfImages(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const stranger = await witness.ec2OfOtherAccount();
  const web = await launched(witness, ec2, 'web');
  const golden = await imaged(witness, ec2, web, 'golden');
  /** A change is over before the next step, since reads show it late. */
  const modify = async (input: Partial<ModifyImageAttributeCommand['input']>) => {
    const answer = await ec2.send(new ModifyImageAttributeCommand({ ImageId: golden, ...input }));
    await witness.settle();
    return answer;
  };
  const share = (...accounts: string[]) =>
    modify({ LaunchPermission: { Add: accounts.map((UserId) => ({ UserId })) } });
  const attribute = (Attribute: ImageAttributeName, ImageId = golden) =>
    ec2.send(new DescribeImageAttributeCommand({ ImageId, Attribute }));
  const facts = async () => {
    const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [golden] }));
    return { Description: image?.Description, Public: image?.Public };
  };
  const seen = async (input: DescribeImagesCommand['input']) => {
    const { Images: found = [] } = await stranger.send(new DescribeImagesCommand(input));
    return { Images: found.map(({ ImageId, OwnerId }) => ({ ImageId, OwnerId })) };
  };

  await witness.step('nobody may launch at first', attribute('launchPermission'));
  await witness.step('sharing', share(OTHER_ACCOUNT));
  await witness.step('an account that may launch', attribute('launchPermission'));
  await witness.step('a shared image by id', seen({ ImageIds: [golden] }));
  await witness.step('images that an account was given', seen({ ExecutableUsers: ['self'] }));
  const launchOf = async () => {
    const { Instances: [instance] = [] } = await stranger.send(new RunInstancesCommand({ ...LAUNCH, ImageId: golden }));
    return { ImageId: instance?.ImageId };
  };
  await witness.step('a launch of a shared image', launchOf());
  await witness.step('sharing again', share(OTHER_ACCOUNT));
  await witness.step(
    'sharing in the flat form',
    modify({ Attribute: 'launchPermission', OperationType: 'add', UserIds: [THIRD_ACCOUNT] }),
  );
  await witness.step(
    'sharing with an organization',
    modify({ LaunchPermission: { Add: [{ OrganizationArn: ORGANIZATION }] } }),
  );
  await witness.step('accounts and an organization that may launch', attribute('launchPermission'));
  await witness.step(
    'sharing no more',
    modify({ LaunchPermission: { Remove: [{ UserId: OTHER_ACCOUNT }, { OrganizationArn: ORGANIZATION }] } }),
  );
  await witness.step(
    'taking back what was not given',
    modify({ LaunchPermission: { Remove: [{ UserId: OTHER_ACCOUNT }] } }),
  );
  await witness.step('an account that is left', attribute('launchPermission'));
  await witness.step('an image that is shared no more', seen({ ImageIds: [golden] }));
  await witness.step('making public', modify({ LaunchPermission: { Add: [{ Group: 'all' }] } }));
  await witness.step('an image that is public', facts());
  await witness.step('a group that may launch', attribute('launchPermission'));
  await witness.step('public no more', modify({ LaunchPermission: { Remove: [{ Group: 'all' }] } }));
  await witness.step('an image that is public no more', facts());
  await witness.step('sharing with what is no account', share('account'));
  await witness.step('sharing with a number that is too short', share('12345'));
  await witness.step(
    'sharing with what is no group',
    modify({ Attribute: 'launchPermission', OperationType: 'add', UserGroups: ['everyone'] }),
  );
  await witness.step(
    'sharing with what is no organization',
    modify({ LaunchPermission: { Add: [{ OrganizationArn: 'organization' }] } }),
  );
  await witness.step('sharing in the flat form without an operation', modify({ UserIds: [THIRD_ACCOUNT] }));

  await witness.step('describing', modify({ Description: { Value: 'of web' } }));
  await witness.step('a description', attribute('description'));
  await witness.step('an image that was described', facts());
  await witness.step('describing in the flat form', modify({ Attribute: 'description', Value: 'of shop' }));
  await witness.step('an image that was described again', facts());
  await witness.step('describing at length', modify({ Description: { Value: 'x'.repeat(256) } }));
  await witness.step(
    'describing and sharing at once',
    modify({ Description: { Value: 'both' }, LaunchPermission: { Add: [{ UserId: OTHER_ACCOUNT }] } }),
  );
  await witness.step('changing nothing', modify({}));
  await witness.step('changing an attribute that does not exist', modify({ Attribute: 'nonsense', Value: 'x' }));
  await witness.step('changing dry', modify({ Description: { Value: 'dry' }, DryRun: true }));
  await witness.step('changing an unknown image', modify({ ImageId: UNKNOWN.image, Description: { Value: 'x' } }));
  await witness.step('changing what is no image id', modify({ ImageId: 'image', Description: { Value: 'x' } }));
  await witness.step('changing a public image', modify({ ImageId: PUBLIC_IMAGE, Description: { Value: 'x' } }));
  await witness.step('the device mapping', attribute('blockDeviceMapping'));
  await witness.step('an attribute of an unknown image', attribute('description', UNKNOWN.image));
  await witness.step('an attribute of what is no image id', attribute('description', 'image'));
  await witness.step('an attribute of an image of others', attribute('launchPermission', PUBLIC_IMAGE));
  await ec2.send(new DisableImageCommand({ ImageId: golden }));
  await witness.settle();
  await witness.step('sharing what is disabled', share(OTHER_ACCOUNT));
}

/** ModifySnapshotAttribute and DescribeSnapshotAttribute. */
export async function attributesOfSnapshots(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const stranger = await witness.ec2OfOtherAccount();
  const golden = await imaged(witness, ec2, await launched(witness, ec2, 'web'), 'golden');
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [golden] }));
  const root = witness.name('root', image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId);
  const modify = async (input: Partial<ModifySnapshotAttributeCommand['input']>) => {
    const answer = await ec2.send(new ModifySnapshotAttributeCommand({ SnapshotId: root, ...input }));
    await witness.settle();
    return answer;
  };
  const flat = (input: Partial<ModifySnapshotAttributeCommand['input']>) =>
    modify({ Attribute: 'createVolumePermission', OperationType: 'add', ...input });
  const attribute = (SnapshotId = root, Attribute: SnapshotAttributeName = 'createVolumePermission') =>
    ec2.send(new DescribeSnapshotAttributeCommand({ SnapshotId, Attribute }));
  const seen = async () => {
    const { Snapshots: found = [] } = await stranger.send(new DescribeSnapshotsCommand({ SnapshotIds: [root] }));
    return { Snapshots: found.map(({ SnapshotId }) => ({ SnapshotId })) };
  };

  await witness.step('nobody may make volumes at first', attribute());
  await witness.step("another account's snapshot by id", seen());
  await witness.step('sharing', flat({ UserIds: [OTHER_ACCOUNT] }));
  await witness.step('an account that may make volumes', attribute());
  await witness.step('a shared snapshot by id', seen());
  await witness.step('sharing again', flat({ UserIds: [OTHER_ACCOUNT] }));
  await witness.step('sharing no more', flat({ OperationType: 'remove', UserIds: [OTHER_ACCOUNT] }));
  await witness.step('taking back what was not given', flat({ OperationType: 'remove', UserIds: [THIRD_ACCOUNT] }));
  await witness.step('nobody may make volumes any more', attribute());
  await witness.step('making public', flat({ GroupNames: ['all'] }));
  await witness.step('a group that may make volumes', attribute());
  await witness.step('public no more', flat({ OperationType: 'remove', GroupNames: ['all'] }));
  await witness.step(
    'sharing as a structure',
    modify({ CreateVolumePermission: { Add: [{ UserId: THIRD_ACCOUNT }] } }),
  );
  await witness.step('an account that a structure named', attribute());
  await witness.step('sharing with what is no account', flat({ UserIds: ['account'] }));
  await witness.step('sharing with what is no group', flat({ GroupNames: ['everyone'] }));
  await witness.step('sharing without an operation', flat({ OperationType: undefined, UserIds: [OTHER_ACCOUNT] }));
  await witness.step('changing dry', flat({ UserIds: [OTHER_ACCOUNT], DryRun: true }));
  await witness.step('changing an unknown snapshot', flat({ SnapshotId: UNKNOWN.snapshot, UserIds: [OTHER_ACCOUNT] }));
  await witness.step('changing what is no snapshot id', flat({ SnapshotId: 'snapshot', UserIds: [OTHER_ACCOUNT] }));
  await witness.step('permissions of an unknown snapshot', attribute(UNKNOWN.snapshot));
  await witness.step('permissions of what is no snapshot id', attribute('snap-xyz'));
}
