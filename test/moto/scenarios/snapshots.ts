import {
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import type { Witness } from '../witness.ts';
import { imaged, launched, tag, UNKNOWN } from './setting.ts';

/** DescribeSnapshots, DeleteSnapshot, RegisterImage. */
export async function snapshotsOfImages(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const describe = (input: DescribeSnapshotsCommand['input']) => ec2.send(new DescribeSnapshotsCommand(input));
  /** Which snapshots are listed; what they look like is told elsewhere. */
  const list = async (input: DescribeSnapshotsCommand['input']) => {
    const { Snapshots: found = [] } = await describe(input);
    return { Snapshots: found.map(({ SnapshotId }) => ({ SnapshotId })) };
  };
  const filtered = (name: string, ...values: string[]) =>
    list({ OwnerIds: ['self'], Filters: [{ Name: name, Values: values }] });
  const remove = (id: string, more: Partial<DeleteSnapshotCommand['input']> = {}) =>
    ec2.send(new DeleteSnapshotCommand({ SnapshotId: id, ...more }));

  const web = await launched(witness, ec2, 'web');
  await witness.step('no snapshots', list({ OwnerIds: ['self'] }));
  const golden = await imaged(witness, ec2, web, 'golden');
  const { Images: [image] = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [golden] }));
  const root = witness.name('root', image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId);
  await witness.step('snapshots of mine', list({ OwnerIds: ['self'] }));
  await witness.step('snapshots without owners', list({ Filters: [{ Name: 'snapshot-id', Values: [root] }] }));
  await witness.step('a snapshot by id', describe({ SnapshotIds: [root] }));
  await witness.step('an unknown snapshot', list({ SnapshotIds: [UNKNOWN.snapshot] }));
  await witness.step('a known and an unknown snapshot', list({ SnapshotIds: [root, UNKNOWN.snapshot] }));
  await witness.step('no snapshot id', list({ SnapshotIds: ['snapshot'] }));
  await witness.step('a snapshot id with other characters', list({ SnapshotIds: ['snap-xyz'] }));
  await witness.step('snapshots by state', filtered('status', 'completed'));
  await witness.step('snapshots by a state that none has', filtered('status', 'error'));
  await witness.step('snapshots by description', filtered('description', `Created by CreateImage(${web})*`));
  await witness.step('snapshots by tag', filtered('tag:Name', 'x'));
  await witness.step('snapshots by volume size', filtered('volume-size', '8'));
  await witness.step('snapshots by an unknown filter', filtered('nonsense', 'x'));
  await witness.step('ids together with MaxResults', list({ SnapshotIds: [root], MaxResults: 5 }));
  await witness.step('pages of four snapshots', list({ OwnerIds: ['self'], MaxResults: 4 }));
  await witness.step('pages of more than a thousand snapshots', list({ OwnerIds: ['self'], MaxResults: 1_001 }));
  await witness.step('deleting a snapshot that an image uses', remove(root));
  await witness.step('deleting an unknown snapshot', remove(UNKNOWN.snapshot));
  await witness.step('deleting what is no snapshot id', remove('snapshot'));

  const register = (input: Partial<RegisterImageCommand['input']>) =>
    ec2.send(
      new RegisterImageCommand({
        Name: 'free',
        RootDeviceName: '/dev/xvda',
        VirtualizationType: 'hvm',
        Architecture: 'x86_64',
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: root } }],
        ...input,
      }),
    );
  const registered = await register({
    Name: 'registered',
    Description: 'of root',
    TagSpecifications: [{ ResourceType: 'image', Tags: [tag('Name', 'registered')] }],
  });
  const second = witness.name('registered', registered.ImageId);
  await witness.step('an image that was registered', ec2.send(new DescribeImagesCommand({ ImageIds: [second] })));
  await witness.step('registering under a name that is taken', register({ Name: 'golden' }));
  await witness.step('registering under a name that is too short', register({ Name: 'ab' }));
  await witness.step('registering without a name', register({ Name: undefined }));
  await witness.step(
    'registering an unknown snapshot',
    register({ BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: UNKNOWN.snapshot } }] }),
  );
  await witness.step('registering without a root device', register({ RootDeviceName: undefined }));
  await witness.step('registering dry', register({ DryRun: true }));

  await witness.step('deregistering', ec2.send(new DeregisterImageCommand({ ImageId: golden })));
  await witness.step('deleting a snapshot that a second image uses', remove(root));
  const last = await imaged(witness, ec2, web, 'last');
  const { Images: [{ BlockDeviceMappings: [device] = [] } = {}] = [] } = await ec2.send(
    new DescribeImagesCommand({ ImageIds: [last] }),
  );
  const free = witness.name('free', device?.Ebs?.SnapshotId);
  await ec2.send(new DeregisterImageCommand({ ImageId: last }));
  await witness.step('deleting dry', remove(free, { DryRun: true }));
  await witness.step('deleting a snapshot that no image uses', remove(free));
  await witness.step('deleting a snapshot again', remove(free));
}
