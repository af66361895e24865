import type { Chance } from './chance.ts';
import type { DrillingGround } from './drill-networks.ts';
import type { ChangedFile, WrittenCopy, WrittenFile, WrittenPolicy } from './written-policies.ts';

/** How people write that images are to be started. */
export interface WrittenDrill {
  readonly every: { readonly days: number };
  readonly regions: readonly string[];
  readonly check: 'status' | 'console' | 'command';
  readonly console?: string;
  readonly document?: string;
  readonly instanceType: 'same' | readonly string[];
  readonly leaseMinutes: number;
  readonly atMost: number;
  readonly maxAgeDays: number;
  readonly network: Readonly<Record<string, { readonly subnets: readonly string[]; readonly securityGroup: string }>>;
}

/** The regions in which images of a file may be started. */
export function drillRegionsOf({ regions, policies }: WrittenFile): readonly string[] {
  const copies = Object.values(policies).flatMap((policy) => policy.copies.filter(isHere).map(({ region }) => region));
  return [...new Set([...regions, ...copies])];
}

/** What is in a vault is the vault's own to start. */
function isHere({ account }: WrittenCopy): boolean {
  return account === undefined;
}

/** The same file, with one or two of its policies drilling. */
export function withDrills(chance: Chance, file: WrittenFile, networks: readonly DrillingGround[]): WrittenFile {
  const names = Object.keys(file.policies);
  const first = chance.pick(names);
  const drilling = names.filter((name) => name === first || chance.hits(0.5));
  const policies = Object.entries(file.policies).map(([name, policy]) => {
    const drill = drilling.includes(name) ? writeDrill(chance, file, policy, networks) : undefined;
    return [name, drill ? { ...policy, drill } : policy];
  });
  return { ...file, policies: Object.fromEntries(policies) };
}

function writeDrill(
  chance: Chance,
  file: WrittenFile,
  policy: WrittenPolicy,
  networks: readonly DrillingGround[],
): WrittenDrill {
  const ofCopies = policy.copies.filter(isHere).map(({ region }) => region);
  const places = [...file.regions, ...ofCopies].filter((place) => networks.some(({ region }) => region === place));
  const regions = places.length > 1 && chance.hits(0.6) ? [chance.pick(places)] : places;
  const days = chance.pick([3, 6, 10, 14]);
  const check = chance.weighted<WrittenDrill['check']>([
    [50, 'status'],
    [25, 'console'],
    [25, 'command'],
  ]);
  const network = networks
    .filter(({ region }) => regions.includes(region))
    .map(({ region, subnets, securityGroup }) => [region, { subnets, securityGroup }] as const);
  return {
    every: { days },
    regions,
    check,
    ...(check === 'console' && { console: 'login:' }),
    ...(check === 'command' && { document: 'shop-health' }),
    instanceType: chance.hits(0.6) ? 'same' : chance.pick([['t3.medium'], ['t3.small', 't3.large']]),
    leaseMinutes: chance.pick(check === 'command' ? [30, 45] : [20, 30, 45]),
    atMost: chance.from(1, 3),
    maxAgeDays: days * 2,
    network: Object.fromEntries(network),
  };
}

/** What people do to the drills of their policies in the course of time. */
export function changeDrills(chance: Chance, file: WrittenFile, networks: readonly DrillingGround[]): ChangedFile {
  const name = chance.pick(Object.keys(file.policies));
  const policy = file.policies[name];
  if (!policy) return { file, text: 'nothing' };
  const { drill, ...rest } = policy;
  const replaced = (changed: WrittenPolicy) => ({ ...file, policies: { ...file.policies, [name]: changed } });
  if (drill && chance.hits(0.5)) return { file: replaced(rest), text: `${name}: no drills any more` };
  const written = { ...rest, drill: writeDrill(chance, file, policy, networks) };
  return { file: replaced(written), text: `${name}: ${drill ? 'drills otherwise' : 'drills'}` };
}

/** The same file, drilling nowhere but where its policies still have images: that is all that the parser takes. */
export function drillingOwnImages(file: WrittenFile): WrittenFile {
  const policies = Object.entries(file.policies).map(([name, { drill, ...policy }]) => {
    const places = [...file.regions, ...policy.copies.filter(isHere).map(({ region }) => region)];
    const regions = drill?.regions.filter((region) => places.includes(region)) ?? [];
    return [name, drill && regions.length > 0 ? { ...policy, drill: { ...drill, regions } } : policy] as const;
  });
  return { ...file, policies: Object.fromEntries(policies) };
}
