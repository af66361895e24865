import type { Tag } from '@aws-sdk/client-ec2';
import { DAY, formatInstant, HOUR } from '../../lib/model/time.ts';
import { sealed } from '../../lib/tagging/seal.ts';
import type { Chance } from './chance.ts';
import type { Company, Named } from './company.ts';
import { aSignature } from './tagger.ts';

/** Something that tags can be written on, with those that it has. */
export interface Tagged extends Named {
  readonly tags: Readonly<Record<string, string>>;
}

export interface DrillTaggerPorts {
  readonly company: Company;
  readonly chance: Chance;
  readonly now: number;
  readonly deployment: string;
  /** Images that the deployment made. */
  readonly images: readonly Tagged[];
  /** What production has: instances, with their volumes, interfaces, subnets and groups. */
  readonly production: readonly Tagged[];
  /** What drills have, or had until lately. */
  readonly drills: readonly Tagged[];
}

/** The tags that an attack writes, and on what; nothing where there is no occasion for it. */
type Attack = (
  ports: DrillTaggerPorts,
) => readonly [victim: Tagged, tags: Readonly<Record<string, string>>] | undefined;

const VERDICTS = ['amikeep:passed', 'amikeep:drilled'] as const;
const RECIPE = ['amikeep:shape', 'amikeep:address'] as const;

/** What whoever may only tag can try with the words of drills, and how often each is tried compared with the others. */
const ATTACKS: readonly (readonly [weight: number, name: string, attack: Attack])[] = [
  [
    3,
    'forges a pass',
    ({ images, production, drills, now, chance }) => {
      const machine = [...drills, ...production].find(({ id }) => id.startsWith('i-'))?.id ?? 'i-0123456789abcdef0';
      const said = `${formatInstant(now - chance.below(3) * HOUR)} status 150s t3.medium ${machine}`;
      return on(images, chance, { 'amikeep:passed': sealed(said, aSignature(chance)) });
    },
  ],
  [
    2,
    'forges that a drill told nothing, of days to come',
    ({ images, now, chance }) => {
      const said = `${formatInstant(now + 9 * DAY)} inconclusive 0 - nothing to be seen here`;
      return on(images, chance, { 'amikeep:drilled': sealed(said, aSignature(chance)) });
    },
  ],
  [
    4,
    "copies another image's verdict, its seal too",
    (ports) => copied(ports.images, ports.images, VERDICTS, ports.chance),
  ],
  [
    3,
    'writes a recipe of a type that costs a fortune, and of the profile of administrators',
    ({ images, chance }) => {
      return on(images, chance, {
        'amikeep:shape':
          'p5.48xlarge az=euc1-az1 subnet=subnet-0123456789abcdef0 sg=sg-0123456789abcdef0 profile=admin',
      });
    },
  ],
  [2, "writes another image's recipe over one", (ports) => copied(ports.images, ports.images, RECIPE, ports.chance)],
  [
    4,
    'says that production is a drill',
    ({ production, deployment, images, now, chance }) => {
      const image = images[0]?.id ?? 'ami-0123456789abcdef0';
      const said = `${image} ${formatInstant(now - 5 * HOUR)} status 20m`;
      return on(production, chance, {
        'amikeep:deployment': deployment,
        'amikeep:drill': sealed(said, aSignature(chance)),
      });
    },
  ],
  [
    4,
    "copies a drill's tags to production, their seal too",
    (ports) => copied(ports.production, ports.drills, ['amikeep:deployment', 'amikeep:drill'], ports.chance),
  ],
  [
    3,
    'says that production is a network of drills',
    ({ production, deployment, chance }) => {
      const networks = production.filter(({ id }) => id.startsWith('subnet-') || id.startsWith('sg-'));
      return on(networks, chance, { 'amikeep:drill-network': deployment });
    },
  ],
];

/** Lets somebody who may only tag do harm by drills; gives what was done, in words. */
export async function attackDrills(ports: DrillTaggerPorts): Promise<string | undefined> {
  const [, name, attack] = ports.chance.weighted(ATTACKS.map((one) => [one[0], one] as const));
  const found = attack(ports);
  if (!found) return undefined;
  const [{ region, id }, tags] = found;
  await ports.company.tag(region, id, tags);
  return `a tagger ${name}: ${id}`;
}

function on(victims: readonly Tagged[], chance: Chance, tags: Readonly<Record<string, string>>): ReturnType<Attack> {
  return victims.length === 0 ? undefined : [chance.pick(victims), tags];
}

/** Those of some keys that one of others bears. */
function copied(
  victims: readonly Tagged[],
  others: readonly Tagged[],
  keys: readonly string[],
  chance: Chance,
): ReturnType<Attack> {
  const having = others.filter(({ tags }) => keys.some((key) => tags[key] !== undefined));
  if (having.length === 0 || victims.length === 0) return undefined;
  const victim = chance.pick(victims);
  const { tags } = chance.pick(having);
  const found = keys.flatMap((key): [string, string][] => (tags[key] === undefined ? [] : [[key, tags[key]]]));
  return [victim, Object.fromEntries(found)];
}

/** Tags as EC2 lists them, by their keys. */
export function byKey(tags: readonly Tag[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
