import { gapOf } from '../../model/reading.ts';
import { HOUR } from '../../model/time.ts';
import { drillNetworkAt } from '../../policy/places.ts';
import type { DrillNetwork, DrillSettings } from '../../policy/policy.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { readRecipe } from '../../tagging/recipe.ts';
import { lastVerdict } from '../../tagging/verdict.ts';
import type { Reason } from '../decision.ts';
import type { LineageInRegion } from '../lineages.ts';
import { crowdedAmong, lackOfRoom } from '../room-for-tags.ts';
import type { DrillTry, LaunchDrill } from './changes.ts';
import type { DrillInventory } from './inventory.ts';
import { leaksOf } from './network.ts';
import { drillProfile } from './profile.ts';
import { failuresOf } from './proof.ts';

/** After an inconclusive drill the next one has to wait: what stood in its way seldom goes within the hour. */
export const INCONCLUSIVE_RESTS = 6 * HOUR;

/**
 * The network that a policy names for a place, with those of its subnets that nothing leads out of; or why nothing is started
 * there.
 */
export function sealedNetworkOf(
  settings: DrillSettings,
  deployment: string,
  { networks, target }: Pick<DrillInventory, 'networks' | 'target'>,
): DrillNetwork | Reason {
  const network = drillNetworkAt(settings, target);
  if (!network) {
    const text = `drill.network of the policy names none for ${target.region}, nor for ${target.account}/${target.region}`;
    return { code: 'network-open', text };
  }
  const gap = gapOf(networks);
  if (gap !== undefined) return { code: 'evidence-incomplete', text: `${gap}, so nothing is launched there` };
  const { securityGroup } = network;
  const leaks = network.subnets.map((subnet) => leaksOf(deployment, { subnet, group: securityGroup }, networks.value));
  const subnets = network.subnets.filter((_, index) => leaks[index]?.length === 0);
  if (subnets.length === 0) return { code: 'network-open', text: [...new Set(leaks.flat())].join('; ') };
  return { subnets, securityGroup };
}

/** How an image is started, or why it cannot be. */
export function launchOf(
  { owned, lineage }: { readonly owned: OwnedImage; readonly lineage: Pick<LineageInRegion, 'images'> },
  settings: DrillSettings,
  deployment: string,
  { subnets, securityGroup }: DrillNetwork,
): LaunchDrill | Reason {
  const { image, stamp } = owned;
  // A recipe that nobody has signed may name a type that costs a fortune.
  const shape = image.recipe?.sealed ? readRecipe(image.recipe).settings : undefined;
  const types = settings.instanceType === 'same' ? (shape?.type ? [shape.type] : []) : settings.instanceType;
  if (types.length === 0) {
    const text = `its recipe does not say which type its server had, in words that are sealed; name types in drill.instanceType of policy ${stamp.policy}`;
    return { code: 'no-type', text };
  }
  const tries = types.flatMap((type) => subnets.map((subnet): DrillTry => ({ subnet, type })));
  const since = lastVerdict(owned)?.at;
  const launch: LaunchDrill = {
    kind: 'drill',
    region: image.region,
    image: image.id,
    deployment,
    tries: rotated(tries, since === undefined ? 0 : Math.floor(since / INCONCLUSIVE_RESTS)),
    securityGroup,
    devices: image.devices.map(({ device }) => device),
    rung: settings.check,
    leaseMinutes: settings.leaseMinutes,
    since,
    failures: failuresOf(lineage),
    ...(settings.check === 'command' && { profile: drillProfile(deployment) }),
  };
  return lackOfRoom(launch, crowdedAmong([image])) ?? launch;
}

/** What was accepted and came to nothing may have lacked room: the next drill begins with another way. */
function rotated(tries: readonly DrillTry[], by: number): readonly DrillTry[] {
  const start = by % tries.length;
  return [...tries.slice(start), ...tries.slice(0, start)];
}
