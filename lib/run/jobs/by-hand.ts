import type { ImageId, Target } from '../../model/ids.ts';
import type { Image } from '../../model/resources.ts';
import { type AdoptInventory, planAdoption } from '../../planning/adopt/adopt.ts';
import { planResealing } from '../../planning/adopt/reseal.ts';
import { planUndo, type UndoInventory } from '../../planning/retire/undo.ts';
import type { Policy, PolicyFile } from '../../policy/policy.ts';
import type { Reads } from '../ports.ts';
import type { CycleSettings, Job } from './job.ts';

/** What only people ask for: to take back what was done to an image, and to put images of other makes under a policy. */

export function undoJob(image: ImageId, file: PolicyFile, { aws, target }: CycleSettings): Job<UndoInventory> {
  return {
    read: async () => {
      const [found, binned] = await Promise.all([aws.reads.image(target, image), aws.reads.binnedImage(target, image)]);
      return { target, image: found, binned };
    },
    plan: (inventory, now) => planUndo(file.deployment, image, inventory, now),
  };
}

/** Seals what this deployment made and has no seal that holds. */
export function resealJob(
  file: PolicyFile,
  { aws, target }: CycleSettings,
  policy?: string,
): Job<Pick<AdoptInventory, 'target' | 'images' | 'sources'>> {
  return {
    read: async () => {
      const images = await aws.reads.images(target, { deployment: file.deployment });
      const unsealed = images.value.filter(({ seal }) => seal === 'missing' || seal === 'broken');
      return { target, images, sources: await sourcesOf(unsealed, target, aws.reads) };
    },
    plan: (inventory) => planResealing(file.deployment, inventory, policy),
  };
}

export function adoptJob(
  filter: Readonly<Record<string, string>>,
  policy: Policy,
  file: PolicyFile,
  { aws, target }: CycleSettings,
): Job<AdoptInventory> {
  const patterns = Object.fromEntries(Object.entries(filter).map(([key, pattern]) => [key, [pattern]]));
  return {
    read: async () => {
      const { deployment } = file;
      const [images, ours, instances] = await Promise.all([
        aws.reads.imagesWith(target, patterns),
        aws.reads.images(target, { deployment, policy: policy.name }),
        aws.reads.allInstances(target),
      ]);
      return { target, images, ours, instances, sources: await sourcesOf(images.value, target, aws.reads) };
    },
    plan: (inventory, now) => planAdoption(file.deployment, policy, inventory, now),
  };
}

/** The instances that images are of, as far as they are there: what they are now is written on the images. */
function sourcesOf(images: readonly Image[], target: Target, reads: Reads): Promise<AdoptInventory['sources']> {
  const ids = images.flatMap(({ sourceInstance }) => sourceInstance ?? []);
  return reads.allInstances(target, [...new Set(ids)]);
}
