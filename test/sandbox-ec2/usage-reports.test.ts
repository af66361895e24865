import type { ImageUsageResourceTypeRequest, TagSpecification } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { anImage, aPlane, consumer, home, hours, idOf, minutes, type PlaneUnderTest, refusal } from './plane.ts';

const owner = { account: '111122223333' };
const days = 24 * hours;
const both: ImageUsageResourceTypeRequest[] = [
  { ResourceType: 'ec2:Instance' },
  { ResourceType: 'ec2:LaunchTemplate' },
];

async function aSharedImage(plane: PlaneUnderTest, name = 'golden'): Promise<string> {
  const ImageId = await anImage(plane, name);
  plane.call('ModifyImageAttribute', { ImageId, LaunchPermission: { Add: [{ UserId: consumer.account }] } });
  return ImageId;
}

function report(plane: PlaneUnderTest, ImageId: string, input: object = {}): string {
  return idOf(plane.call('CreateImageUsageReport', { ImageId, ResourceTypes: both, ...input }).ReportId);
}

function entriesOf(plane: PlaneUnderTest, ReportId: string) {
  return plane.call('DescribeImageUsageReportEntries', { ReportIds: [ReportId] }).ImageUsageReportEntries ?? [];
}

/** Account, type and count of each entry of a report that is made now. */
async function usage(plane: PlaneUnderTest, ImageId: string, input: object = {}) {
  const id = report(plane, ImageId, input);
  await plane.clock.advance(5 * minutes);
  return entriesOf(plane, id).map(({ AccountId, ResourceType, UsageCount }) => [AccountId, ResourceType, UsageCount]);
}

function stateOf(plane: PlaneUnderTest, ReportId: string): string | undefined {
  return plane.call('DescribeImageUsageReports', { ReportIds: [ReportId] }).ImageUsageReports?.[0]?.State;
}

