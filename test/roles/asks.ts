import { z } from 'zod';
import { keyArn } from '../../sandbox/ec2/plane/keys.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Effect } from '../../sandbox/watcher.ts';
import { drillAsks, type Tags } from './drill-asks.ts';
import { factsOf, isTold } from './facts.ts';
import { sealKeyArn } from './hub.ts';
import type { Ask, Context } from './iam.ts';

interface Told {
  readonly requestTags?: Tags | undefined;
  /** Of DeleteTags, which sends keys alone. */
  readonly tagKeys?: readonly string[];
  readonly resourceTags?: Tags | undefined;
  readonly more?: Context;
}

/** What AWS asks IAM about a call right before it takes effect: a question for each action and resource. */
export function asksOf(effect: Effect, sandbox: Sandbox): Ask[] {
  const { service, operation, region, account } = effect;
  const action = `${service}:${operation}`;
  const about = (type: string | undefined, resource: string, told: Told = {}, asked = action, at = region): Ask => ({
    action: asked,
    resource,
    context: contextOf(asked, type, at, told),
  });
  const inEc2 = (type: string, id: string, owner = '') => `arn:aws:ec2:${region}:${owner}:${type}/${id}`;
  const image = (id: string, told?: Told, asked?: string) => about('image', inEc2('image', id), told, asked);
  const snapshot = (id: string, told?: Told, asked?: string) => about('snapshot', inEc2('snapshot', id), told, asked);
  const { inspect } = sandbox.ec2;
  const imageTags = (id: string) => tagsOf(inspect.image(account, region, id));
  const snapshotTags = (id: string) => tagsOf(inspect.snapshot(account, region, id)?.snapshot);
  const known = (id: string, told: Told = {}) =>
    id.startsWith('ami-')
      ? image(id, { ...told, resourceTags: imageTags(id) })
      : snapshot(id, { ...told, resourceTags: snapshotTags(id) });
  const created = (specifications: Specifications) =>
    [image, snapshot].flatMap((make, index) => {
      const requestTags = specified(specifications, index === 0 ? 'image' : 'snapshot');
      const id = index === 0 ? 'ami-new' : 'snap-new';
      const tagging = { requestTags, more: { 'ec2:CreateAction': operation } };
      return [make(id, { requestTags }), ...(requestTags ? [make(id, tagging, 'ec2:CreateTags')] : [])];
    });

  /** What EBS may do with a key, in the caller's name. */
  const using = (key: string, at: string, aliases: readonly string[]) =>
    KEY_USES.map((use) => {
      const grant = use === 'kms:CreateGrant' ? { 'kms:GrantIsForAWSResource': 'true' } : {};
      const owner = { 'aws:ResourceAccount': key.split(':')[4] ?? '' };
      const via = `ec2.${at}.amazonaws.com`;
      const more = { 'kms:ViaService': via, 'kms:ResourceAliases': aliases, ...owner, ...grant };
      return about('key', key, { more }, use, at);
    });

  /** The keys that the snapshots of an image are under. */
  const keysOfImage = (id: string, at: string) => {
    const mappings = inspect.image(account, at, id)?.BlockDeviceMappings ?? [];
    return [
      ...new Set(
        mappings.flatMap(({ Ebs }) => inspect.snapshot(account, at, Ebs?.SnapshotId ?? '')?.snapshot.KmsKeyId ?? []),
      ),
    ];
  };
  const ofDrills = drillAsks(effect, sandbox, about, (id) =>
    keysOfImage(id, region).flatMap((key) => using(key, region, ['alias/of-a-volume'])),
  );
  if (ofDrills) return ofDrills;

  switch (action) {
    case 'ec2:CreateImage': {
      const { InstanceId, TagSpecifications } = creation.parse(effect.input);
      const resourceTags = tagsOf(inspect.instance(account, region, InstanceId));
      const attached = inspect
        .instance(account, region, InstanceId)
        ?.BlockDeviceMappings?.map(({ Ebs }) => Ebs?.VolumeId);
      const keys = inspect
        .volumes({ account, region })
        .flatMap(({ volume: { VolumeId, KmsKeyId } }) => (KmsKeyId && attached?.includes(VolumeId) ? [KmsKeyId] : []));
      return [
        about('instance', inEc2('instance', InstanceId, account), { resourceTags }),
        ...created(TagSpecifications),
        ...[...new Set(keys)].flatMap((key) => using(key, region, ['alias/of-a-volume'])),
      ];
    }
    case 'ec2:CopyImage': {
      const { SourceImageId, SourceRegion, KmsKeyId, TagSpecifications } = copy.parse(effect.input);
      const alias = KmsKeyId?.startsWith('alias/') ? [KmsKeyId] : [];
      return [
        // The source is asked about as an image is that is not made by the call.
        about('image', `arn:aws:ec2:${SourceRegion}::image/${SourceImageId}`),
        ...created(TagSpecifications),
        ...keysOfImage(SourceImageId, SourceRegion).flatMap((key) => using(key, SourceRegion, ['alias/of-a-volume'])),
        ...(KmsKeyId === undefined ? [] : using(keyArn(account, region, KmsKeyId), region, alias)),
      ];
    }
    case 'ec2:CreateTags':
    case 'ec2:DeleteTags': {
      const { Resources, Tags = [] } = tagging.parse(effect.input);
      const told =
        operation === 'CreateTags'
          ? { requestTags: Object.fromEntries(Tags.map(({ Key, Value = '' }) => [Key, Value])) }
          : { tagKeys: Tags.map(({ Key }) => Key) };
      return Resources.map((id) => known(id, told));
    }
    case 'ec2:DeregisterImage': {
      const { ImageId } = ofImage.parse(effect.input);
      const snapshots = inspect.image(account, region, ImageId)?.BlockDeviceMappings ?? [];
      return [
        known(ImageId),
        ...snapshots.flatMap(({ Ebs }) =>
          Ebs?.SnapshotId === undefined
            ? []
            : [snapshot(Ebs.SnapshotId, { resourceTags: snapshotTags(Ebs.SnapshotId) }, 'ec2:DeleteSnapshot')],
        ),
      ];
    }
    case 'ec2:ModifyImageAttribute': {
      const { ImageId } = ofImage.parse(effect.input);
      return [image(ImageId, { resourceTags: imageTags(ImageId), more: { 'ec2:Attribute': 'LaunchPermission' } })];
    }
    case 'ec2:ModifySnapshotAttribute': {
      const { SnapshotId, CreateVolumePermission: change } = volumePermissions.parse(effect.input);
      const more = Object.fromEntries(
        Object.entries(change).map(([kind, whom]) => [`ec2:${kind}/userId`, whom.map(({ UserId }) => UserId).join()]),
      );
      return [snapshot(SnapshotId, { resourceTags: snapshotTags(SnapshotId), more })];
    }
    case 'ec2:RestoreImageFromRecycleBin':
      // What tags stand on what is in the bin AWS does not tell.
      return [image(ofImage.parse(effect.input).ImageId)];
    case 'ec2:RestoreSnapshotFromRecycleBin':
      return [snapshot(ofSnapshot.parse(effect.input).SnapshotId)];
    case 'ec2:CreateImageUsageReport':
      return [
        known(ofImage.parse(effect.input).ImageId),
        about('image-usage-report', inEc2('image-usage-report', 'amiur-new', account)),
      ];
    case 'ec2:DescribeImageReferences':
      // It looks around in the caller's name.
      return [
        about(undefined, '*'),
        ...['imagebuilder:ListImageRecipes', 'imagebuilder:ListContainerRecipes'].map((list) =>
          about(undefined, '*', THROUGH_EC2, list),
        ),
        about(
          'containerRecipe',
          `arn:aws:imagebuilder:${region}:${account}:container-recipe/any/1.0.0`,
          THROUGH_EC2,
          'imagebuilder:GetContainerRecipe',
        ),
        ...LOOKED_THROUGH.map((read) => about(undefined, '*', THROUGH_EC2, read)),
      ];
    case 'kms:DescribeKey':
      return [about('key', ofKey.parse(effect.input).KeyId)];
    case 'kms:GetPublicKey':
    case 'kms:Sign':
      return [about('key', sealKeyArn(region, account, ofKey.parse(effect.input).KeyId))];
    case 'ssm:GetParameters':
      return parameters
        .parse(effect.input)
        .Names.map((name) =>
          about('parameter', `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`),
        );
    case 'rbin:GetRule':
      return [about('rule', `arn:aws:rbin:${region}:${account}:rule/${rule.parse(effect.input).Identifier}`)];
    case 'events:PutEvents': {
      const buses = new Set(events.parse(effect.input).Entries.map(({ EventBusName }) => EventBusName));
      return [...buses].map((bus) => about('event-bus', `arn:aws:events:${region}:${account}:event-bus/${bus}`));
    }
  }
  const kinds = Object.keys(factsOf(action).resources);
  if (kinds.includes('image')) return [known(ofImage.parse(effect.input).ImageId)];
  if (kinds.includes('snapshot')) return [known(ofSnapshot.parse(effect.input).SnapshotId)];
  if (kinds.length > 0) throw new TypeError(`nobody has said what ${action} is asked about`);
  return [about(undefined, '*')];
}

