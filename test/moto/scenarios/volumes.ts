import { DescribeVolumesCommand } from '@aws-sdk/client-ec2';
import type { Witness } from '../witness.ts';
import { imaged, launched, tag, UNKNOWN } from './setting.ts';

/** DescribeVolumes. */
export async function volumesOfInstances(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const describe = (input: DescribeVolumesCommand['input']) => ec2.send(new DescribeVolumesCommand(input));
  /** Which volumes are listed; what they look like is told elsewhere. */
  const list = async (input: DescribeVolumesCommand['input']) => {
    const { Volumes: found = [] } = await describe(input);
    return { Volumes: found.map(({ VolumeId }) => ({ VolumeId })) };
  };
  const filtered = (name: string, ...values: string[]) => list({ Filters: [{ Name: name, Values: values }] });

  await witness.step('no volumes', list({}));
  const web = await launched(witness, ec2, 'web', {
    BlockDeviceMappings: [
      { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 8, VolumeType: 'gp3', DeleteOnTermination: true } },
    ],
    TagSpecifications: [{ ResourceType: 'volume', Tags: [tag('Name', 'root')] }],
  });
  const { Volumes: [volume] = [] } = await describe({
    Filters: [{ Name: 'attachment.instance-id', Values: [web] }],
  });
  const root = witness.name('root', volume?.VolumeId);
  await witness.step('all volumes', list({}));
  const one = async () => {
    const { Volumes: [Volume] = [] } = await describe({ VolumeIds: [root] });
    return { Volume };
  };
  await witness.step('a volume by id', one());
  await witness.step('an unknown volume', list({ VolumeIds: [UNKNOWN.volume] }));
  await witness.step('no volume id', list({ VolumeIds: ['volume'] }));
  await witness.step('a volume id with other characters', list({ VolumeIds: ['vol-xyz'] }));
  await witness.step('volumes by instance', filtered('attachment.instance-id', web));
  await witness.step('volumes by device', filtered('attachment.device', '/dev/xvda'));
  await witness.step('volumes by zone', filtered('availability-zone', 'eu-central-1?'));
  await witness.step('volumes by encryption', filtered('encrypted', 'false'));
  await witness.step('volumes by size', filtered('size', '8'));
  await witness.step('volumes by status', filtered('status', 'in-use'));
  await witness.step('volumes by a status that none has', filtered('status', 'available'));
  await witness.step('volumes by id as a filter', filtered('volume-id', root));
  await witness.step('volumes by type', filtered('volume-type', 'gp3'));
  await witness.step('volumes by tag', filtered('tag:Name', 'ro*'));
  await witness.step('volumes by tag key', filtered('tag-key', 'Name'));
  await witness.step('volumes by an unknown filter', filtered('nonsense', 'x'));
  await witness.step('ids together with MaxResults', list({ VolumeIds: [root], MaxResults: 5 }));
  await witness.step('pages of four volumes', list({ MaxResults: 4 }));
  await witness.step('pages of more than a thousand volumes', list({ MaxResults: 1_001 }));
  await witness.step('a page after a wrong token', list({ MaxResults: 5, NextToken: 'wrong' }));
  await witness.step('a dry description', list({ DryRun: true }));
  await imaged(witness, ec2, web, 'golden');
  await witness.step('volumes after one was imaged', list({}));
}
