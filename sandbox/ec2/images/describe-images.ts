import type { DescribeImagesCommandInput, DescribeImagesCommandOutput, Image } from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { names } from '../plane/permissions.ts';
import type { ImageEntry, Plane } from '../plane/state.ts';
import {
  allHold,
  asText,
  type CompiledFilter,
  compileFilters,
  present,
  taggedFilterTable,
} from '../requests/filters.ts';
import { imagesNotModelled } from '../requests/filters-not-modelled.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, merged, narrow, type PageRule, readCursor } from '../requests/paging.ts';
import { imagesById } from './lookup.ts';
import { imageSeenBy, imagesSharedWith } from './shared.ts';

const filters = taggedFilterTable<Image>(
  {
    architecture: (image) => image.Architecture,
    'block-device-mapping.delete-on-termination': (image) => ofDevices(image, (ebs) => asText(ebs.DeleteOnTermination)),
    'block-device-mapping.device-name': (image) =>
      present((image.BlockDeviceMappings ?? []).map(({ DeviceName }) => DeviceName)),
    'block-device-mapping.encrypted': (image) => ofDevices(image, (ebs) => asText(ebs.Encrypted)),
    'block-device-mapping.snapshot-id': (image) => ofDevices(image, (ebs) => ebs.SnapshotId),
    'block-device-mapping.volume-size': (image) => ofDevices(image, (ebs) => asText(ebs.VolumeSize)),
    'block-device-mapping.volume-type': (image) => ofDevices(image, (ebs) => ebs.VolumeType),
    'boot-mode': (image) => image.BootMode,
    'creation-date': (image) => image.CreationDate,
    description: (image) => image.Description,
    'ena-support': (image) => asText(image.EnaSupport),
    'free-tier-eligible': (image) => asText(image.FreeTierEligible),
    hypervisor: (image) => image.Hypervisor,
    'image-id': (image) => image.ImageId,
    'image-type': (image) => image.ImageType,
    'is-public': (image) => asText(image.Public),
    name: (image) => image.Name,
    'owner-alias': (image) => image.ImageOwnerAlias,
    'owner-id': (image) => image.OwnerId,
    platform: (image) => image.Platform,
    'root-device-name': (image) => image.RootDeviceName,
    'root-device-type': (image) => image.RootDeviceType,
    'source-image-id': (image) => image.SourceImageId,
    'source-image-region': (image) => image.SourceImageRegion,
    'source-instance-id': (image) => image.SourceInstanceId,
    state: (image) => image.State,
    'state-reason-code': (image) => image.StateReason?.Code,
    'state-reason-message': (image) => image.StateReason?.Message,
    'virtualization-type': (image) => image.VirtualizationType,
  },
  imagesNotModelled,
);

export function describeImagesOperations(plane: Plane) {
  return {
    DescribeImages: operation<DescribeImagesCommandInput, Answer<DescribeImagesCommandOutput>>(
      [
        'ImageIds',
        'Owners',
        'ExecutableUsers',
        'Filters',
        'IncludeDeprecated',
        'IncludeDisabled',
        'MaxResults',
        'NextToken',
      ],
      (input, context) => describeImages(plane, input, context),
    ),
  };
}

/**
 * Disabled images are listed on demand only, but read by id in any case; deprecated ones are hidden from others
 * than their owner only (API reference, DescribeImages; EC2 User Guide, Deprecate and Disable an AMI).
 */
function describeImages(plane: Plane, input: DescribeImagesCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { ImageIds: ids = [], Owners: owners = [] } = input;
  const cursor = readCursor(input, pageRule(behaviour.imagesPageMaximum), ids, behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const owned = ownerTest(owners, account);
  const executable = executableTest(input.ExecutableUsers ?? [], account, behaviour);
  /** The image as the account sees it, if it is asked for. */
  const seen = (entry: ImageEntry, rest: readonly CompiledFilter<Image>[]): Image | undefined => {
    const image = entry.shown && imageSeenBy(account, entry.shown);
    return image && owned(image) && executable(entry) && allHold(rest, image) ? image : undefined;
  };
  if (ids.length > 0) return { Images: imagesById(plane, place, ids).flatMap((entry) => seen(entry, compiled) ?? []) };
  const own = narrow(place.images, compiled);
  const others = narrow(plane.publicImages(region), compiled);
  const onlyOwn = owners.length > 0 && owners.every((owner) => owner === 'self' || owner === account);
  const shared = onlyOwn ? [] : imagesSharedWith(plane, place);
  const now = new Date(plane.clock.now()).toISOString();
  const isListed = (image: Image) =>
    image.OwnerId === account
      ? image.State !== 'disabled' || input.IncludeDisabled === true
      : input.IncludeDeprecated === true || image.DeprecationTime === undefined || image.DeprecationTime > now;
  const filtersOf = ({ origin, current }: ImageEntry) => {
    if (origin === 'public') return others.filters;
    return current.OwnerId === account ? own.filters : compiled;
  };
  const accept = (entry: ImageEntry) =>
    entry.shown && isListed(entry.shown) ? seen(entry, filtersOf(entry)) : undefined;
  const { items, nextToken } = fillPage([others.entries, merged(own.entries, shared)], cursor, accept);
  return { Images: items, ...(nextToken && { NextToken: nextToken }) };
}

function pageRule(most: number): PageRule {
  return { operation: 'DescribeImages', least: 1, most, beyond: 'refused', idList: 'imageIdsSet' };
}

function ownerTest(owners: readonly string[], account: string): (image: Image) => boolean {
  if (owners.length === 0) return () => true;
  return ({ OwnerId, ImageOwnerAlias }) =>
    owners.some((owner) => owner === OwnerId || (owner === 'self' && OwnerId === account) || owner === ImageOwnerAlias);
}

/**
 * By explicit launch permission: for the caller, also through its organization; for another account, its own id only;
 * for `all`, to everybody (API reference, DescribeImages, ExecutableUsers).
 */
function executableTest(
  users: readonly string[],
  account: string,
  behaviour: Ec2Behaviour,
): (entry: ImageEntry) => boolean {
  if (users.length === 0) return () => true;
  return ({ shown, sharing }) => {
    const permissions = sharing?.shown ?? [];
    return users.some((user) => {
      if (user === 'all') return shown?.Public === true;
      if (user === 'self' || user === account) return names(permissions, account, behaviour);
      return permissions.some(({ UserId }) => UserId === user);
    });
  };
}

type Ebs = NonNullable<NonNullable<Image['BlockDeviceMappings']>[number]['Ebs']>;

function ofDevices(image: Image, value: (ebs: Ebs) => string | undefined): readonly string[] {
  return present((image.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs && value(Ebs)));
}
