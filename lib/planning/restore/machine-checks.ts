import { BlockList, isIPv4 } from 'node:net';
import { isStandardFamily } from '../../model/instance-family.ts';
import { blocked, degraded, note, ok, unknown } from './findings.ts';
import type { InstanceTypeFacts, RestoreInventory } from './inventory.ts';
import type { Finding } from './plan.ts';
import type { RestoreRequest } from './request.ts';
import type { Wish, Wishes } from './wishes.ts';

/** A wish with what came of it: absent where it can't be had. */
export interface Checked<T> {
  readonly chosen?: Wish<T>;
  readonly findings: readonly Finding[];
}

/** The first of the wanted types that fits the image and that the zone has. */
export function checkType({ types }: Wishes, inventory: RestoreInventory): Checked<string> {
  const [first] = types;
  if (!first) {
    return { findings: [blocked('type', 'what type the machine was is not known: give it with --type')] };
  }
  const { types: facts, offered } = inventory;
  const unread = [facts, offered].find((reading) => !reading.complete);
  if (unread && !unread.complete) {
    const text = `whether ${first.value} fits the image and is offered there could not be read (${unread.problem})`;
    return { chosen: first, findings: [unknown('type', text)] };
  }
  const tried = types.map((wish) => ({ wish, problem: typeProblem(wish.value, inventory) }));
  const fitting = tried.find(({ problem }) => problem === undefined);
  const problems = tried.flatMap(({ problem }) => problem ?? []);
  if (!fitting) {
    const remedy =
      first.source === 'flag'
        ? 'give another --type'
        : `give one with --type, or name some under restore.${inventory.target.region}.instanceTypes in the policy file`;
    return { findings: [blocked('type', `${problems.join('; ')}: ${remedy}`)] };
  }
  const { value } = fitting.wish;
  const quota = quotaFindings(value, inventory);
  if (fitting.wish === first) return { chosen: first, findings: [ok('type', `${value} is offered there`), ...quota] };
  return { chosen: fitting.wish, findings: [degraded('type', `${problems.join('; ')}: ${value} is taken`), ...quota] };
}

function typeProblem(type: string, { types, offered, details, subnet }: RestoreInventory): string | undefined {
  const facts = types.value.get(type);
  if (!facts) return `there is no type ${type} in the region`;
  const misfit = misfitOf(type, facts, details.value);
  if (misfit !== undefined) return misfit;
  // Where the subnet is not known, neither is its zone, and that is said of the subnet.
  if (subnet.value && !offered.value.has(type)) return `${type} is not offered in ${subnet.value.zoneId}`;
  return undefined;
}

function misfitOf(
  type: string,
  { architectures, bootModes, tpm, needsEna }: InstanceTypeFacts,
  image: RestoreInventory['details']['value'],
): string | undefined {
  if (!image) return undefined;
  const { architecture, bootMode } = image;
  if (!architectures.includes(architecture)) {
    return `${type} is ${architectures.join(' and ')}, and the image ${architecture}`;
  }
  if (bootMode !== undefined && bootMode !== 'uefi-preferred' && !bootModes.includes(bootMode)) {
    return `${type} does not boot by ${bootMode}, as the image has to`;
  }
  if (needsEna && !image.ena) return `${type} has no network adapter but ENA, which the image does not support`;
  return image.tpm && !tpm ? `${type} has no NitroTPM, which the image needs` : undefined;
}

function quotaFindings(type: string, { types, vcpuQuota }: RestoreInventory): Finding[] {
  const vcpus = types.value.get(type)?.vcpus;
  if (vcpus === undefined) return [];
  if (!isStandardFamily(type)) return [note('quota', `the quota of the family of ${type} was not looked at`)];
  if (!vcpuQuota.complete || vcpuQuota.value === undefined) {
    const why = vcpuQuota.complete ? 'it has none' : vcpuQuota.problem;
    return [note('quota', `the quota of running vCPUs could not be read (${why}); ${type} takes ${vcpus}`)];
  }
  const { value } = vcpuQuota;
  if (vcpus > value) {
    return [
      blocked(
        'quota',
        `${type} takes ${vcpus} vCPUs, and the account may run ${value} there: ask Service Quotas for more`,
      ),
    ];
  }
  return [
    note(
      'quota',
      `${type} takes ${vcpus} of the ${value} vCPUs that the account may run there; what runs is not counted`,
    ),
  ];
}

