import type { ImageId } from '../../model/ids.ts';
import { type AdoptInventory, planAdoption } from '../../planning/adopt/adopt.ts';
import { planResealing } from '../../planning/adopt/reseal.ts';
import { planUndo, type UndoInventory } from '../../planning/retire/undo.ts';
import type { Policy, PolicyFile } from '../../policy/policy.ts';
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
): Job<Pick<AdoptInventory, 'target' | 'images'>> {
  return {
    read: async () => ({ target, images: await aws.reads.images(target, { deployment: file.deployment }) }),
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
      return { target, images, ours, instances };
    },
    plan: (inventory, now) => planAdoption(file.deployment, policy, inventory, now),
  };
}
