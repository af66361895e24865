import type { Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { AbandonedLineage, Reason } from '../decision.ts';
import { holdsVersion, isFinished, type LineageInRegion } from '../lineages.ts';
import { abandonedLineage, endingOf, sourceStateOf } from './endings.ts';
import { supersededFailure } from './failed-attempts.ts';
import type { RetireInventory } from './inventory.ts';
import { endedByHand, type Governance, governanceOf, judgeLineage, type Keeping, unfinished } from './keeping.ts';

/** An image with what its lineage makes of it. */
export interface Candidate {
  readonly image: OwnedImage;
  readonly verdict: Keeping;
  readonly governance: Governance;
  /** Whether its lineage has ended; `unsure` if it had, and nobody knows now whether its source lives again. */
  readonly end: 'ended' | 'lasting' | 'unsure';
}

interface Judged {
  readonly kept: readonly Candidate[];
  /** What no rule wants. */
  readonly candidates: readonly Candidate[];
  /** The lineages that have not ended: only their images wait for copies. */
  readonly lasting: ReadonlyMap<string, LineageInRegion>;
  readonly abandoned: readonly AbandonedLineage[];
}

/** What each lineage wants, nothing else considered: its rules, its end, and what is left of its failed attempts. */
export function judgeLineages(
  file: PolicyFile,
  inventory: Pick<RetireInventory, 'target' | 'instances' | 'sources'>,
  lineages: ReadonlyMap<string, LineageInRegion>,
  now: Instant,
  isConfirmed: boolean,
): Judged {
  const { target } = inventory;
  const policies = new Map(file.policies.map((policy) => [policy.name, policy]));
  const [kept, candidates]: [Candidate[], Candidate[]] = [[], []];
  const abandoned: AbandonedLineage[] = [];
  const lasting = new Map<string, LineageInRegion>();
  for (const [key, lineage] of lineages) {
    const policy = policies.get(lineage.policy);
    const agreed = governanceOf(lineage, file, target);
    const source = sourceStateOf(lineage, file, inventory, isConfirmed);
    const { endAfterSourceGoneDays } = agreed.retire;
    const ending = endingOf(lineage, endAfterSourceGoneDays, source, now);
    const governance = !policy && ending?.code === 'ended-by-hand' ? endedByHand(agreed) : agreed;
    const keeping = ending ? undefined : judgeLineage(lineage, governance);
    // Where it would go on without a source as well, nobody needs to know whether it has one.
    const mayHaveEnded = source.kind === 'unknown' && endingOf(lineage, endAfterSourceGoneDays, { kind: 'gone' }, now);
    const unsure = mayHaveEnded && lineage.images.some(({ ended }) => ended);
    const end = ending ? 'ended' : unsure ? 'unsure' : 'lasting';
    for (const image of lineage.images) {
      const verdict = keeping?.get(image) ?? judgeRest(image, lineage, governance, policy, ending, now);
      (verdict.kept ? kept : candidates).push({ image, verdict, governance, end });
    }
    if (!ending) lasting.set(key, lineage);
    if (!ending && (source.kind === 'gone' || source.kind === 'policy-gone')) {
      abandoned.push(abandonedLineage(lineage, target.region, policy ? 'source-gone' : 'policy-gone'));
    }
  }
  return { kept, candidates, lasting, abandoned };
}

/** Of an image that has no say in its lineage: the lineage has ended, or it has failed. */
function judgeRest(
  image: OwnedImage,
  lineage: LineageInRegion,
  governance: Governance,
  policy: PolicyFile['policies'][number] | undefined,
  ending: Reason | undefined,
  now: Instant,
): Keeping {
  // What is still being made is left to come about: to deregister it would cancel its creation.
  if (ending && holdsVersion(image) && !isFinished(image)) return { kept: true, reason: unfinished(image) };
  if (ending) return { kept: false, reason: ending };
  const superseded = supersededFailure(image, lineage, policy, governance.keepFor(image), now);
  if (superseded) return { kept: false, reason: superseded };
  const text = `it failed (${image.image.stateReason ?? 'no reason given'}) and holds no version`;
  return { kept: true, reason: { code: 'failed', text } };
}

/** By slot, and within a slot by when it was made: slots are few, and sorting within each is the smaller work. */
export function oldestFirst(candidates: readonly Candidate[]): Candidate[] {
  const slots = [...Map.groupBy(candidates, ({ image }) => image.stamp.slot)].sort(([one], [other]) => one - other);
  return slots.flatMap(([, members]) =>
    members.sort(
      ({ image: { image: one } }, { image: { image: other } }) =>
        one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1),
    ),
  );
}
