import assert from 'node:assert/strict';
import type { Image } from '@aws-sdk/client-ec2';
import { DEPLOYMENT, POLICY, RETIRE } from '../../lib/tagging/tag-keys.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

export interface OwnImage {
  readonly region: string;
  readonly image: Image;
}

/** The images of a deployment, and of one policy if need be, in the order of creation within a region. */
export function imagesOf(sandbox: Sandbox, deployment: string, policy?: string): OwnImage[] {
  return sandbox.ec2.inspect
    .images()
    .filter(({ image }) => tagOf(image, DEPLOYMENT) === deployment)
    .filter(({ image }) => policy === undefined || tagOf(image, POLICY) === policy)
    .map(({ region, image }) => ({ region, image }));
}

export function tagOf({ Tags = [] }: Pick<Image, 'Tags'>, key: string): string | undefined {
  return Tags.find(({ Key }) => Key === key)?.Value;
}

/** What a reader of a failed check needs of images: `eu-west-1 2026.11.23-2139`, and whether it is on its way out. */
export function standing(images: readonly OwnImage[]): string[] {
  return images.map(({ region, image }) => {
    const mark = tagOf(image, RETIRE) === undefined ? '' : ' marked';
    return `${region} ${tagOf(image, 'amikeep:version')}${mark}`;
  });
}

/** @throws AssertionError naming those that came, went or have changed in anything */
export function assertUnchanged(now: readonly OwnImage[], before: readonly OwnImage[]): void {
  assert.deepEqual({ came: missing(now, before), went: missing(before, now) }, { came: [], went: [] });
}

/** @throws AssertionError naming those that went or have changed in anything; others may have come meanwhile */
export function assertKept(now: readonly OwnImage[], before: readonly OwnImage[]): void {
  assert.deepEqual({ went: missing(before, now) }, { went: [] });
}

/** Those that are not among others just as they are. */
function missing(images: readonly OwnImage[], others: readonly OwnImage[]): string[] {
  const textOf = ({ region, image }: OwnImage) => `${region} ${image.ImageId} ${JSON.stringify(image)}`;
  const there = new Set(others.map(textOf));
  return standing(images.filter((image) => !there.has(textOf(image))));
}

/** The snapshots that images are made of. */
export function snapshotIdsOf(images: readonly OwnImage[]): string[] {
  return images.flatMap(({ image }) => image.BlockDeviceMappings?.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []) ?? []);
}
