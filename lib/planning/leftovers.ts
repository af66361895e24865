import type { Snapshot } from '../model/resources.ts';
import type { Instant } from '../model/time.ts';
import type { PolicyFile } from '../policy/policy.ts';
import { readSnapshotOwnership } from '../tagging/ownership.ts';
import { versionOf } from '../tagging/version.ts';
import type { Decision } from './decision.ts';
import { MARK_REST } from './mark-rest.ts';
import type { RetireInventory } from './retire-inventory.ts';

/**
 * Decides on the snapshots that bear a mark. As long as an image names one it goes with that image. One that no image
 * names was left over: EC2 deregisters an image even where it could not delete all its snapshots.
 */
export function planLeftovers(file: PolicyFile, inventory: RetireInventory, now: Instant): Decision[] {
  return inventory.markedSnapshots.value.flatMap((snapshot) => {
    if (inventory.snapshotUses.value.has(snapshot.id)) return [];
    return [decide(snapshot, file, inventory, now)];
  });
}

function decide(snapshot: Snapshot, file: PolicyFile, inventory: RetireInventory, now: Instant): Decision {
  const { region } = snapshot;
  const subject = { kind: 'snapshot', id: snapshot.id, region } as const;
  const ownership = readSnapshotOwnership(snapshot, file.deployment);
  if (ownership.kind !== 'ours') {
    return { subject, action: 'report', reason: { code: 'not-ours', text: ownership.problem } };
  }
  const { stamp, mark, hold } = ownership;
  const about = { subject, policy: stamp.policy, lineage: stamp.lineage, version: versionOf(stamp.slot) };
  if (hold !== undefined)
    return { ...about, action: 'refuse', reason: { code: 'hold', text: `it is on hold: ${hold}` } };
  if (!inventory.snapshotUses.complete || !inventory.images.complete) {
    const text = 'which images use it could not be read whole';
    return { ...about, action: 'refuse', reason: { code: 'evidence-incomplete', text } };
  }
  if (!mark || now < mark.at + MARK_REST) {
    return { ...about, action: 'wait', reason: { code: 'marked', text: 'its mark is not 24 hours old' } };
  }
  const reason = { code: 'left-over', text: 'its image is gone and it was marked to go with it' } as const;
  const mode = file.policies.find(({ name }) => name === stamp.policy)?.retire.mode ?? stamp.retireMode;
  if (mode === 'plan') {
    const text = `${reason.text}; policy ${stamp.policy} is in plan mode`;
    return { ...about, action: 'propose', reason: { code: 'policy-in-plan-mode', text } };
  }
  return {
    ...about,
    action: 'delete-snapshot',
    reason,
    change: { kind: 'delete-snapshot', region, snapshot: snapshot.id },
  };
}