describe('a usage report', () => {
  it('is pending, available after a while, and gone after 30 days', async () => {
    const plane = aPlane();
    const ImageId = await aSharedImage(plane);
    const CreationTime = new Date(plane.clock.now());
    const ReportId = report(plane, ImageId, { AccountIds: [consumer.account] });
    expect(ReportId).toMatch(/^amiur-[0-9a-f]{17}$/);
    expect(plane.call('DescribeImageUsageReports', {}).ImageUsageReports).toEqual([
      {
        ReportId,
        ImageId,
        ResourceTypes: both,
        AccountIds: [consumer.account],
        State: 'pending',
        CreationTime,
        ExpirationTime: new Date(CreationTime.getTime() + 30 * days),
        Tags: [],
      },
    ]);
    await plane.clock.advance(5 * minutes - 1);
    expect(stateOf(plane, ReportId)).toBe('pending');
    await plane.clock.advance(1);
    expect(stateOf(plane, ReportId)).toBe('available');
    await plane.clock.advance(30 * days - 5 * minutes - 1);
    expect(stateOf(plane, ReportId)).toBe('available');
    await plane.clock.advance(1);
    expect(plane.call('DescribeImageUsageReports', {}).ImageUsageReports).toEqual([]);
    expect(refusal(() => stateOf(plane, ReportId)).code).toBe('InvalidImageUsageReportId.NotFound');
  });

  it('counts what each account uses the image for, but for the last day and, of templates, the last days', async () => {
    const plane = aPlane();
    const ImageId = await aSharedImage(plane);
    const run = (context: object, count: number) =>
      plane.call('RunInstances', { ImageId, MinCount: count, MaxCount: count }, context);
    run(consumer, 2);
    run(owner, 1);
    const LaunchTemplateData = { ImageId };
    plane.call('CreateLaunchTemplate', { LaunchTemplateName: 'web', LaunchTemplateData }, consumer);
    plane.call('CreateLaunchTemplateVersion', { LaunchTemplateName: 'web', LaunchTemplateData }, consumer);
    expect(await usage(plane, ImageId)).toEqual([]);
    await plane.clock.advance(days);
    run(consumer, 5);
    const instances = [
      ['111122223333', 'ec2:Instance', 1],
      ['444455556666', 'ec2:Instance', 2],
    ];
    expect(await usage(plane, ImageId)).toEqual(instances);
    await plane.clock.advance(2 * days);
    expect(await usage(plane, ImageId)).toEqual([
      ['111122223333', 'ec2:Instance', 1],
      ['444455556666', 'ec2:Instance', 7],
      ['444455556666', 'ec2:LaunchTemplate', 1],
    ]);
    expect(await usage(plane, ImageId, { AccountIds: [owner.account] })).toEqual([['111122223333', 'ec2:Instance', 1]]);
    expect(await usage(plane, ImageId, { ResourceTypes: [{ ResourceType: 'ec2:LaunchTemplate' }] })).toEqual([
      ['444455556666', 'ec2:LaunchTemplate', 1],
    ]);
    expect(await usage(plane, ImageId, { ResourceTypes: [{ ResourceType: 'imagebuilder:ImageRecipe' }] })).toEqual([]);
  });

  it('counts the recipes of Image Builder that start from the image, by their type', async () => {
    const plane = aPlane();
    const ImageId = await aSharedImage(plane);
    const recipe = (name: string) => `arn:aws:imagebuilder:${home}:${consumer.account}:${name}/1.0.0`;
    const imageRecipes = {
      [recipe('image-recipe/web')]: [ImageId],
      [recipe('image-recipe/shop')]: [ImageId],
      [recipe('container-recipe/web')]: [ImageId],
      [recipe('container-recipe/other')]: ['ami-00000000000000001'],
    };
    plane.service.setBehaviour({ imageRecipes });
    const types = ['imagebuilder:ImageRecipe', 'imagebuilder:ContainerRecipe'];
    const counts = [2, 1].map((count, index) => [consumer.account, types[index], count]);
    expect(await usage(plane, ImageId)).toEqual([]);
    const ofTypes = (some: string[]) =>
      usage(plane, ImageId, { ResourceTypes: some.map((ResourceType) => ({ ResourceType })) });
    expect(await ofTypes(types)).toEqual(counts);
    expect(await ofTypes(types.slice(1))).toEqual(counts.slice(1));
  });

  it('does not count terminated instances, and nothing of another image', async () => {
    const plane = aPlane({ usageReportInstanceLagMs: 0 });
    const ImageId = await aSharedImage(plane);
    const { Instances: [instance] = [] } = plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, consumer);
    expect(await usage(plane, await aSharedImage(plane, 'other'))).toEqual([]);
    expect(await usage(plane, ImageId)).toEqual([['444455556666', 'ec2:Instance', 1]]);
    plane.call('TerminateInstances', { InstanceIds: [idOf(instance?.InstanceId)] }, consumer);
    expect(await usage(plane, ImageId)).toEqual([]);
  });

  it('looks at the newest twenty versions of a template, or as many as it is told', async () => {
    const plane = aPlane({ usageReportTemplateLagMs: 0 });
    const ImageId = await aSharedImage(plane);
    const toDepth = (depth: string) =>
      usage(plane, ImageId, {
        ResourceTypes: [
          {
            ResourceType: 'ec2:LaunchTemplate',
            ResourceTypeOptions: [{ OptionName: 'version-depth', OptionValues: [depth] }],
          },
        ],
      });
    plane.call('CreateLaunchTemplate', { LaunchTemplateName: 'web', LaunchTemplateData: { ImageId } }, consumer);
    const later = { LaunchTemplateName: 'web', LaunchTemplateData: { ImageId: publicImageId(home, 'al2023') } };
    for (let version = 2; version <= 20; version += 1) plane.call('CreateLaunchTemplateVersion', later, consumer);
    expect(await usage(plane, ImageId)).toEqual([['444455556666', 'ec2:LaunchTemplate', 1]]);
    plane.call('CreateLaunchTemplateVersion', later, consumer);
    expect(await usage(plane, ImageId)).toEqual([]);
    expect(await toDepth('20')).toEqual([]);
    expect(await toDepth('21')).toEqual([['444455556666', 'ec2:LaunchTemplate', 1]]);
  });

  it('can end in error, without entries', async () => {
    const plane = aPlane({ usageReportInstanceLagMs: 0, usageReportOutcome: 'error' });
    const ImageId = await aSharedImage(plane);
    plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, consumer);
    const ReportId = report(plane, ImageId);
    await plane.clock.advance(5 * minutes);
    expect(plane.call('DescribeImageUsageReports', { ReportIds: [ReportId] }).ImageUsageReports).toMatchObject([
      { State: 'error', StateReason: 'The report could not be created.' },
    ]);
    expect(entriesOf(plane, ReportId)).toEqual([]);
  });

  it('is made once for a client token, and one at a time for an image', async () => {
    const plane = aPlane();
    const ImageId = await aSharedImage(plane);
    const ReportId = report(plane, ImageId, { ClientToken: 'token' });
    expect(report(plane, ImageId, { ClientToken: 'token' })).toBe(ReportId);
    expect(refusal(() => report(plane, ImageId, { ClientToken: 'token', AccountIds: [owner.account] })).code).toBe(
      'IdempotentParameterMismatch',
    );
    expect(refusal(() => report(plane, ImageId)).code).toBe('ResourceLimitExceeded');
    report(plane, await aSharedImage(plane, 'other'));
    await plane.clock.advance(5 * minutes);
    expect(report(plane, ImageId)).not.toBe(ReportId);
  });

  it('is found by its image, state, time and tags, and tags are written on it', async () => {
    const plane = aPlane();
    const [one, other] = [await aSharedImage(plane, 'one'), await aSharedImage(plane, 'other')];
    const TagSpecifications: TagSpecification[] = [
      { ResourceType: 'image-usage-report', Tags: [{ Key: 'team', Value: 'shop' }] },
    ];
    const first = report(plane, one, { TagSpecifications });
    await plane.clock.advance(5 * minutes);
    const second = report(plane, other);
    const find = (input: object) =>
      plane.call('DescribeImageUsageReports', input).ImageUsageReports?.map(({ ReportId }) => ReportId);
    const by = (Name: string, Value: string) => find({ Filters: [{ Name, Values: [Value] }] });
    expect([find({}), find({ ImageIds: [one] })]).toEqual([[first, second], [first]]);
    expect([by('state', 'pending'), by('state', 'available')]).toEqual([[second], [first]]);
    expect([by('tag:team', 'shop'), by('creation-time', '2026-01-02T*')]).toEqual([[first], [first, second]]);
    plane.call('CreateTags', { Resources: [second], Tags: [{ Key: 'team', Value: 'shop' }] });
    expect(by('tag:team', 'shop')).toEqual([first, second]);
    plane.call('DeleteTags', { Resources: [first], Tags: [{ Key: 'team' }] });
    expect(by('tag:team', 'shop')).toEqual([second]);
    const page = plane.call('DescribeImageUsageReports', { MaxResults: 1 });
    expect(page.ImageUsageReports).toHaveLength(1);
    expect(find({ MaxResults: 1, NextToken: page.NextToken })).toEqual([second]);
  });

  it('shows its entries by account, type and time, page by page', async () => {
    const plane = aPlane({ usageReportInstanceLagMs: 0 });
    const ImageId = await aSharedImage(plane);
    for (const context of [consumer, owner]) {
      plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, context);
    }
    const ReportCreationTime = new Date(plane.clock.now());
    const ReportId = report(plane, ImageId);
    await plane.clock.advance(5 * minutes);
    const entry = (AccountId: string) => {
      return { ResourceType: 'ec2:Instance', ReportId, UsageCount: 1, AccountId, ImageId, ReportCreationTime };
    };
    const find = (input: object) => plane.call('DescribeImageUsageReportEntries', input);
    expect(find({ ImageIds: [ImageId] }).ImageUsageReportEntries).toEqual([
      entry(owner.account),
      entry(consumer.account),
    ]);
    const Filters = [
      { Name: 'account-id', Values: [consumer.account] },
      { Name: 'resource-type', Values: ['ec2:Instance'] },
      { Name: 'creation-time', Values: ['2026-*'] },
    ];
    expect(find({ Filters }).ImageUsageReportEntries).toEqual([entry(consumer.account)]);
    const { NextToken, ImageUsageReportEntries } = find({ ReportIds: [ReportId], MaxResults: 1 });
    expect(ImageUsageReportEntries).toEqual([entry(owner.account)]);
    expect(find({ ReportIds: [ReportId], MaxResults: 1, NextToken })).toEqual({
      ImageUsageReportEntries: [entry(consumer.account)],
    });
  });

  it('goes on where it was in a state that is loaded', async () => {
    const plane = aPlane({ usageReportInstanceLagMs: 0 });
    const ImageId = await aSharedImage(plane);
    plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 }, consumer);
    const done = report(plane, ImageId);
    await plane.clock.advance(5 * minutes);
    const pending = report(plane, ImageId);
    const text = JSON.stringify(plane.service.dump());
    const other = aPlane();
    other.clock.set(plane.clock.now());
    other.service.load(JSON.parse(text));
    expect(JSON.stringify(other.service.dump())).toBe(text);
    expect(entriesOf(other, done)).toEqual(entriesOf(plane, done));
    await other.clock.advance(5 * minutes);
    expect([stateOf(other, pending), entriesOf(other, pending).length]).toEqual(['available', 1]);
  });

  it('is deleted, pending or not', async () => {
    const plane = aPlane();
    const ImageId = await aSharedImage(plane);
    const ReportId = report(plane, ImageId);
    expect(plane.call('DeleteImageUsageReport', { ReportId })).toEqual({ Return: true });
    expect(refusal(() => plane.call('DeleteImageUsageReport', { ReportId }))).toEqual({
      code: 'InvalidImageUsageReportId.NotFound',
      message: `The image usage report '${ReportId}' does not exist.`,
    });
    await plane.clock.advance(5 * minutes);
    expect(plane.call('DescribeImageUsageReports', {}).ImageUsageReports).toEqual([]);
  });

  it.each([
    [{ ResourceTypes: [] }, 'MissingParameter'],
    [{ ResourceTypes: [{ ResourceType: 'ssm:Parameter' }] }, 'InvalidParameterValue'],
    [
      {
        ResourceTypes: [
          {
            ResourceType: 'ec2:Instance',
            ResourceTypeOptions: [{ OptionName: 'state-name', OptionValues: ['running'] }],
          },
        ],
      },
      'InvalidParameterValue',
    ],
    [{ AccountIds: ['1'] }, 'InvalidParameterValue'],
    [{ AccountIds: Array.from({ length: 201 }, () => '444455556666') }, 'InvalidParameterValue'],
    [{ TagSpecifications: [{ ResourceType: 'image', Tags: [] }] }, 'InvalidParameterValue'],
    [{ ImageId: publicImageId(home, 'al2023') }, 'AuthFailure'],
    [{ ImageId: 'ami-00000000000000001' }, 'InvalidAMIID.NotFound'],
  ])('is not made for %o: %s', async (input, code) => {
    const plane = aPlane();
    const ImageId = await aSharedImage(plane);
    expect(refusal(() => report(plane, ImageId, input)).code).toBe(code);
    expect(plane.call('DescribeImageUsageReports', {}).ImageUsageReports).toEqual([]);
  });

  it.each([
    [{ ReportIds: ['amiur-x'] }, 'InvalidParameterValue'],
    [{ ImageIds: ['ami-x'] }, 'InvalidAMIID.Malformed'],
    [{ ReportIds: Array.from({ length: 201 }, () => 'amiur-00000000000000001') }, 'InvalidParameterValue'],
    [{ MaxResults: 0 }, 'InvalidParameterValue'],
  ])('is not described by %o: %s', (input, code) => {
    for (const operation of ['DescribeImageUsageReports', 'DescribeImageUsageReportEntries'] as const) {
      expect(refusal(() => aPlane().call(operation, input)).code).toBe(code);
    }
  });
});
