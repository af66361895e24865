import {
  CreateImageCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DisableImageCommand,
  EnableImageCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { HOME_REGION } from '../emulators.ts';
import type { Witness } from '../witness.ts';
import { imaged, LAUNCH, launched, PUBLIC_IMAGE, tag, tags, UNKNOWN } from './setting.ts';

/** CreateImage. */
export async function makingImages(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const web = await launched(witness, ec2, 'web', {
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 20, VolumeType: 'gp3' } }],
  });
  const create = (input: Partial<CreateImageCommand['input']>) =>
    ec2.send(new CreateImageCommand({ InstanceId: web, Name: 'free', NoReboot: true, ...input }));
  const describe = (id: string) => ec2.send(new DescribeImagesCommand({ ImageIds: [id] }));

  const made = await create({
    Name: 'golden',
    Description: 'of web',
    TagSpecifications: [{ ResourceType: 'image', Tags: [tag('Name', 'golden')] }],
  });
  const golden = witness.name('golden', made.ImageId);
  await witness.step('making an image', Promise.resolve(made));
  await witness.step('an image right after it was asked for', describe(golden));
  await witness.settle();
  await witness.step('an image that is available', describe(golden));
  await witness.step('making an image of a name that is taken', create({ Name: 'golden' }));
  await witness.step('making an image of an unknown instance', create({ InstanceId: UNKNOWN.instance }));
  await witness.step('making an image of what is no instance id', create({ InstanceId: 'instance' }));
  await witness.step('making an image without an instance', create({ InstanceId: undefined }));
  await witness.step('making an image without a name', create({ Name: undefined }));
  await witness.step('making an image with an empty name', create({ Name: '' }));
  await witness.step('making an image with a name that is too short', create({ Name: 'ab' }));
  await witness.step('making an image with a name that is too long', create({ Name: 'x'.repeat(129) }));
  await witness.step('making an image with a forbidden character', create({ Name: 'semi;colon' }));
  await witness.step('making an image with every character', create({ Name: "aZ0()[] ./-'@_" }));
  await witness.step('making a second image of a volume within seconds', create({ Name: 'soon' }));
  await witness.settle();
  await witness.step('making an image with a long description', create({ Name: 'long', Description: 'x'.repeat(256) }));
  await witness.step('making an image dry', create({ DryRun: true }));
  await witness.step(
    'making an image with tags on its snapshots',
    create({
      Name: 'with tags on snapshots',
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [tag('Name', 'x')] }],
    }),
  );
  await witness.settle();
  await witness.step(
    'making an image with tags on volumes',
    create({ Name: 'volumes', TagSpecifications: [{ ResourceType: 'volume', Tags: [tag('Name', 'x')] }] }),
  );
  await witness.step(
    'making an image with a reserved tag',
    create({ Name: 'reserved', TagSpecifications: [{ ResourceType: 'image', Tags: [tag('aws:x', 'x')] }] }),
  );
  await witness.step(
    'making an image with 51 tags',
    create({ Name: 'many', TagSpecifications: [{ ResourceType: 'image', Tags: tags(51, 'k') }] }),
  );
  await ec2.send(new StopInstancesCommand({ InstanceIds: [web] }));
  await witness.settle();
  await witness.step('making an image of a stopped instance', create({ Name: 'of stopped' }));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [web] }));
  await witness.settle();
  await witness.step('making an image of a terminated instance', create({ Name: 'of terminated' }));
}

