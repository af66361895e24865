import { type DrillInstance, isLiving } from '../../model/drills.ts';
import type { ImageId, InstanceId, Target } from '../../model/ids.ts';
import { completeReading, type Reading } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import type { Rung } from '../../model/rungs.ts';
import { isUp } from '../../planning/drill/checks.ts';
import { planDrills } from '../../planning/drill/drill.ts';
import type { DrillRequest } from '../../planning/drill/due.ts';
import type { DrillChecks, DrillInventory } from '../../planning/drill/inventory.ts';
import { deadline } from '../../planning/drill/lease.ts';
import { hasShutDown, isOurs } from '../../planning/drill/running.ts';
import { drillNetworkAt } from '../../policy/places.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { readDrillToken } from '../../tagging/drill-token.ts';
import type { TargetedEvent } from '../expand.ts';
import type { NetworkScope, Reads } from '../ports.ts';
import type { Job, JobContext } from './job.ts';

/**
 * Looks after the drills that are there, and unless it is a sweep starts those that are due, or what is named. A sweep that
 * finds none asks nothing else.
 */
export function drillJob(event: TargetedEvent, { file, settings }: JobContext): Job<DrillInventory> {
  const { reads } = settings.aws;
  const { target } = event;
  const { deployment } = file;
  const request = event.sweep ? undefined : requestOf(event);
  return {
    read: async () => {
      const drills = await reads.drills(target, deployment);
      const looked = drills.value.filter((drill) => request !== undefined || isOfInterest(drill));
      const remnants = request ? await reads.remnants(target, deployment) : NOTHING;
      const ofRemnants = remnants.value.flatMap(({ launch }) => launch?.image ?? []);
      const [images, networks, checks] = await Promise.all([
        imagesOf(event, [...looked.map(({ image }) => image), ...ofRemnants], file, reads),
        reads.networks(target, networksOf(looked.filter(isLiving), request ? file : undefined, target)),
        checksOf(looked, event, file, reads, settings.clock.now()),
      ]);
      return { target, drills, remnants, images, networks, checks };
    },
    plan: (inventory, now) => planDrills(file, inventory, request, now),
  };
}

const NOTHING = completeReading('left-overs of drills', 0, []);

function requestOf({ policy, lineages, images }: TargetedEvent): DrillRequest {
  return { ...(policy !== undefined && { policy }), ...(lineages && { lineages }), ...(images && { images }) };
}

/** What a call has ended was mostly ended by us, after its verdict. What people have ended, the hourly run judges. */
function isOfInterest(drill: DrillInstance): boolean {
  return isLiving(drill) || !drill.stateReason?.startsWith('Client.UserInitiatedShutdown');
}

function imagesOf(
  { target, sweep, images: asked, lineages }: TargetedEvent,
  of: readonly ImageId[],
  { deployment }: PolicyFile,
  reads: Reads,
): Promise<Reading<readonly Image[]>> {
  return sweep || (asked && !lineages)
    ? reads.imagesAmong(target, [...new Set([...of, ...(asked ?? [])])])
    : reads.images(target, { deployment });
}

/** Those that drills run in, and where some are to be launched, those of the policies. */
function networksOf(living: readonly DrillInstance[], file: PolicyFile | undefined, target: Target): NetworkScope {
  const ofPolicies = (file?.policies ?? []).flatMap(({ drill }) =>
    drill?.regions.includes(target.region) ? (drillNetworkAt(drill, target) ?? []) : [],
  );
  const subnets = [
    ...living.flatMap(({ networks }) => networks.map(({ subnet }) => subnet)),
    ...ofPolicies.flatMap((network) => network.subnets),
  ];
  const groups = [
    ...living.flatMap(({ networks }) => networks.flatMap((one) => one.groups)),
    ...ofPolicies.map(({ securityGroup }) => securityGroup),
  ];
  return { subnets: [...new Set(subnets)], groups: [...new Set(groups)] };
}

/** Each rung is looked at once the one below it is reached, and the console also of what has failed or is about to be given up. */
async function checksOf(
  drills: readonly DrillInstance[],
  { target }: TargetedEvent,
  { deployment }: PolicyFile,
  reads: Reads,
  now: number,
): Promise<DrillChecks> {
  const running = drills.filter(({ state }) => state === 'running');
  const health = await reads.health(
    target,
    running.map(({ id }) => id),
  );
  const idsWith = (matches: (drill: DrillInstance, rung: Rung, isLate: boolean) => boolean): InstanceId[] =>
    running.flatMap((drill) => {
      // IAM lets nobody look into what lacks the tags, and one that is refused would hide what the others have to say.
      const terms = isOurs(drill, deployment) ? readDrillToken(drill.token, deployment) : undefined;
      return terms && matches(drill, terms.rung, now >= deadline(drill, terms)) ? [drill.id] : [];
    });
  const up = (id: InstanceId) => isUp(health.value.get(id));
  const ids = idsWith(({ id }, rung) => rung === 'command' && up(id));
  const [commands, nodes] = await Promise.all([reads.commands(target, ids), reads.nodes(target, ids)]);
  const failed = (id: InstanceId) => commands.value.get(id)?.some(({ state }) => state === 'failed') === true;
  const consoles = await reads.consoles(target, [
    ...idsWith(({ id }, rung, isLate) => (rung === 'console' && up(id)) || failed(id) || (isLate && !up(id))),
    // EC2 keeps the console of what has ended for an hour (API reference, GetConsoleOutput).
    ...drills.flatMap((drill) => (hasShutDown(drill) && isOurs(drill, deployment) ? [drill.id] : [])),
  ]);
  return { health, consoles, commands, nodes };
}
