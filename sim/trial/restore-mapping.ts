import type { Sandbox } from '../../sandbox/sandbox.ts';
import { textAt } from './observer/texts.ts';

/** What stands in, in a region, for what a server had in another, as people write it. */
export interface WrittenMapping {
  readonly subnets: Readonly<Record<string, string>>;
  readonly securityGroups: Readonly<Record<string, string>>;
}

/** By region: its first subnet for each zone of the sources, and its default group for theirs. */
export async function mappingOf(
  sandbox: Sandbox,
  account: string,
  sources: readonly string[],
  places: readonly string[],
): Promise<Readonly<Record<string, WrittenMapping>>> {
  const ask = async (operation: string, region: string) =>
    await sandbox.call({ service: 'ec2', operation, region, account, caller: 'people', input: {} });
  const listed = (output: object, member: string): readonly unknown[] => {
    const value: unknown = Object(output)[member];
    return Array.isArray(value) ? value : [];
  };
  const zones: string[] = [];
  const groups: string[] = [];
  for (const region of sources) {
    const subnets = listed(await ask('DescribeSubnets', region), 'Subnets');
    zones.push(...subnets.map((subnet) => textAt(subnet, 'AvailabilityZoneId')));
    const all = listed(await ask('DescribeSecurityGroups', region), 'SecurityGroups');
    groups.push(...all.map((group) => textAt(group, 'GroupId')));
  }
  const mappings: [string, WrittenMapping][] = [];
  for (const region of places) {
    const subnet = textAt(listed(await ask('DescribeSubnets', region), 'Subnets'), 'SubnetId');
    const group = textAt(listed(await ask('DescribeSecurityGroups', region), 'SecurityGroups'), 'GroupId');
    const standing = (names: readonly string[], one: string) => Object.fromEntries(names.map((name) => [name, one]));
    mappings.push([region, { subnets: standing(zones, subnet), securityGroups: standing(groups, group) }]);
  }
  return Object.fromEntries(mappings);
}
