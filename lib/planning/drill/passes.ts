import type { Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import type { PolicyPasses } from '../decision.ts';
import { endOf, sortByLineage } from '../lineages.ts';
import { newestPass } from './due.ts';
import type { DrillInventory } from './inventory.ts';

/** How long each policy has gone without a pass of one of its lineages; nothing where not all was read that tells. */
export function passesOf(file: PolicyFile, { target, images }: DrillInventory): PolicyPasses[] {
  if (!images.complete || images.value.some(({ seal }) => seal === 'unread')) return [];
  const lineages = [...sortByLineage(images.value, file.deployment).lineages.values()];
  return file.policies.flatMap(({ name, drill }) => {
    if (!drill?.regions.includes(target.region)) return [];
    const since = lineages
      .filter((lineage) => lineage.policy === name && !endOf(lineage))
      .flatMap((lineage): Instant[] => {
        // A lineage that has never passed goes without since its first image could have.
        const oldest = lineage.images.at(-1);
        const pass = newestPass(lineage)?.at ?? oldest?.stamp.slot;
        return pass === undefined ? [] : [pass];
      });
    return [{ policy: name, ...(since.length > 0 && { longestSince: Math.min(...since) }) }];
  });
}