export function checkSubnet({ subnet, known }: Wishes, { subnet: there, target }: RestoreInventory): Checked<string> {
  if (!subnet) {
    const zone = known?.taken.zoneId;
    const file =
      zone === undefined ? '' : `, or name one under restore.${target.region}.subnets.${zone} in the policy file`;
    return {
      findings: [blocked('subnet', `there is no subnet for it in ${target.region}: give one with --subnet${file}`)],
    };
  }
  const { value } = subnet;
  if (!there.complete)
    return { chosen: subnet, findings: [unknown('subnet', `${value} could not be read (${there.problem})`)] };
  if (!there.value) {
    return {
      findings: [blocked('subnet', `${value} is not in ${target.region} any more: give another one with --subnet`)],
    };
  }
  const { freeAddresses, zoneId } = there.value;
  if (freeAddresses === 0) {
    return {
      chosen: subnet,
      findings: [blocked('subnet', `${value} has no free address: give another one with --subnet`)],
    };
  }
  const room = freeAddresses === undefined ? 'is for IPv6 alone' : `has ${freeAddresses} free addresses`;
  return { chosen: subnet, findings: [ok('subnet', `${value} in ${zoneId} ${room}`)] };
}

/** EC2 takes the default group of the VPC where none is named, which is nobody's choice: nothing is launched without one. */
export function checkGroups(
  { groups, unmappedGroups, untrusted }: Wishes,
  { groups: there, subnet, target }: RestoreInventory,
): Checked<readonly string[]> {
  const file = `restore.${target.region}.securityGroups in the policy file`;
  if (unmappedGroups.length > 0) {
    const text = `nothing stands in for ${unmappedGroups.join(', ')} in ${target.region}: name what does under ${file}, or give all groups with --security-group`;
    return { findings: [blocked('security groups', text)] };
  }
  if (!groups) {
    const what = untrusted.includes('groups')
      ? 'its groups are of a recipe that nothing proves'
      : 'what groups the machine was in is not known';
    return { findings: [blocked('security groups', `${what}: give them with --security-group`)] };
  }
  if (!there.complete) {
    return { chosen: groups, findings: [unknown('security groups', `they could not be read (${there.problem})`)] };
  }
  const found = new Map(there.value.map((group) => [group.id, group]));
  const missing = groups.value.filter((id) => !found.has(id));
  if (missing.length > 0) {
    const text = `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not in ${target.region}: give groups with --security-group`;
    return { findings: [blocked('security groups', text)] };
  }
  const vpc = subnet.value?.vpc;
  const foreign = there.value.filter((group) => vpc !== undefined && group.vpc !== vpc);
  if (foreign.length > 0) {
    const text = `${foreign.map(({ id }) => id).join(', ')} is not of ${vpc}, the VPC of the subnet: EC2 takes it only if it is associated with that one`;
    return { chosen: groups, findings: [degraded('security groups', text)] };
  }
  return { chosen: groups, findings: [ok('security groups', `${groups.value.join(', ')} are there`)] };
}

/** A machine without its key pair can be entered by whoever its disk knows. */
export function checkKeyPair(
  { key, known, untrusted }: Wishes,
  { keyPair, target }: RestoreInventory,
): Checked<string> {
  if (!key) {
    const before = known?.settings.key;
    return before === undefined || untrusted.includes('key')
      ? { findings: [] }
      : { findings: [note('key pair', `it had ${before}, and gets none: its disk knows those that it knew`)] };
  }
  if (!keyPair.complete) {
    return {
      chosen: key,
      findings: [unknown('key pair', `whether ${key.value} is there could not be read (${keyPair.problem})`)],
    };
  }
  if (keyPair.value) return { chosen: key, findings: [ok('key pair', `${key.value} is there`)] };
  const text = `there is no ${key.value} in ${target.region}, so it is launched without one: its disk knows the keys that it knew`;
  return key.source === 'flag'
    ? {
        findings: [
          blocked('key pair', `there is no ${key.value} in ${target.region}: give another one with --key, or none`),
        ],
      }
    : { findings: [degraded('key pair', text)] };
}

/** An address that the old machine had can be taken where it is of the subnet and nobody has it any more. */
export function checkAddress(
  { flags }: RestoreRequest,
  { privateAddress: wish }: Wishes,
  { subnet, source }: RestoreInventory,
): Checked<string> {
  if (!flags.keepAddress) return { findings: [] };
  if (!wish)
    return {
      findings: [
        blocked(
          'private address',
          'which one the machine had here is not known, or nothing proves it: leave --keep-address out',
        ),
      ],
    };
  const { value } = wish;
  const holder = source.instance.value;
  if (holder && holder.state !== 'terminated' && holder.launch?.privateAddress === value) {
    return {
      findings: [
        blocked('private address', `${holder.id} still has ${value}: terminate it first, or leave --keep-address out`),
      ],
    };
  }
  if (subnet.value && !isIn(value, subnet.value.cidr)) {
    return {
      findings: [
        blocked(
          'private address',
          `${value} is not of ${subnet.value.id} (${subnet.value.cidr}): leave --keep-address out`,
        ),
      ],
    };
  }
  return {
    chosen: wish,
    findings: [note('private address', `whether somebody else has ${value} by now shows at the launch`)],
  };
}

function isIn(address: string, cidr: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  if (!isIPv4(network)) return true;
  const list = new BlockList();
  list.addSubnet(network, Number(bits));
  return list.check(address);
}
