import type { IpPermission } from '@aws-sdk/client-ec2';
import { invalidValue, missingParameter, ruleMalformed, ruleNotFound, ruleTaken } from '../errors.ts';

/** What a rule of a security group lets in or out, for one peer. The text tells it from every other. */
interface Rule {
  readonly text: string;
  readonly permission: IpPermission;
}

/** The names that answers have for protocols (API reference, IpPermission). */
const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };
const WITH_PORTS: ReadonlySet<string> = new Set(['tcp', 'udp', 'icmp', 'icmpv6']);

/**
 * The permissions with others added.
 *
 * @param account whose groups are meant where a pair names none
 * @throws InvalidPermission.Duplicate for a rule that is there already, InvalidPermission.Malformed,
 *   InvalidParameterValue, MissingParameter.
 */
export function withPermissions(
  present: readonly IpPermission[],
  added: readonly IpPermission[],
  account: string,
): IpPermission[] {
  const rules = byText(present, account);
  for (const rule of rulesOf(added, account)) {
    if (rules.has(rule.text)) throw ruleTaken(rule.text);
    rules.set(rule.text, rule);
  }
  return grouped([...rules.values()]);
}

/** @throws InvalidPermission.NotFound for a rule that is not there; then none is taken away. */
export function withoutPermissions(
  present: readonly IpPermission[],
  removed: readonly IpPermission[],
  account: string,
): IpPermission[] {
  const rules = byText(present, account);
  for (const { text } of rulesOf(removed, account)) if (!rules.delete(text)) throw ruleNotFound();
  return grouped([...rules.values()]);
}

/** The ids of the groups that permissions name. */
export function groupsNamed(permissions: readonly IpPermission[] | undefined): readonly string[] {
  return (permissions ?? []).flatMap(({ UserIdGroupPairs: pairs = [] }) =>
    pairs.flatMap(({ GroupId }) => GroupId ?? []),
  );
}

function byText(permissions: readonly IpPermission[], account: string): Map<string, Rule> {
  return new Map(rulesOf(permissions, account).map((rule) => [rule.text, rule]));
}

function rulesOf(permissions: readonly IpPermission[], account: string): readonly Rule[] {
  return permissions.flatMap((permission) => {
    const traffic = trafficOf(permission);
    const ports = `${traffic.IpProtocol} ${traffic.FromPort ?? 'all'}-${traffic.ToPort ?? 'all'}`;
    const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = permission;
    const rules: Rule[] = [
      ...IpRanges.map((range) => rule(ports, range.CidrIp, { ...traffic, IpRanges: [range] })),
      ...Ipv6Ranges.map((range) => rule(ports, range.CidrIpv6, { ...traffic, Ipv6Ranges: [range] })),
      ...PrefixListIds.map((list) => rule(ports, list.PrefixListId, { ...traffic, PrefixListIds: [list] })),
      ...UserIdGroupPairs.map((pair) =>
        rule(ports, pair.GroupId, { ...traffic, UserIdGroupPairs: [{ ...pair, UserId: pair.UserId ?? account }] }),
      ),
    ];
    if (rules.length === 0) throw missingParameter('ipPermissions');
    return rules;
  });
}

function rule(ports: string, peer: string | undefined, permission: IpPermission): Rule {
  if (!peer) throw ruleMalformed('A rule needs a CIDR block, a prefix list or a security group');
  return { text: `peer: ${peer}, ${ports}`, permission };
}

/** Ports are those of the protocol; all traffic has none. */
function trafficOf({ IpProtocol: written, FromPort, ToPort }: IpPermission): IpPermission {
  if (written === undefined) throw missingParameter('ipProtocol');
  const protocol = PROTOCOLS[written] ?? written.toLowerCase();
  if (protocol === '-1') return { IpProtocol: '-1' };
  if (!WITH_PORTS.has(protocol)) {
    if (!/^\d{1,3}$/.test(protocol))
      throw invalidValue(`Invalid value '${written}' for IP protocol. Unknown protocol.`);
    return { IpProtocol: protocol };
  }
  if (FromPort === undefined || ToPort === undefined) throw missingParameter('fromPort');
  return { IpProtocol: protocol, FromPort, ToPort };
}

/** Answers have one permission for all peers of a protocol and its ports. */
function grouped(rules: readonly Rule[]): IpPermission[] {
  const byTraffic = new Map<string, IpPermission>();
  for (const { permission } of rules) {
    const { IpProtocol, FromPort, ToPort } = permission;
    const traffic = `${IpProtocol}/${FromPort}/${ToPort}`;
    const known = byTraffic.get(traffic);
    byTraffic.set(traffic, known ? joined(known, permission) : permission);
  }
  return [...byTraffic.values()];
}

function joined(one: IpPermission, other: IpPermission): IpPermission {
  return {
    ...one,
    IpRanges: [...(one.IpRanges ?? []), ...(other.IpRanges ?? [])],
    Ipv6Ranges: [...(one.Ipv6Ranges ?? []), ...(other.Ipv6Ranges ?? [])],
    PrefixListIds: [...(one.PrefixListIds ?? []), ...(other.PrefixListIds ?? [])],
    UserIdGroupPairs: [...(one.UserIdGroupPairs ?? []), ...(other.UserIdGroupPairs ?? [])],
  };
}
