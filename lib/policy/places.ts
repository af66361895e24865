import { placeKey, type Region, type Target } from '../model/ids.ts';
import type { CopySettings, DrillNetwork, DrillSettings, Policy, PolicyFile } from './policy.ts';

/** The source regions of a policy: those of the file, or those of them that the policy names. */
export function sourceRegionsOf({ regions: own }: Policy, { regions }: Pick<PolicyFile, 'regions'>): readonly Region[] {
  return own === undefined ? regions : regions.filter((region) => own.includes(region));
}

/** Whether a policy makes images of instances at a place. A vault is no source, which is for whoever asks to know. */
export function isSourceOf(policy: Policy, file: Pick<PolicyFile, 'regions'>, { account, region }: Target): boolean {
  return sourceRegionsOf(policy, file).includes(region) && (policy.accounts?.includes(account) ?? true);
}

/**
 * The copies that a policy wants of what is made at a place: not that in the place itself. So regions can be each other's
 * DR regions under one policy.
 */
export function copiesFrom({ copies }: Policy, source: Target): readonly CopySettings[] {
  return copies.filter((settings) => placeKey(placeOfCopy(settings, source)) !== placeKey(source));
}

/** Where a copy of what is made at a place goes. */
export function placeOfCopy({ region, account }: CopySettings, source: Target): Target {
  return { account: account ?? source.account, region };
}

/** Where a policy's images are started at a place: what is named for the account there, or else for the region. */
export function drillNetworkAt({ network }: DrillSettings, { account, region }: Target): DrillNetwork | undefined {
  return network[`${account}/${region}`] ?? network[region];
}

/** Of what may be in flight to one place, how much one source region may start: runs for others may count at the same moment. */
export function shareOf(maxInFlight: number, file: Pick<PolicyFile, 'regions' | 'policies'>): number {
  const copying = file.policies.filter(({ copies }) => copies.length > 0);
  const sources = file.regions.filter((region) =>
    copying.some((policy) => sourceRegionsOf(policy, file).includes(region)),
  );
  return Math.max(1, Math.floor(maxInFlight / Math.max(1, sources.length)));
}
