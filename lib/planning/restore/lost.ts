import type { Stamp } from '../../tagging/stamp.ts';
import type { RestoreInventory } from './inventory.ts';
import type { RestoreRequest } from './request.ts';
import { isUserDataLeft } from './user-data.ts';
import type { Wishes } from './wishes.ts';

/** What a new machine does not have of the old one, or people have to do. */
export function lostOf(
  { flags, wanted: moment }: RestoreRequest,
  { known, publicAddress: wanted }: Wishes,
  { image: { image, stamp }, source }: RestoreInventory,
  withheld: readonly string[],
): string[] {
  const settings = known?.settings ?? {};
  const {
    privateAddress,
    publicAddress,
    elasticAddress,
    interfaces,
    ipv6Addresses,
    lifecycle,
    placementGroup,
    forwards,
    tenancy,
    host,
  } = settings;
  const instance = source.instance.value;
  const inImage = new Set(image.devices.map(({ device }) => device));
  const without =
    instance?.state === 'terminated' ? [] : (instance?.volumes ?? []).filter(({ device }) => !inImage.has(device));
  const isGone = instance === undefined || instance.state === 'terminated';
  return [
    ...(privateAddress !== undefined && !flags.keepAddress
      ? [
          known?.taken.privateAddress === undefined
            ? `its private address ${privateAddress}`
            : `its private address ${privateAddress}: --keep-address takes it, once nobody else has it`,
        ]
      : []),
    ...(publicAddress === undefined
      ? []
      : [
          `its public address ${publicAddress}, which is the old machine's: it gets ${wanted.value ? 'another' : 'none'}`,
        ]),
    ...(elasticAddress === undefined
      ? []
      : [`its Elastic IP address ${elasticAddress}, which stays where it is until you move it`]),
    ...(ipv6Addresses ? [`its IPv6 addresses ${ipv6Addresses.join(', ')}`] : []),
    ...(interfaces === undefined ? [] : [`${interfaces - 1} of its ${interfaces} network interfaces`]),
    ...(forwards ? ['that it forwards: switch its source and destination check off'] : []),
    ...(lifecycle === undefined ? [] : [`that it was bought as ${lifecycle}: it is On-Demand now`]),
    ...(placementGroup === undefined ? [] : [`its placement group ${placementGroup}`]),
    ...(without.length > 0 ? [`what is not in the image: ${without.map(({ device }) => device).join(', ')}`] : []),
    ...(tenancy === 'host'
      ? [`its dedicated host${host === undefined ? '' : ` ${host}`}: it shares hardware as others do`]
      : []),
    ...(withheld.length > 0
      ? [`its tags ${withheld.join(', ')}, by which policies select: --take-over gives it these`]
      : []),
    ...(isUserDataLeft(moment, source) ? [userDataText(stamp.source)] : []),
    ...(isGone
      ? [
          'its user data, termination and stop protection, and what was left out of its image: nobody knows them any more',
          'its tags but for those that its policy has put on its images (image.instanceTags)',
        ]
      : []),
    'CPU options, credits, licences, capacity reservations and secondary addresses, if it had any',
    'target groups, DNS and alarms that name the old machine',
  ];
}

function userDataText({ instance, region }: Stamp['source']): string {
  const read = `aws ec2 describe-instance-attribute --region ${region} --instance-id ${instance} --attribute userData`;
  return `its user data: nobody knows what they were then, and those of now may have been changed since. To read them: ${read}; to take them, leave the moment, the version or the image out`;
}
