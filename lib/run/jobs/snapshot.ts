import type { InstanceId } from '../../model/ids.ts';
import { completeReading } from '../../model/reading.ts';
import { DAY } from '../../model/time.ts';
import { coverageOf } from '../../planning/create/coverage.ts';
import { leftOut } from '../../planning/create/left-out.ts';
import { planSnapshots, type SnapshotInventory } from '../../planning/create/snapshot.ts';
import { type Policy, SELECTABLE_STATES } from '../../policy/policy.ts';
import { slotScheduleOf } from '../../policy/schedule.ts';
import { explainSelection } from '../../policy/select.ts';
import type { SnapshotEvent } from '../expand.ts';
import type { Reads } from '../ports.ts';
import { type Job, type JobContext, policyNamed } from './job.ts';

/** How far ahead a plan warns of slots that will not be: time enough to move a schedule. */
const LOOK_AHEAD = 14 * DAY;

export function snapshotJob(event: SnapshotEvent, { file, settings }: JobContext): Job<SnapshotInventory> {
  const { reads } = settings.aws;
  const { target } = event;
  const policy = policyNamed(event.policy, file);
  const schedule = slotScheduleOf(policy.schedule);
  const request = {
    deployment: file.deployment,
    policy,
    slot: event.slot,
    keyAccounts: file.keyAccounts,
    previousSlot: schedule.current(event.slot - 1),
    nextSlot: schedule.next(event.slot),
    ...(event.instances && { instances: event.instances }),
  };
  return {
    read: async () => {
      const [instances, images, held, excludedVolumes] = await Promise.all([
        instancesOf(event, policy, reads),
        reads.images(target, { deployment: file.deployment, policy: policy.name, sourceRegion: target.region }),
        reads.heldInstances(target),
        Object.keys(policy.image.excludeVolumes).length > 0
          ? reads.volumesWith(target, policy.image.excludeVolumes)
          : completeReading('volumes', settings.clock.now(), new Set<never>()),
      ]);
      const selected = instances.instances.value.filter((one) => explainSelection(policy.select, one).selected);
      const told = selected.flatMap((instance) =>
        settings.mode === 'plan' ? instance.volumes : leftOut(policy, instance, excludedVolumes.value),
      );
      const volumes = await reads.volumes(
        target,
        told.map(({ id }) => id),
      );
      return { target, ...instances, images, held, excludedVolumes, volumes };
    },
    plan: (inventory, now) => {
      const skippedLocalTimes = schedule.skippedLocalTimes(now, now + LOOK_AHEAD);
      const plan = planSnapshots({ ...request, skippedLocalTimes }, inventory, now);
      const lastDue = schedule.current(now);
      const dueBefore = lastDue === undefined ? undefined : schedule.current(lastDue - 1);
      const coverage = policy.enabled ? coverageOf({ ...request, lastDue, dueBefore }, inventory, now) : undefined;
      return coverage ? { ...plan, coverage } : plan;
    },
  };
}

/** EC2 selects. What a person asked for and EC2 did not select is read by id, and nothing at all by everything there is: to say why. */
async function instancesOf(
  { target, instances: asked = [] }: SnapshotEvent,
  policy: Policy,
  reads: Reads,
): Promise<Pick<SnapshotInventory, 'instances' | 'missing'>> {
  // Of one that is stopped the lineage has to be known, though it is not imaged.
  const states = policy.lineageTag === undefined ? policy.select.states : SELECTABLE_STATES;
  const selected = await reads.instances(target, { ...policy.select, states });
  const known = new Set(selected.value.map(({ id }) => id));
  const unselected = asked.filter((id) => !known.has(id));
  if (unselected.length > 0) {
    const byId = await reads.allInstances(target, unselected);
    for (const { id } of byId.value) known.add(id);
    const missing: readonly InstanceId[] = byId.complete ? asked.filter((id) => !known.has(id)) : [];
    const reading = selected.complete ? byId : selected;
    return { instances: { ...reading, value: [...selected.value, ...byId.value] }, missing };
  }
  if (selected.complete && selected.value.length === 0) {
    return { instances: await reads.allInstances(target), missing: [] };
  }
  return { instances: selected, missing: [] };
}
