import type {
  GetInstanceMetadataDefaultsCommandInput,
  GetInstanceMetadataDefaultsCommandOutput,
  InstanceMetadataDefaultsResponse,
  ModifyInstanceMetadataDefaultsCommandInput,
  ModifyInstanceMetadataDefaultsCommandOutput,
} from '@aws-sdk/client-ec2';
import { invalidValue } from '../errors.ts';
import type { AccountRegion, MetadataDefaults, Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';

export function metadataDefaultsOperations(plane: Plane) {
  return {
    GetInstanceMetadataDefaults: operation<
      GetInstanceMetadataDefaultsCommandInput,
      Answer<GetInstanceMetadataDefaultsCommandOutput>
    >([], (_, { account, region }) => ({
      AccountLevel: view<InstanceMetadataDefaultsResponse>({
        ...metadataDefaults(plane, plane.in(account, region)),
        ManagedBy: 'account',
      }),
    })),
    ModifyInstanceMetadataDefaults: operation<
      ModifyInstanceMetadataDefaultsCommandInput,
      Answer<ModifyInstanceMetadataDefaultsCommandOutput>
    >(
      ['HttpEndpoint', 'HttpPutResponseHopLimit', 'HttpTokens', 'HttpTokensEnforced', 'InstanceMetadataTags'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        place.metadataDefaults = changed(place.metadataDefaults ?? {}, input);
        return { Return: true };
      },
    ),
  };
}

/**
 * What an account has set for the metadata of its instances in a region. Whether it insists on tokens is up to the
 * behaviour where it has said nothing of it.
 */
export function metadataDefaults(
  plane: Plane,
  { region, metadataDefaults: own = {} }: AccountRegion,
): MetadataDefaults {
  const { httpTokensEnforced } = plane.behaviour(region);
  return { ...(httpTokensEnforced && { HttpTokensEnforced: 'enabled' }), ...own };
}

/**
 * What the call does not name stays; `no-preference`, which is -1 for the number of hops, takes a default away (API
 * reference, ModifyInstanceMetadataDefaults).
 *
 * @throws InvalidParameterValue for a number of hops that there is not.
 */
function changed(
  defaults: MetadataDefaults,
  {
    HttpEndpoint = defaults.HttpEndpoint,
    HttpPutResponseHopLimit: hops = defaults.HttpPutResponseHopLimit,
    HttpTokens = defaults.HttpTokens,
    HttpTokensEnforced = defaults.HttpTokensEnforced,
    InstanceMetadataTags = defaults.InstanceMetadataTags,
  }: ModifyInstanceMetadataDefaultsCommandInput,
): MetadataDefaults {
  if (hops !== undefined && hops !== -1 && (hops < 1 || hops > 64)) {
    throw invalidValue('HttpPutResponseHopLimit must be from 1 to 64, or -1.');
  }
  return {
    ...(HttpEndpoint && HttpEndpoint !== 'no-preference' && { HttpEndpoint }),
    ...(hops !== undefined && hops !== -1 && { HttpPutResponseHopLimit: hops }),
    ...(HttpTokens && HttpTokens !== 'no-preference' && { HttpTokens }),
    ...(HttpTokensEnforced && HttpTokensEnforced !== 'no-preference' && { HttpTokensEnforced }),
    ...(InstanceMetadataTags && InstanceMetadataTags !== 'no-preference' && { InstanceMetadataTags }),
  };
}