/** DescribeImages. */
export async function listsOfImages(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const describe = (input: DescribeImagesCommand['input']) => ec2.send(new DescribeImagesCommand(input));
  /** Which images are listed; what they look like is told elsewhere. */
  const list = async (input: DescribeImagesCommand['input']) => {
    const { Images: found = [] } = await describe(input);
    return { Images: found.map(({ ImageId }) => ({ ImageId })) };
  };
  const filtered = (name: string, ...values: string[]) =>
    list({ Owners: ['self'], Filters: [{ Name: name, Values: values }] });

  for (const key of ['al2023', 'al2023-arm64', 'ubuntu-24.04'] as const) {
    witness.name(key, publicImageId(HOME_REGION, key));
  }
  await witness.step('no images', list({ Owners: ['self'] }));
  const web = await launched(witness, ec2, 'web');
  const golden = await imaged(witness, ec2, web, 'golden-1', [tag('Stage', 'prod'), tag('Name', 'g')]);
  const second = await imaged(witness, ec2, web, 'golden-2', [tag('Stage', 'Test')]);
  await imaged(witness, ec2, web, 'other [x] (y)');
  await witness.step('images of mine', describe({ Owners: ['self'] }));
  await witness.step("images by my account's number", list({ Owners: ['123456789012'] }));
  await witness.step('images of amazon', list({ Owners: ['amazon'] }));
  await witness.step("images by a publisher's number", list({ Owners: ['137112412989'] }));
  await witness.step('images of two owners', list({ Owners: ['self', '099720109477'] }));
  await witness.step('images of a stranger', list({ Owners: ['999999999999'] }));
  await witness.step('all images', list({}));
  await witness.step('two images by id', list({ ImageIds: [golden, second] }));
  await witness.step('an image by id, twice', list({ ImageIds: [golden, golden] }));
  await witness.step('a public image by id', describe({ ImageIds: [PUBLIC_IMAGE] }));
  await witness.step('an unknown image', list({ ImageIds: [UNKNOWN.image] }));
  await witness.step('two unknown images', list({ ImageIds: [UNKNOWN.image, 'ami-0123456789abcdef1'] }));
  await witness.step('a known and an unknown image', list({ ImageIds: [golden, UNKNOWN.image] }));
  await witness.step('no image id', list({ ImageIds: ['image'] }));
  await witness.step('an image id with other characters', list({ ImageIds: ['ami-xyz'] }));
  await witness.step('two ids that are none', list({ ImageIds: ['one', 'two'] }));
  await witness.step('an unknown image and what is no id', list({ ImageIds: [UNKNOWN.image, 'two'] }));
  await witness.step("an image by id of another owner's", list({ ImageIds: [PUBLIC_IMAGE], Owners: ['self'] }));
  await witness.step(
    'an image by id that a filter excludes',
    list({ ImageIds: [golden], Filters: [{ Name: 'name', Values: ['other*'] }] }),
  );
  await witness.step('images by name', filtered('name', 'golden-1'));
  await witness.step('images by name in another case', filtered('name', 'GOLDEN-1'));
  await witness.step('images by a name with *', filtered('name', 'golden*'));
  await witness.step('images by a name with ?', filtered('name', 'golden-?'));
  await witness.step('images by a name with a ? for nothing', filtered('name', 'golden-1?'));
  await witness.step('images by a name with an escaped *', filtered('name', 'golden\\*'));
  await witness.step('images by a name with brackets', filtered('name', 'other [x] (y)'));
  await witness.step('images by part of a name', filtered('name', 'golden'));
  await witness.step('images by two names', filtered('name', 'golden-1', 'other*'));
  await witness.step('images by state', filtered('state', 'available'));
  await witness.step('images by id as a filter', filtered('image-id', golden));
  await witness.step('images by instance', filtered('source-instance-id', web));
  await witness.step('images by source image', filtered('source-image-id', PUBLIC_IMAGE));
  await witness.step('images by visibility', filtered('is-public', 'false'));
  await witness.step('images by architecture', filtered('architecture', 'x86_64'));
  await witness.step('images by owner as a filter', filtered('owner-id', '123456789012'));
  await witness.step('images by root device type', filtered('root-device-type', 'ebs'));
  await witness.step('images by description', filtered('description', '*'));
  await witness.step('images by tag', filtered('tag:Stage', 'prod'));
  await witness.step('images by tag in another case', filtered('tag:Stage', 'test'));
  await witness.step('images by a tag with *', filtered('tag:Stage', 'pr*', 'nothing'));
  await witness.step('images by tag key', filtered('tag-key', 'Name'));
  await witness.step('images by an unknown filter', filtered('nonsense', 'x'));
  await witness.step('images by a filter without values', filtered('name'));
  await witness.step(
    'images by two filters',
    list({
      Filters: [
        { Name: 'name', Values: ['golden*'] },
        { Name: 'tag:Stage', Values: ['Test'] },
      ],
    }),
  );
  const { Images: [first] = [] } = await describe({ ImageIds: [golden] });
  const snapshot = witness.name('snapshot of golden-1', first?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId);
  await witness.step('images by snapshot', filtered('block-device-mapping.snapshot-id', snapshot));
  await witness.step('ids together with MaxResults', list({ ImageIds: [golden], MaxResults: 5 }));
  await witness.step('a page of one image', list({ Owners: ['self'], MaxResults: 1 }));
  await witness.step('pages of no images', list({ Owners: ['self'], MaxResults: 0 }));
  await witness.step('a page after a wrong token', list({ Owners: ['self'], NextToken: 'wrong' }));
  await witness.step('a dry description', list({ DryRun: true }));
}

