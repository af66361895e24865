import { mapReading, type Reading } from '../../../lib/model/reading.ts';
import type { Image, Tags } from '../../../lib/model/resources.ts';
import type { Aws, ImageScope, Reads } from '../../../lib/run/ports.ts';

/** What a deployment has of AWS, with reads that show its images otherwise than they are. */
export function seeingImages(aws: Aws, see: (images: readonly Image[]) => readonly Image[]): Aws {
  return readingImages(aws, (reading) => mapReading(reading, see));
}

/** The same for what was read of them as a whole. */
export function readingImages(
  aws: Aws,
  see: (reading: Reading<readonly Image[]>, scope: Pick<ImageScope, 'policy'>) => Reading<readonly Image[]>,
): Aws {
  const images: Reads['images'] = async (target, scope) => see(await aws.reads.images(target, scope), scope);
  const leftovers: Reads['leftovers'] = async (target, scope) => {
    const left = await aws.reads.leftovers(target, scope);
    return { ...left, images: see(left.images, scope) };
  };
  return { ...aws, reads: { ...aws.reads, images, leftovers } };
}

/** The same for each image by itself. */
export function seeingEach(aws: Aws, see: (image: Image) => Image): Aws {
  return seeingImages(aws, (images) => images.map(see));
}

/** A resource whose hold nobody sees. */
export function withoutHold<Tagged extends { readonly tags: Tags }>(resource: Tagged): Tagged {
  return withTags(resource, { 'amikeep:hold': undefined });
}

/** A resource with other tags; one whose value is undefined is taken off. */
export function withTags<Tagged extends { readonly tags: Tags }>(
  resource: Tagged,
  change: Readonly<Record<string, string | undefined>>,
): Tagged {
  const tags = Object.entries({ ...resource.tags, ...change }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return { ...resource, tags: Object.fromEntries(tags) };
}
