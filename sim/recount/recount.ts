import { Checklist } from './checklist.ts';
import { checkDeeds } from './deeds.ts';
import { checkDrills } from './drills.ts';
import { gatherEvidence, type Scene } from './evidence.ts';
import type { DrillCount, Promised, TableRow } from './promises.ts';
import { checkCopiesAndSnapshots, checkSlots } from './slots.ts';
import { checkVersions } from './versions.ts';
import { tagsOf } from './witness.ts';

export interface RecountRequest extends Omit<Scene, 'vaults'> {
  readonly promised: Promised;
  readonly table: readonly TableRow[];
  readonly drills: readonly DrillCount[];
  /** How many EC2 calls were told to have been made, everybody's together. */
  readonly callsTold: number;
}

export interface Recount {
  readonly checks: number;
  /** A line each; none: all agree. */
  readonly disagreements: readonly string[];
}

/**
 * Counts again what the demo tells, from the sandbox's own state and log. Nothing here knows how amikeep decides: it
 * shares no code with it, so that a mistake there is not repeated here.
 */
export function recount(request: RecountRequest): Recount {
  const { sandbox, witness, promised, account, table, drills, callsTold } = request;
  const list = new Checklist();
  const vaults = promised.accounts.flatMap(({ id, vault }) => (vault ? [id] : []));
  const scene = { ...request, vaults };
  const evidence = gatherEvidence(scene);
  checkVersions(list, promised, table, evidence, witness, sandbox.clock.now());
  checkDeeds(list, promised, evidence, witness);
  checkDrills(list, promised, drills, evidence, scene);
  checkSlots(list, promised, evidence, witness);
  const orphans = sandbox.ec2.inspect
    .snapshots({ account })
    .filter(
      ({ snapshot, images }) => tagsOf(snapshot)['amikeep:deployment'] === promised.deployment && images.length === 0,
    )
    .map(({ snapshot, region }) => `${snapshot.SnapshotId} in ${region}`);
  checkCopiesAndSnapshots(list, evidence, orphans);
  const calls = sandbox.calls.total({ service: 'ec2' });
  list.expect(calls === callsTold, () => `${callsTold} EC2 calls were told, the sandbox counted ${calls}`);
  return { checks: list.checks, disagreements: list.disagreements };
}
