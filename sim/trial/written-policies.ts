import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { Chance } from './chance.ts';
import type { WrittenMapping } from './restore-mapping.ts';
import type { WrittenDrill } from './written-drills.ts';

/** A policy as people write it, as far as trials write any. */
export interface WrittenPolicy {
  readonly select: {
    readonly tags: Readonly<Record<string, string>>;
    readonly exclude?: Readonly<Record<string, string>>;
    readonly states?: readonly string[];
  };
  readonly lineage?: { readonly tag: string };
  readonly schedule: { readonly expression: string; readonly timeZone: string };
  readonly image: { readonly reboot: 'never' | 'always'; readonly instanceTags: readonly string[] };
  readonly copies: readonly WrittenCopy[];
  readonly retention: WrittenRules;
  readonly retire: WrittenRetire;
  readonly drill?: WrittenDrill;
}

export interface WrittenCopy {
  readonly region: string;
  /** The vault that it goes into. */
  readonly account?: string;
  readonly kmsKey?: string;
  readonly encrypt?: 'always';
  readonly retention: WrittenRules;
}

type WrittenRules = Readonly<Record<string, number | { readonly days: number }>>;

interface WrittenRetire {
  readonly mode: 'plan' | 'apply';
  readonly minKeep: number;
  readonly maxPerDay: number | string;
  readonly endAfterSourceGoneDays: number | 'never';
  readonly deprecateDays: number;
  readonly disableDays: number;
}

interface WrittenAccount {
  readonly id: string;
  readonly rolePrefix: string;
  readonly vault?: boolean;
}

export interface WrittenFile {
  readonly deployment: string;
  readonly regions: readonly string[];
  readonly formerRegions: readonly string[];
  readonly policies: Readonly<Record<string, WrittenPolicy>>;
  readonly accounts?: readonly WrittenAccount[];
  readonly trustedKeys?: readonly string[];
  readonly restore?: Readonly<Record<string, WrittenMapping>>;
}

/** Where instances are, and where copies go. */
export const SOURCE_REGIONS = ['eu-central-1', 'us-east-1'] as const;
const COPY_REGIONS = ['eu-west-1', 'us-west-2'] as const;
/** The key of every policy that has one, in the region of its copies. */
export const COPY_KEY = 'alias/dr';

/** The values of the tag by which policies select: one for each of the first policies. */
const BACKUP_VALUES = ['gold', 'silver', 'bronze'] as const;

/** A policy file of one to three policies, or of as many as `most`, in one or two source regions. */
export function writePolicies(chance: Chance, deployment: string, most = 3): WrittenFile {
  const regions = chance.hits(0.3) ? [...SOURCE_REGIONS] : [SOURCE_REGIONS[0]];
  const count = chance.weighted([
    [72, 1],
    [24, 2],
    [4, 3],
  ]);
  const names = BACKUP_VALUES.slice(0, Math.min(count, most));
  const policies = Object.fromEntries(names.map((name) => [name, writePolicy(chance, name)]));
  return { deployment, regions, formerRegions: [], policies };
}

/** @param backup the value of the tag `Backup` that it selects */
function writePolicy(chance: Chance, backup: string): WrittenPolicy {
  const zone = chance.pick(['UTC', 'Europe/Berlin', 'America/New_York']);
  return {
    select: {
      tags: { Backup: backup },
      ...(chance.hits(0.3) && { exclude: { Environment: 'scratch' } }),
      ...(chance.hits(0.3) && { states: chance.pick([['running'], ['running'], ['stopped'], ['running', 'stopped']]) }),
    },
    ...(chance.hits(0.4) && { lineage: { tag: 'Role' } }),
    schedule: writeSchedule(chance, zone),
    image: { reboot: chance.hits(0.1) ? 'always' : 'never', instanceTags: ['Owner'] },
    copies: chance.hits(0.6) ? writeCopies(chance, zone) : [],
    retention: writeRules(chance, zone),
    retire: writeRetire(chance),
  };
}

function writeSchedule(chance: Chance, timeZone: string): WrittenPolicy['schedule'] {
  const hour = chance.below(24);
  const expression = chance.weighted([
    [36, `cron(${chance.pick([0, 15, 30])} ${hour} * * ? *)`],
    [4, 'rate(12 hours)'],
    [1, 'rate(8 hours)'],
    [59, `cron(0 ${hour} ? * ${chance.pick(['SUN,WED', 'MON,WED,FRI', 'TUE,SAT'])} *)`],
  ]);
  return { expression, timeZone };
}

function writeCopies(chance: Chance, zone: string): WrittenCopy[] {
  const regions = chance.hits(0.2) ? COPY_REGIONS : [chance.pick(COPY_REGIONS)];
  return regions.map((region) => ({
    region,
    ...(chance.hits(0.3) ? { kmsKey: COPY_KEY } : chance.hits(0.3) && { encrypt: 'always' }),
    retention: writeRules(chance, zone),
  }));
}

