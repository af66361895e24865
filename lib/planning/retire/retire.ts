import { placeName } from '../../model/ids.ts';
import { problemsOf } from '../../model/reading.ts';
import type { Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { forgottenLoans } from '../copy/lending.ts';
import { missingCopies } from '../copy/missing-copies.ts';
import type { Plan } from '../decision.ts';
import { reportsOf, sealProblems, sortByLineage } from '../lineages.ts';
import { crowdedAmong, withRoomForTags } from '../room-for-tags.ts';
import { DailyCaps } from './daily-cap.ts';
import { type RetireInventory, readingsThat } from './inventory.ts';
import { judgeLineages, oldestFirst } from './judge.ts';
import { lastVerified } from './last-verified.ts';
import { orphanWarnings, planSnapshotSweep, strayWarnings } from './orphans.ts';
import { heldSnapshotsOf, holdsOf } from './protection.ts';
import { decide } from './rules.ts';
import { stockOf, unsealedAmong } from './stock.ts';
import { suspicionOf, vouchFor } from './suspect.ts';
import { unselectedInstances, unselectedWarnings } from './unselected.ts';
import { binWarnings } from './way-back.ts';

/** What a person who sends the event vouches for. */
export interface RetireRequest {
  /** That a region which shows no instance at all really has none. */
  readonly confirmNoInstances: boolean;
  /** That snapshots which have lost their image may go. */
  readonly orphans?: boolean;
}

const NOTHING_VOUCHED: RetireRequest = { confirmNoInstances: false };

/** Decides for every image of a region whether it stays, which stage it goes to, or what brings it back. */
export function planRetirement(
  file: PolicyFile,
  inventory: RetireInventory,
  now: Instant,
  { confirmNoInstances, orphans = false }: RetireRequest = NOTHING_VOUCHED,
): Plan {
  const { lineages, notOurs } = sortByLineage(inventory.images.value, file.deployment);
  // Before what becomes of the images: the last decision on each is the one that is made again before it is carried out.
  const decisions = [
    ...reportsOf(notOurs),
    ...(confirmNoInstances ? vouchFor(file, inventory, lineages.values()) : []),
  ];

  const suspicion = suspicionOf(file, inventory, lineages.values(), confirmNoInstances);
  const judged = judgeLineages(file, inventory, lineages, now, confirmNoInstances);
  const surroundings = {
    inventory,
    missing: missingCopies(file, inventory, judged.lasting, now),
    verified: lastVerified(judged.lasting.values()),
    holds: holdsOf(inventory),
    heldSnapshots: heldSnapshotsOf(inventory),
    crowded: crowdedAmong(inventory.images.value, inventory.snapshots.value),
    suspicion,
    now,
  };
  const caps = new DailyCaps(file.policies, [...lineages.values()], now);
  const { kept, candidates } = judged;
  for (const candidate of kept) decisions.push(decide(candidate, surroundings, caps));
  // The cap is spent on the oldest versions first, over all lineages, so that the order of reading decides nothing.
  for (const candidate of oldestFirst(candidates)) decisions.push(decide(candidate, surroundings, caps));
  const sweep = planSnapshotSweep(file, inventory, { suspicion, orphans, now });
  const unsealed = inventory.images.complete ? unsealedAmong(inventory.images.value, file.deployment) : undefined;
  const unselected = suspicion === undefined ? unselectedInstances(file, inventory, lineages.values()) : undefined;
  return {
    decisions: withRoomForTags(decisions.concat(sweep), surroundings.crowded),
    warnings: [
      ...caps.warnings(),
      ...forgottenLoans(lineages.values(), file, now),
      ...orphanWarnings(inventory, sweep),
      ...strayWarnings(inventory, now),
      ...binWarnings(inventory),
      ...unselectedWarnings(unselected, inventory.target),
    ],
    problems: [...readProblems(inventory), ...sealProblems(inventory.target.region, inventory.images.value)],
    abandoned: judged.abandoned,
    ...(inventory.images.complete && {
      stock: stockOf(lineages.values(), inventory.heldSnapshots.complete ? surroundings.heldSnapshots : undefined),
    }),
    ...(unsealed !== undefined && { unsealed }),
    ...(unselected && { unselected }),
  };
}

function readProblems(inventory: RetireInventory): string[] {
  const { target } = inventory;
  return [
    ...problemsOf(target.region, readingsThat(inventory, 'region', 'single')),
    ...[...inventory.instances, ...inventory.sources].flatMap(([region, reading]) => problemsOf(region, [reading])),
    ...[...inventory.copies].flatMap(([place, copies]) => problemsOf(placeName(place, target), [copies])),
  ];
}
