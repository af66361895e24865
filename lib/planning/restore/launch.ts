import type { LaunchSettings } from '../../model/launch-settings.ts';
import type { Tags } from '../../model/resources.ts';
import { HOUR } from '../../model/time.ts';
import type { Features } from './features.ts';
import type { RestoreInventory } from './inventory.ts';
import type { Imds } from './metadata-check.ts';
import type { Launch } from './plan.ts';
import type { RestoreRequest } from './request.ts';
import { machineToken } from './token.ts';
import { userDataOf } from './user-data.ts';
import type { Wish, Wishes } from './wishes.ts';

/** What was chosen, as far as there is a choice. */
export interface Machine {
  readonly type: Wish<string> | undefined;
  readonly subnet: Wish<string> | undefined;
  readonly groups: Wish<readonly string[]> | undefined;
  readonly key: Wish<string> | undefined;
  readonly privateAddress: Wish<string> | undefined;
  readonly imds: Wish<Imds> | undefined;
  readonly features: Features;
}

/**
 * For how long the same launch asked for again is one launch. EC2 shows a machine that has ended for about an hour, and answers
 * its token with it for longer: a token that stayed for ever would stand in the way of the next restore.
 */
const ONE_ASKING = HOUR;

/** The launch that all of it comes to; undefined where there is no type, no subnet or no group. */
export function launchOf(
  { deployment, wanted }: Pick<RestoreRequest, 'deployment' | 'wanted'>,
  { type, subnet, groups, key, privateAddress, imds, features }: Machine,
  wishes: Wishes,
  tags: Tags,
  { image: { image, stamp }, source, earlier, now }: RestoreInventory,
): Launch | undefined {
  if (!type || !subnet || !groups) return undefined;
  const { hops, metadataTags, tenancy, monitoring }: LaunchSettings = wishes.known?.taken ?? {};
  const attributes = source.attributes.value;
  const launch = {
    image: image.id,
    type: type.value,
    subnet: subnet.value,
    groups: groups.value,
    ...(wishes.profile && { profile: wishes.profile.value }),
    ...(key && { key: key.value }),
    ...(privateAddress && { privateAddress: privateAddress.value }),
    publicAddress: wishes.publicAddress.value,
    ...(imds && { imds: imds.value }),
    ...(hops !== undefined && { hops }),
    metadataTags: metadataTags ?? false,
    ...(tenancy === 'dedicated' && { tenancy }),
    ebsOptimized: features.ebsOptimized ?? false,
    monitoring: monitoring ?? false,
    hibernation: features.hibernation ?? false,
    enclave: features.enclave ?? false,
    terminationProtection: attributes?.terminationProtection ?? false,
    stopProtection: attributes?.stopProtection ?? false,
    ...(attributes && { shutdownBehavior: attributes.shutdownBehavior }),
    ...(wishes.kmsKey && {
      encryption: { devices: image.devices.map(({ device }) => device), kmsKey: wishes.kmsKey.value },
    }),
    tags,
  };
  // EC2 answers a token whose machine has ended with that machine, so all that were there before are a part of it. User data
  // is none: a hash beside everything else that went into it would let somebody guess a weak secret.
  const userData = userDataOf(wanted, source);
  const before = earlier.value.map(({ id }) => id).sort();
  return {
    ...launch,
    ...(userData !== undefined && { userData }),
    token: machineToken(deployment, stamp.source, launch, before, Math.floor(now / ONE_ASKING)),
  };
}
