import type {
  IamInstanceProfile,
  Image,
  Instance,
  InstanceMetadataOptionsResponse,
  RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import {
  hostsNotModelled,
  invalidCombination,
  invalidValue,
  profileUnknown,
  profileWithoutRole,
  tokensEnforced,
} from '../errors.ts';
import { ownKeyPair } from '../key-pairs/lookup.ts';
import type { Zone } from '../networks/zones.ts';
import type { AccountRegion, MetadataDefaults, Plane } from '../plane/state.ts';
import { metadataDefaults } from './metadata-defaults.ts';

/** What of a launch stands on its instances as the call says it. */
type LaunchOptions = Pick<
  Instance,
  | 'EbsOptimized'
  | 'IamInstanceProfile'
  | 'KeyName'
  | 'MaintenanceOptions'
  | 'MetadataOptions'
  | 'Monitoring'
  | 'Placement'
>;

/** The members of RunInstances that `launchOptions` heeds. */
export const heededLaunchOptions = [
  'EbsOptimized',
  'IamInstanceProfile.Arn',
  'IamInstanceProfile.Name',
  'KeyName',
  'MaintenanceOptions.AutoRecovery',
  'MetadataOptions.HttpEndpoint',
  'MetadataOptions.HttpPutResponseHopLimit',
  'MetadataOptions.HttpTokens',
  'MetadataOptions.InstanceMetadataTags',
  'Monitoring.Enabled',
  'Placement.AvailabilityZone',
  'Placement.AvailabilityZoneId',
  'Placement.GroupName',
  'Placement.Tenancy',
];

/**
 * @throws InvalidKeyPair.NotFound, InvalidParameterValue for a profile that there is not or that has no role, UnsupportedOperation where
 *   the account does not let instances take IMDSv1.
 */
export function launchOptions(
  plane: Plane,
  place: AccountRegion,
  input: RunInstancesCommandInput,
  image: Image,
  zone: Zone,
): LaunchOptions {
  const { KeyName, Placement = {} } = input;
  if (KeyName) ownKeyPair(place, KeyName);
  if (Placement.Tenancy === 'host') throw hostsNotModelled();
  return {
    EbsOptimized: input.EbsOptimized ?? false,
    ...(input.IamInstanceProfile && {
      IamInstanceProfile: profileOf(plane, place, input.IamInstanceProfile),
    }),
    ...(KeyName && { KeyName }),
    MaintenanceOptions: { AutoRecovery: input.MaintenanceOptions?.AutoRecovery ?? 'default' },
    MetadataOptions: metadataOptions(metadataDefaults(plane, place), input.MetadataOptions ?? {}, image),
    Monitoring: { State: input.Monitoring?.Enabled ? 'enabled' : 'disabled' },
    Placement: {
      AvailabilityZone: zone.name,
      AvailabilityZoneId: zone.id,
      Tenancy: Placement.Tenancy ?? 'default',
      GroupName: Placement.GroupName ?? '',
    },
  };
}

/**
 * A profile is the account's, the same in every region, and has to have a role.
 *
 * @throws InvalidParameterCombination, InvalidParameterValue.
 */
function profileOf(
  { profiles }: Plane,
  { account }: AccountRegion,
  { Name: name, Arn: arn }: NonNullable<RunInstancesCommandInput['IamInstanceProfile']>,
): IamInstanceProfile {
  if (name && arn) {
    throw invalidCombination(
      "The parameter 'iamInstanceProfile.name' may not be used in combination with 'iamInstanceProfile.arn'",
    );
  }
  const member = arn ? 'arn' : 'name';
  const given = arn ?? name ?? '';
  const profile = profiles(account, arn ? (arn.split('/').at(-1) ?? '') : given);
  if (!profile || (arn && profile.arn !== arn)) throw profileUnknown(member, given);
  if (!profile.hasRole) throw profileWithoutRole(member, given, profile.arn);
  return { Arn: profile.arn, Id: profile.id };
}

/**
 * What the call does not say is as the account has set it, else as the image has it: `v2.0` asks for tokens (Guide,
 * Configure instance metadata options, Order of precedence).
 */
function metadataOptions(
  { HttpTokensEnforced: enforced, ...defaults }: MetadataDefaults,
  options: NonNullable<RunInstancesCommandInput['MetadataOptions']>,
  { ImdsSupport: support }: Image,
): InstanceMetadataOptionsResponse {
  const tokens = options.HttpTokens ?? defaults.HttpTokens ?? (support === 'v2.0' ? 'required' : 'optional');
  const hops = options.HttpPutResponseHopLimit ?? defaults.HttpPutResponseHopLimit ?? (support === 'v2.0' ? 2 : 1);
  if (hops < 1 || hops > 64) throw invalidValue('HttpPutResponseHopLimit must be from 1 to 64.');
  if (enforced === 'enabled' && tokens !== 'required') throw tokensEnforced();
  return {
    State: 'applied',
    HttpTokens: tokens,
    HttpPutResponseHopLimit: hops,
    HttpEndpoint: options.HttpEndpoint ?? defaults.HttpEndpoint ?? 'enabled',
    HttpProtocolIpv6: 'disabled',
    InstanceMetadataTags: options.InstanceMetadataTags ?? defaults.InstanceMetadataTags ?? 'disabled',
  };
}