/** Small numbers: the sooner images expire, the more is decided. */
export function writeRules(chance: Chance, zone: string): WrittenRules {
  const rules = {
    ...(chance.hits(0.5) && { keepLast: chance.from(1, 4) }),
    ...(chance.hits(0.6) && { keepDaily: chance.from(1, 6) }),
    ...(chance.hits(0.3) && { keepWeekly: chance.from(1, 3) }),
    ...(chance.hits(0.15) && { keepMonthly: chance.from(1, 2) }),
    ...(chance.hits(0.1) && { keepHourly: chance.from(1, 8) }),
    // Borders of a span are a subject of their own where days are not all of one length.
    ...(zone === 'UTC' && chance.hits(0.2) && { keepWithin: { days: chance.from(1, 5) } }),
  };
  return Object.keys(rules).length > 0 ? rules : { keepLast: 2 };
}

function writeRetire(chance: Chance): WrittenRetire {
  return {
    mode: chance.hits(0.93) ? 'apply' : 'plan',
    minKeep: chance.weighted([
      [60, 1],
      [25, 2],
      [15, 3],
    ]),
    maxPerDay: chance.weighted<number | string>([
      [30, '20%'],
      [30, '100%'],
      [20, chance.from(1, 4)],
      [20, chance.from(5, 20)],
    ]),
    endAfterSourceGoneDays: chance.hits(0.75) ? 'never' : chance.from(3, 20),
    deprecateDays: chance.hits(0.6) ? 0 : chance.from(1, 4),
    disableDays: chance.hits(0.6) ? 0 : chance.from(1, 4),
  };
}

/** A policy file as people have changed it, and how. */
export interface ChangedFile {
  readonly file: WrittenFile;
  readonly text: string;
}

/** What people do to a policy file in the course of time. */
export function changePolicies(chance: Chance, file: WrittenFile): ChangedFile {
  const names = Object.keys(file.policies);
  const name = chance.pick(names);
  const policy = file.policies[name];
  if (!policy) return { file, text: 'nothing' };
  const replaced = (change: Partial<WrittenPolicy>) => ({
    ...file,
    policies: { ...file.policies, [name]: { ...policy, ...change } },
  });
  const without = Object.fromEntries(Object.entries(file.policies).filter(([other]) => other !== name));
  const zone = policy.schedule.timeZone;
  const change = chance.below(8);
  if (change === 0)
    return { file: replaced({ retention: writeRules(chance, zone) }), text: `${name}: other keep rules` };
  if (change === 1) return { file: replaced({ retire: writeRetire(chance) }), text: `${name}: retires otherwise` };
  if (change === 2) {
    return { file: replaced({ copies: writeCopies(chance, zone) }), text: `${name}: copies otherwise` };
  }
  if (change === 3) return { file: replaced({ copies: [] }), text: `${name}: no copies any more` };
  if (change === 4) {
    const renamed = `${name}-renamed`;
    return { file: { ...file, policies: { ...without, [renamed]: policy } }, text: `${name} is ${renamed} now` };
  }
  if (change === 5 && names.length > 1) return { file: { ...file, policies: without }, text: `${name} is dropped` };
  if (change === 6 && file.regions.length > 1) {
    const [first = SOURCE_REGIONS[0], ...former] = file.regions;
    return { file: { ...file, regions: [first], formerRegions: former }, text: `no instances in ${former} any more` };
  }
  const free = BACKUP_VALUES.find(
    (value) => !Object.values(file.policies).some(({ select }) => select.tags.Backup === value),
  );
  if (free === undefined || names.includes(free)) {
    return { file: replaced({ schedule: writeSchedule(chance, zone) }), text: `${name}: another schedule` };
  }
  return {
    file: { ...file, policies: { ...file.policies, [free]: writePolicy(chance, free) } },
    text: `${free} is new`,
  };
}

/** Copy regions that a file named before and does not any more: their images have to be visited all the same. */
export function keepingRegions(file: WrittenFile, before: WrittenFile): WrittenFile {
  const regionsOf = ({ regions, formerRegions, policies }: WrittenFile) => [
    ...regions,
    ...formerRegions,
    ...Object.values(policies).flatMap(({ copies }) => copies.map(({ region }) => region)),
  ];
  const named = new Set([
    ...file.regions,
    ...Object.values(file.policies).flatMap(({ copies }) => copies.map(({ region }) => region)),
  ]);
  const former = new Set([...regionsOf(before), ...file.formerRegions].filter((region) => !named.has(region)));
  return { ...file, formerRegions: [...former].sort() };
}

/** @throws Error where the parser does not take what a trial wrote */
export function parseWritten(file: WrittenFile): PolicyFile {
  const parsed = parsePolicyFile(JSON.stringify(file), 'trial.json');
  if (parsed.ok) return parsed.file;
  throw new Error(parsed.problems.map(({ path, message }) => `${path} ${message}`).join('\n'));
}