function contextOf(action: string, type: string | undefined, region: string, told: Told): Context {
  const { requestTags = {}, tagKeys = Object.keys(requestTags), resourceTags = {}, more = {} } = told;
  const all: Context = {
    'aws:RequestedRegion': region,
    'ec2:Region': region,
    ...prefixed('aws:RequestTag/', requestTags),
    ...(tagKeys.length > 0 && { 'aws:TagKeys': tagKeys }),
    ...prefixed('aws:ResourceTag/', resourceTags),
    ...more,
  };
  return Object.fromEntries(Object.entries(all).filter(([key]) => isTold(key, action, type)));
}

function prefixed(prefix: string, tags: Tags): Tags {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key}`, value]));
}

function tagsOf(
  resource: { Tags?: { Key?: string | undefined; Value?: string | undefined }[] | undefined } = {},
): Tags {
  return Object.fromEntries((resource.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

function specified(specifications: Specifications, type: string): Tags | undefined {
  const tags = specifications.find(({ ResourceType }) => ResourceType === type)?.Tags;
  return tags && Object.fromEntries(tags.map(({ Key, Value = '' }) => [Key, Value]));
}

/** What EBS does with the keys of a copy, in the caller's name. */
const KEY_USES = [
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

const THROUGH_EC2: Told = { more: { 'aws:CalledVia': ['ec2-images.amazonaws.com'] } };
const LOOKED_THROUGH = [
  'ec2:DescribeInstances',
  'ec2:DescribeLaunchTemplates',
  'ec2:DescribeLaunchTemplateVersions',
  'ssm:DescribeParameters',
];

const volumePermissions = z.object({
  SnapshotId: z.string(),
  CreateVolumePermission: z.record(z.string(), z.array(z.object({ UserId: z.string() }))),
});
const tags = z.array(z.object({ Key: z.string(), Value: z.string().optional() }));
const specifications = z.array(z.object({ ResourceType: z.string(), Tags: tags })).default([]);
type Specifications = z.output<typeof specifications>;
const creation = z.object({ InstanceId: z.string(), TagSpecifications: specifications });
const copy = z.object({
  SourceImageId: z.string(),
  SourceRegion: z.string(),
  KmsKeyId: z.string().optional(),
  TagSpecifications: specifications,
});
const tagging = z.object({ Resources: z.array(z.string()), Tags: tags.optional() });
const ofImage = z.object({ ImageId: z.string() });
const ofKey = z.object({ KeyId: z.string() });
const ofSnapshot = z.object({ SnapshotId: z.string() });
const parameters = z.object({ Names: z.array(z.string()) });
const rule = z.object({ Identifier: z.string() });
const events = z.object({ Entries: z.array(z.object({ EventBusName: z.string() })) });
