import type { PolicyFile } from '../../policy/policy.ts';
import { versionOf } from '../../tagging/version.ts';
import { readVouched } from '../../tagging/vouched.ts';
import type { Decision } from '../decision.ts';
import { holdsVersion, type LineageInRegion, lineageNameOf, newestSlot } from '../lineages.ts';
import { snapshotsOf } from '../snapshots.ts';
import type { RetireInventory } from './inventory.ts';

/** What a person does who knows better; the command puts it in its own words. */
export const CONFIRM_REMEDY = 'send the event again with confirmNoInstances: true';

type Read = Pick<RetireInventory, 'target' | 'instances'>;

/**
 * Why the region's evidence is not to be believed: EC2 shows not one instance where the images' own tags say that there
 * were some. A filter, a permission or an account that is not the one meant looks just like that, for as long as nobody
 * notices; so no time makes it true, but a person does.
 */
export function suspicionOf(
  file: PolicyFile,
  read: Read,
  lineages: Iterable<LineageInRegion>,
  isConfirmed: boolean,
): string | undefined {
  const { region } = read.target;
  for (const lineage of isConfirmed ? [] : lineages) {
    const [newest] = lineage.images;
    if (newest === undefined || lineage.source.region !== region || !isUnbelieved(lineage, file, read)) continue;
    return (
      `EC2 shows no instance at all in ${region}, and yet ${newest.image.id} was made of one; ` +
      `if they are really all gone, ${CONFIRM_REMEDY}`
    );
  }
  return undefined;
}

/** Writes down what a person vouches for, on the newest image of each lineage that it is about: it outlives the run. */
export function vouchFor(file: PolicyFile, read: Read, lineages: Iterable<LineageInRegion>): Decision[] {
  return [...lineages].flatMap((lineage): Decision[] => {
    const newest = lineage.images.find(holdsVersion);
    if (!newest || !isUnbelieved(lineage, file, read)) return [];
    const { image, stamp } = newest;
    return [
      {
        subject: { kind: 'image', id: image.id, region: image.region },
        policy: stamp.policy,
        lineage: stamp.lineage,
        version: versionOf(stamp.slot),
        action: 'vouch',
        reason: {
          code: 'vouched',
          text: `by a person's word there are no instances any more in ${stamp.source.region}`,
        },
        change: {
          kind: 'vouch',
          lineage: lineageNameOf(stamp),
          region: image.region,
          image: image.id,
          snapshots: snapshotsOf(newest),
        },
      },
    ];
  });
}

/** Whether the region of a lineage's source shows no instance, and nobody has said yet that this is true. */
export function isUnbelieved(
  lineage: LineageInRegion,
  { regions }: Pick<PolicyFile, 'regions'>,
  { target, instances }: Read,
): boolean {
  const { source, images } = lineage;
  if (source.account !== target.account || !regions.includes(source.region)) return false;
  const reading = instances.get(source.region);
  if (!reading?.complete || reading.value.some(({ state }) => state !== 'terminated')) return false;
  // Where there is a newer image by now, there was an instance again.
  const newest = newestSlot(lineage);
  return !images.some(({ image }) => (readVouched(image.tags) ?? Number.NEGATIVE_INFINITY) >= newest);
}
