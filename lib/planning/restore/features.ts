import type { LaunchSettings } from '../../model/launch-settings.ts';
import { keysOfTable } from '../../model/table.ts';
import { degraded } from './findings.ts';
import type { RestoreInventory } from './inventory.ts';
import type { Finding } from './plan.ts';
import type { Wish, Wishes } from './wishes.ts';

/** What only some types can be launched with. EC2 refuses a launch that asks for it on another one. */
const FEATURES = { ebsOptimized: 'EBS-optimized', hibernation: 'hibernation', enclave: 'enclave' } as const;

/** Which of these a machine is launched with. */
export type Features = Pick<LaunchSettings, keyof typeof FEATURES>;

export interface CheckedFeatures {
  readonly features: Features;
  readonly findings: readonly Finding[];
}

/**
 * What the old machine was launched with, as far as the type allows it: on another type a machine comes back without, which is
 * better than not at all. Where nothing was read of the type, all is asked for.
 */
export function checkFeatures(
  { known }: Pick<Wishes, 'known'>,
  type: Wish<string> | undefined,
  { types }: Pick<RestoreInventory, 'types'>,
): CheckedFeatures {
  const wanted = keysOfTable(FEATURES).filter((feature) => known?.taken[feature]);
  const facts = type && types.value.get(type.value);
  const fits = (feature: keyof Features) => facts === undefined || facts[feature];
  return {
    features: Object.fromEntries(wanted.filter(fits).map((feature) => [feature, true] as const)),
    findings: wanted
      .filter((feature) => !fits(feature))
      .map((feature) => {
        const name = FEATURES[feature];
        return degraded(name, `${type?.value} can't be launched with it, so it goes without: give a --type that can`);
      }),
  };
}
