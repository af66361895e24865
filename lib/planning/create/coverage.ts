import type { InstanceId } from '../../model/ids.ts';
import type { Image } from '../../model/resources.ts';
import { CLOCK_SKEW, formatInstant, type Instant } from '../../model/time.ts';
import type { Policy } from '../../policy/policy.ts';
import { claimants, explainSelection } from '../../policy/select.ts';
import { lineagesOf } from '../../tagging/lineage.ts';
import { readOwnership } from '../../tagging/ownership.ts';
import { LINEAGE, SLOT } from '../../tagging/tag-keys.ts';
import type { Coverage, UncoveredInstance } from '../decision.ts';
import { holdsVersion, isFinished } from '../lineages.ts';
import type { SnapshotInventory } from './snapshot.ts';

export interface CoverageRequest {
  readonly deployment: string;
  readonly policy: Policy;
  /** The slot that the run asks for. */
  readonly slot: Instant;
  /** The policy's latest slot that is due, and the one before it; undefined where there was none. */
  readonly lastDue: Instant | undefined;
  readonly dueBefore: Instant | undefined;
  /** If present, the run asks for images of these instances only. */
  readonly instances?: readonly InstanceId[];
}

/**
 * How a policy's instances stand with the slot that was due last. A later image, such as one that a person asked for,
 * is as good as one of the slot.
 *
 * There is no answer where instances or images were not read whole, and none from a run that does not itself ask for
 * that slot, or a later one, of every instance: what another run is asking for at this moment it cannot know.
 */
export function coverageOf(request: CoverageRequest, inventory: SnapshotInventory, now: Instant): Coverage | undefined {
  const { policy, slot, lastDue, dueBefore, instances: asked } = request;
  if (!inventory.instances.complete || !inventory.images.complete || asked || lastDue === undefined) return undefined;
  if (slot < lastDue || slot > now + CLOCK_SKEW) return undefined;
  // Whether there is a good image is not known as long as seals can't be checked.
  if (inventory.images.value.some(({ seal }) => seal === 'unread')) return undefined;

  const selected = inventory.instances.value.filter((instance) => explainSelection(policy.select, instance).selected);
  const lineages = lineagesOf(
    policy.lineageTag === undefined ? selected : claimants(policy.select, inventory.instances.value),
    policy.lineageTag,
  );
  const seen = surveyImages(inventory.images.value, request, dueBefore ?? lastDue);
  const uncovered = selected.flatMap(({ id, thereSince = Number.NEGATIVE_INFINITY }): UncoveredInstance[] => {
    const lineage = lineages.get(id)?.lineage ?? id;
    const good = seen.newestGood.get(lineage) ?? Number.NEGATIVE_INFINITY;
    if (thereSince > lastDue || good >= lastDue) return [];
    const pending = (seen.newestPending.get(lineage) ?? Number.NEGATIVE_INFINITY) >= lastDue;
    // Nothing says since when an instance is selected, but for the images that it has: of one that has none from before
    // this slot, whose first is being made, no slot was missed.
    const wasDue = dueBefore !== undefined && thereSince <= dueBefore && seen.begun.has(lineage);
    return [{ instance: id, pending, lacksOneBefore: wasDue && good < dueBefore }];
  });
  uncovered.sort((one, other) => (one.instance < other.instance ? -1 : 1));
  return { uncovered, ...(seen.newest !== undefined && { newest: seen.newest }) };
}

/**
 * The instances without a good image of the last due slot. While an image of it is being made, the slot before counts:
 * two slots in a row without one are overdue, however busy EC2 is with the second.
 *
 * @param beingMade the instances of which the run has just asked for an image
 */
export function overdueInstances({ uncovered }: Coverage, beingMade: ReadonlySet<InstanceId>): InstanceId[] {
  return uncovered
    .filter(({ instance, pending, lacksOneBefore }) => lacksOneBefore || !(pending || beingMade.has(instance)))
    .map(({ instance }) => instance);
}

interface Survey {
  /** The newest slots by lineage, of those that have one at `from` or later. */
  readonly newestGood: ReadonlyMap<string, Instant>;
  readonly newestPending: ReadonlyMap<string, Instant>;
  /** Lineages that have an image, be it a failed one, of a slot before the last. */
  readonly begun: ReadonlySet<string>;
  readonly newest: Instant | undefined;
}

function surveyImages(
  images: readonly Image[],
  { deployment, policy, lastDue = Number.NEGATIVE_INFINITY }: CoverageRequest,
  from: Instant,
): Survey {
  const [newestGood, newestPending, begun] = [
    new Map<string, Instant>(),
    new Map<string, Instant>(),
    new Set<string>(),
  ];
  const fromText = formatInstant(from);
  let newest: Instant | undefined;
  let newestText = '';
  for (const image of images) {
    const slotText = image.tags[SLOT] ?? '';
    const isOld = slotText < fromText;
    if (isOld) begun.add(image.tags[LINEAGE] ?? '');
    // Slots as text sort as in time. Most images are older than all that matters here, and need no closer look.
    if (isOld && slotText <= newestText) continue;
    const owned = readOwnership(image, deployment);
    if (owned.kind !== 'ours' || owned.stamp.policy !== policy.name) continue;
    const { slot, lineage } = owned.stamp;
    if (slot < lastDue) begun.add(lineage);
    if (isFinished(owned)) {
      newestGood.set(lineage, Math.max(slot, newestGood.get(lineage) ?? slot));
      if (newest === undefined || slot > newest) [newest, newestText] = [slot, slotText];
    } else if (holdsVersion(owned)) {
      newestPending.set(lineage, Math.max(slot, newestPending.get(lineage) ?? slot));
    }
  }
  return { newestGood, newestPending, begun, newest };
}