/** DisableImage, EnableImage, DeregisterImage. */
export async function endsOfImages(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const states = async (input: DescribeImagesCommand['input']) => {
    const { Images: found = [] } = await ec2.send(new DescribeImagesCommand(input));
    return { Images: found.map(({ ImageId, State }) => ({ ImageId, State })) };
  };
  const disable = (id: string) => ec2.send(new DisableImageCommand({ ImageId: id }));
  const enable = (id: string) => ec2.send(new EnableImageCommand({ ImageId: id }));
  const deregister = (id: string, more: Partial<DeregisterImageCommand['input']> = {}) =>
    ec2.send(new DeregisterImageCommand({ ImageId: id, ...more }));

  const web = await launched(witness, ec2, 'web');
  const golden = await imaged(witness, ec2, web, 'golden');
  await witness.step('disabling', disable(golden));
  await witness.step('disabled images are not listed', states({ Owners: ['self'] }));
  await witness.step('disabled images on demand', states({ Owners: ['self'], IncludeDisabled: true }));
  await witness.step('a disabled image by id', states({ ImageIds: [golden] }));
  await witness.step('disabling what is disabled', disable(golden));
  await witness.step('a launch of a disabled image', ec2.send(new RunInstancesCommand({ ...LAUNCH, ImageId: golden })));
  await witness.step('enabling', enable(golden));
  await witness.step('an image that was enabled', states({ ImageIds: [golden] }));
  await witness.step('disabling an unknown image', disable(UNKNOWN.image));
  await witness.step('enabling what is no image id', enable('image'));

  const other = await ec2.send(new RunInstancesCommand({ ...LAUNCH, ImageId: golden }));
  const user = witness.name('user of golden', other.Instances?.[0]?.InstanceId);
  await witness.settle();
  await witness.step('deregistering dry', deregister(golden, { DryRun: true }));
  await witness.step('deregistering', deregister(golden));
  await witness.step('deregistering what is deregistered', deregister(golden));
  await witness.step('disabling what is deregistered', disable(golden));
  await witness.step(
    'a launch of a deregistered image',
    ec2.send(new RunInstancesCommand({ ...LAUNCH, ImageId: golden })),
  );
  await witness.step('a deregistered image that an instance uses', states({ ImageIds: [golden] }));
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [user] }));
  await witness.settle();
  await witness.step('a deregistered image that no instance uses', states({ ImageIds: [golden] }));
  await witness.step(
    'an image of a name that was given back',
    ec2.send(new CreateImageCommand({ InstanceId: web, Name: 'golden', NoReboot: true })),
  );
  await witness.settle();
  await witness.step('deregistering an unknown image', deregister(UNKNOWN.image));
  await witness.step('deregistering what is no image id', deregister('image'));
  await witness.step('deregistering a public image', deregister(PUBLIC_IMAGE));
  const withSnapshots = await imaged(witness, ec2, web, 'with its snapshots');
  await witness.step(
    'deregistering along with the snapshots',
    deregister(withSnapshots, { DeleteAssociatedSnapshots: true }),
  );

  const mine = await imaged(witness, ec2, web, 'mine');
  const stranger = await witness.ec2OfOtherAccount();
  await witness.step("another account's image by id", stranger.send(new DescribeImagesCommand({ ImageIds: [mine] })));
  await witness.step(
    "deregistering another account's image",
    stranger.send(new DeregisterImageCommand({ ImageId: mine })),
  );
}
