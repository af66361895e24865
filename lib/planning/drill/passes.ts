import { DAY, type Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import type { PolicyPasses } from '../decision.ts';
import { endOf, sortByLineage } from '../lineages.ts';
import type { DrillInventory } from './inventory.ts';
import { newestProof } from './proof.ts';

/** So long a new lineage may be without a pass: drills have come to it by then. */
const NEW_FOR = DAY;

/** How well the lineages of each policy are proven here; nothing where not all was read that tells. */
export function passesOf(file: PolicyFile, { target, images }: DrillInventory, now: Instant): PolicyPasses[] {
  if (!images.complete || images.value.some(({ seal }) => seal === 'unread')) return [];
  const lineages = [...sortByLineage(images.value, file.deployment).lineages.values()];
  return file.policies.flatMap(({ name, drill }) => {
    if (!drill?.regions.includes(target.region)) return [];
    const own = lineages.filter((lineage) => lineage.policy === name && !endOf(lineage));
    const proofs = own.map((lineage) => newestProof(lineage, drill.check)?.at);
    const proven = proofs.filter((at) => at !== undefined);
    // Images retire, so how long a lineage has gone without any pass nobody knows: that it has none is told by itself.
    const unproven = own.filter(
      ({ images: members }, index) =>
        proofs[index] === undefined && (members.at(-1)?.stamp.slot ?? now) <= now - NEW_FOR,
    );
    return [
      { policy: name, unproven: unproven.length, ...(proven.length > 0 && { longestSince: Math.min(...proven) }) },
    ];
  });
}
