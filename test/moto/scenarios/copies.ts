import {
  CopyImageCommand,
  CreateImageCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-ec2';
import { AWAY_REGION, HOME_REGION } from '../emulators.ts';
import type { Witness } from '../witness.ts';
import { imaged, launched, tag, UNKNOWN } from './setting.ts';

/** CopyImage. */
export async function copyingImages(witness: Witness): Promise<void> {
  const here = await witness.ec2();
  const there = await witness.ec2(AWAY_REGION);
  const web = await launched(witness, here, 'web');
  const golden = await imaged(witness, here, web, 'golden', [tag('Stage', 'prod')]);
  const copy = (input: Partial<CopyImageCommand['input']>) =>
    there.send(new CopyImageCommand({ Name: 'free', SourceImageId: golden, SourceRegion: HOME_REGION, ...input }));
  const describe = (id: string) => there.send(new DescribeImagesCommand({ ImageIds: [id] }));

  /** What was asked for of a copy; what it looks like besides is told once. */
  const facts = async (id: string) => {
    const { Images: [image] = [] } = await describe(id);
    const { Description, Name, SourceImageId, State, Tags } = image ?? {};
    return { Description, Name, SourceImageId, State, Tags };
  };

  const request = { Name: 'golden', Description: 'of golden', ClientToken: 'once', CopyImageTags: true };
  const made = await copy(request);
  const copied = witness.name('copy', made.ImageId);
  await witness.step('copying', Promise.resolve(made));
  await witness.step('a copy right after it was asked for', describe(copied));
  await witness.settle();
  await witness.step('a copy that is available', describe(copied));
  const { Images: [{ BlockDeviceMappings: [device] = [] } = {}] = [] } = await describe(copied);
  const SnapshotIds = [witness.name('snapshot of the copy', device?.Ebs?.SnapshotId)];
  await witness.step("a copy's snapshot", there.send(new DescribeSnapshotsCommand({ SnapshotIds })));
  await witness.step('copying with a token that was used', copy(request));
  await witness.step(
    'copying with a token that was used, with other parameters',
    copy({ ...request, Name: 'another' }),
  );
  await witness.step('copying to a name that is taken', copy({ Name: 'golden' }));
  const plain = await copy({ Name: 'plain' });
  const plainId = witness.name('plain copy', plain.ImageId);
  await witness.settle();
  await witness.step('a copy that no tags or description were asked for', facts(plainId));
  await witness.step(
    'copying with tags of its own',
    copy({ Name: 'tagged', TagSpecifications: [{ ResourceType: 'image', Tags: [tag('Name', 'x')] }] }),
  );
  await witness.step(
    'copying with tags on volumes',
    copy({ Name: 'volumes', TagSpecifications: [{ ResourceType: 'volume', Tags: [tag('Name', 'x')] }] }),
  );
  await witness.step('copying an unknown image', copy({ SourceImageId: UNKNOWN.image }));
  await witness.step('copying what is no image id', copy({ SourceImageId: 'image' }));
  await witness.step('copying without a source', copy({ SourceImageId: undefined }));
  await witness.step('copying without a source region', copy({ SourceRegion: undefined }));
  await witness.step('copying from a region that does not exist', copy({ SourceRegion: 'xx-nowhere-1' }));
  await witness.step('copying from a region where the image is not', copy({ SourceRegion: 'us-east-1' }));
  await witness.step('copying without a name', copy({ Name: undefined }));
  await witness.step('copying with a name that is too short', copy({ Name: 'ab' }));
  await witness.step('copying with a key and without encryption', copy({ Name: 'key', KmsKeyId: 'alias/dr' }));
  await witness.step('copying encrypted', copy({ Name: 'encrypted', Encrypted: true }));
  await witness.step('copying in fourteen minutes', copy({ SnapshotCopyCompletionDurationMinutes: 14 }));
  await witness.step('copying dry', copy({ DryRun: true }));
  await witness.step(
    'copying within a region',
    here.send(new CopyImageCommand({ Name: 'twin', SourceImageId: golden, SourceRegion: HOME_REGION })),
  );
  await witness.settle();
  const young = await here.send(new CreateImageCommand({ InstanceId: web, Name: 'young', NoReboot: true }));
  await witness.step('copying right after the source was asked for', copy({ SourceImageId: young.ImageId }));
  await here.send(new DeregisterImageCommand({ ImageId: golden }));
  await witness.step('copying what is deregistered', copy({ Name: 'late' }));
  await witness.step('a copy whose source is gone', facts(copied));
}
