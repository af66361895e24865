import type { PolicyFile } from '../policy/policy.ts';
import type { LineageInRegion } from './lineages.ts';
import type { RetireInventory } from './retire-inventory.ts';

/**
 * Why the region's evidence is not to be believed: EC2 shows not one instance where the images' own tags say that there
 * were some. A filter, a permission or an account that is not the one meant looks just like that, for as long as nobody
 * notices; so no time makes it true, but a person does: for one run, or for good by no longer naming the region as one
 * where instances are.
 */
export function suspicionOf(
  file: PolicyFile,
  { target, instances }: Pick<RetireInventory, 'target' | 'instances'>,
  lineages: Iterable<LineageInRegion>,
): string | undefined {
  const here = instances.get(target.region);
  if (!here?.complete || here.value.some(({ state }) => state !== 'terminated')) return undefined;
  if (!file.regions.includes(target.region)) return undefined;
  for (const { source, images } of lineages) {
    const newest = images[0];
    if (newest === undefined || source.region !== target.region || source.account !== target.account) continue;
    return (
      `EC2 shows no instance at all in ${target.region}, and yet ${newest.image.id} was made of one; if they are ` +
      'really all gone, send the event again with confirmNoInstances: true, or take the region out of regions for good'
    );
  }
  return undefined;
}
