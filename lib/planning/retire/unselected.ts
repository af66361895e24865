import type { InstanceId, Target } from '../../model/ids.ts';
import type { Instance } from '../../model/resources.ts';
import { isSourceOf } from '../../policy/places.ts';
import type { Policy, PolicyFile } from '../../policy/policy.ts';
import { claimants, explainSelection } from '../../policy/select.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { ADOPTED } from '../../tagging/tag-keys.ts';
import type { UnselectedInstances } from '../decision.ts';
import { isFinished, type LineageInRegion } from '../lineages.ts';
import type { RetireInventory } from './inventory.ts';

/**
 * The instances that live, that the newest image of a lineage was made of, and that no policy selects any more, by the
 * policy that made it. Whoever may write tags can bring that about, and nothing else would tell: what is not selected is
 * not overdue. So only the policy file says that it is meant.
 *
 * Of a policy that is gone, disabled or not for this place other words tell.
 */
export function unselectedInstances(
  file: Pick<PolicyFile, 'regions' | 'policies' | 'accounts'>,
  { target, instances, images }: Pick<RetireInventory, 'target' | 'instances' | 'images'>,
  lineages: Iterable<LineageInRegion>,
): UnselectedInstances[] | undefined {
  const here = instances.get(target.region);
  if (!here?.complete || !images.complete || images.value.some(({ seal }) => seal === 'unread')) return undefined;
  const policies = policiesAt(file, target);
  const newest = newestBySource(lineages, target);
  return policies.map((policy) => ({
    policy: policy.name,
    instances: here.value
      .filter(({ id }) => newest.get(id)?.stamp.policy === policy.name)
      .flatMap((instance) => {
        const why = whyUnselected(instance, policy, policies);
        return why === undefined ? [] : [{ instance: instance.id, why }];
      })
      .sort((one, other) => (one.instance < other.instance ? -1 : 1)),
  }));
}

/** A line for each, with what to do. */
export function unselectedWarnings(
  unselected: readonly UnselectedInstances[] | undefined,
  { region }: Target,
): string[] {
  return (unselected ?? []).flatMap(({ policy, instances }) =>
    instances.map(
      ({ instance, why }) =>
        `no images are made any more of ${instance} in ${region}, of which policy ${policy} has some: no policy selects it (${why}); tag it as it was, or write it into select.excludeInstances of ${policy} if that is meant`,
    ),
  );
}

/** Those that make images here. */
function policiesAt(file: Pick<PolicyFile, 'regions' | 'policies' | 'accounts'>, target: Target): Policy[] {
  if (file.accounts.some(({ id, vault }) => vault && id === target.account)) return [];
  return file.policies.filter((policy) => policy.enabled && isSourceOf(policy, file, target));
}

/** What a person adopted says nothing of what a policy selects. */
function newestBySource(
  lineages: Iterable<LineageInRegion>,
  { account, region }: Target,
): ReadonlyMap<InstanceId, OwnedImage> {
  const newest = new Map<InstanceId, OwnedImage>();
  for (const { source, images } of lineages) {
    if (source.account !== account || source.region !== region) continue;
    const image = images.find((one) => isFinished(one) && one.image.tags[ADOPTED] === undefined);
    if (!image) continue;
    const { instance } = image.stamp.source;
    if ((newest.get(instance)?.stamp.slot ?? Number.NEGATIVE_INFINITY) < image.stamp.slot) newest.set(instance, image);
  }
  return newest;
}

/** Why nothing selects an instance that its policy once did; undefined where something does, or where the file means it. */
function whyUnselected(instance: Instance, maker: Policy, policies: readonly Policy[]): string | undefined {
  if (instance.state === 'terminated' || instance.state === 'shutting-down') return undefined;
  const { excludeInstances, instances: only } = maker.select;
  if (excludeInstances.includes(instance.id) || only?.includes(instance.id) === false) return undefined;
  if (policies.some(({ select }) => claimants(select, [instance]).length > 0)) return undefined;
  const selection = explainSelection(maker.select, instance);
  return selection.selected ? undefined : selection.reason;
}
