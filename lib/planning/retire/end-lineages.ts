import { problemsOf } from '../../model/reading.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { versionOf } from '../../tagging/version.ts';
import type { Decision, Plan, Reason } from '../decision.ts';
import { type LineageInRegion, lineageNameOf, sealProblems, sortByLineage } from '../lineages.ts';
import { crowdedAmong, withRoomForTags } from '../room-for-tags.ts';
import { type SourceState, sourceStateOf } from './endings.ts';
import type { RetireInventory } from './inventory.ts';
import { vouchFor } from './suspect.ts';

/** Whose lineages a person ends. */
export type Named =
  /** The texts of lineages, as `amikeep:lineage` has them. */
  | { readonly lineages: readonly string[] }
  /** All of a policy that is in the file no more. */
  | { readonly policyGone: string };

/**
 * Ends lineages by a person's word: that is written on each of their images, and from the next sweep on no keep rule
 * wants them any more. A lineage whose source lives is not ended as long as its policy is there, since its next image
 * would be deleted as well.
 */
export function planEndings(
  file: PolicyFile,
  inventory: Pick<RetireInventory, 'target' | 'images' | 'instances' | 'sources'>,
  named: Named,
  confirmNoInstances: boolean,
): Plan {
  const { target, images, instances, sources } = inventory;
  const { lineages } = sortByLineage(images.value, file.deployment);
  const all = [...lineages.values()];
  const concerned = all.filter(concerns(named));
  const ends = concerned.flatMap((lineage): Decision[] => {
    const source = sourceStateOf(lineage, file, inventory, confirmNoInstances);
    return endLineage(lineage, source, images.complete);
  });
  // The sweeps that carry the end out have to believe what is vouched for here.
  const vouched = confirmNoInstances ? vouchFor(file, inventory, concerned) : [];
  return {
    decisions: withRoomForTags([...vouched, ...ends], crowdedAmong(images.value)),
    warnings: [],
    nameable: [...new Set('lineages' in named ? all.map(({ lineage }) => lineage) : policiesGone(all, file))].sort(),
    problems: [
      ...problemsOf(target.region, [images]),
      ...sealProblems(target.region, images.value),
      ...[...instances, ...sources].flatMap(([region, reading]) => problemsOf(region, [reading])),
    ],
  };
}

/** Whether an image's lineage is one of those that are named. */
export function concerns(named: Named): (of: { readonly policy: string; readonly lineage: string }) => boolean {
  if ('policyGone' in named) return ({ policy }) => policy === named.policyGone;
  const wanted = new Set(named.lineages);
  return ({ lineage }) => wanted.has(lineage);
}

function policiesGone(lineages: readonly LineageInRegion[], { policies }: PolicyFile): string[] {
  const known = new Set(policies.map(({ name }) => name));
  return lineages.flatMap(({ policy }) => (known.has(policy) ? [] : [policy]));
}

function endLineage(lineage: LineageInRegion, source: SourceState, complete: boolean): Decision[] {
  const refusal = whyNot(lineage, source, complete);
  return lineage.images.map(({ image, stamp, ended }): Decision => {
    const about = {
      subject: { kind: 'image', id: image.id, region: image.region },
      policy: stamp.policy,
      lineage: stamp.lineage,
      version: versionOf(stamp.slot),
    } as const;
    if (refusal) return { ...about, action: 'refuse', reason: refusal };
    const reason: Reason = { code: 'ended-by-hand', text: 'its lineage is ended by hand' };
    if (ended?.by === 'hand') return { ...about, action: 'skip', reason };
    return {
      ...about,
      action: 'end',
      reason,
      change: { kind: 'end', lineage: lineageNameOf(stamp), region: image.region, image: image.id, snapshots: [] },
    };
  });
}

function whyNot(
  { source: { instance, region }, hidden }: LineageInRegion,
  source: SourceState,
  complete: boolean,
): Reason | undefined {
  if (source.kind === 'alive') {
    const text = `its source lives: ${instance} in ${region}, or what took its place; terminate that or take its tags away first`;
    return { code: 'source-alive', text };
  }
  if (source.kind === 'unknown' || !complete) {
    const why = hidden.length > 0 ? `: ${hidden.length} images that may be of it have no seal that holds` : '';
    return { code: 'evidence-incomplete', text: `whether its source in ${region} lives could not be read${why}` };
  }
  return undefined;
}
