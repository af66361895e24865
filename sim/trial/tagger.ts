import type { Image, Tag } from '@aws-sdk/client-ec2';
import { DAY, formatInstant } from '../../lib/model/time.ts';
import { sealed, withListed } from '../../lib/tagging/seal.ts';
import { versionOf } from '../../lib/tagging/version.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Chance } from './chance.ts';
import type { Company } from './company.ts';

export interface TaggerPorts {
  readonly company: Company;
  readonly sandbox: Sandbox;
  readonly account: string;
  /** An account that would like to see images of this one. */
  readonly neighbour: string;
  readonly chance: Chance;
  readonly now: number;
}

/** Something that tags can be written on, with those that it has. */
interface Victim {
  readonly region: string;
  readonly id: string;
  /** Whether it bears the tag of a deployment. */
  readonly isStamped: boolean;
  readonly tags: () => Readonly<Record<string, string>>;
}

/** The tags that an attack writes on a victim; `others` are of the same kind, whose tags are there to be copied. */
type Attack = (victim: Victim, others: readonly Victim[], ports: TaggerPorts) => Readonly<Record<string, string>>;

const OURS = 'amikeep:deployment';

/** The tags of a stamp of which another image's value can be read as well. */
const COPIED = [
  'amikeep:policy',
  'amikeep:lineage',
  'amikeep:home',
  'amikeep:source-account',
  'amikeep:source-region',
  'amikeep:source-instance',
  'amikeep:keep',
  'amikeep:retire-rules',
  'amikeep:seal',
] as const;

/** What whoever may only tag can write on images and snapshots, and how often each is tried compared with the others. */
const ATTACKS: readonly (readonly [weight: number, name: string, attack: Attack])[] = [
  [
    6,
    'forges a mark of days ago',
    ({ id }, _others, { now, chance }) => {
      const said = `${formatInstant(now - chance.from(1, 9) * DAY)} no keep rule wants it`;
      return { 'amikeep:retire': sealed(withListed(said, [id]), aSignature(chance)) };
    },
  ],
  [4, "copies another one's mark", (_victim, others, { chance }) => copied(others, ['amikeep:retire'], chance)],
  [
    4,
    'says that its lineage has ended',
    (_victim, _others, { now, chance }) => ({
      'amikeep:ended': sealed(`${formatInstant(now - 9 * DAY)} by hand`, aSignature(chance)),
      'amikeep:no-instances': sealed(formatInstant(now), aSignature(chance)),
    }),
  ],
  [
    4,
    'says that it was shared before it was disabled, and is lent',
    (_victim, _others, { now, neighbour, chance }) => ({
      'amikeep:disabled': `${formatInstant(now - 9 * DAY)} shared=1`,
      'amikeep:shared:1': neighbour,
      [`amikeep:lent:${neighbour}`]: sealed(formatInstant(now - DAY), aSignature(chance)),
    }),
  ],
  [
    3,
    'says that its copies have been tried in vain',
    () => ({ 'amikeep:copy-attempts:eu-west-1': '99 no key', 'amikeep:copy-attempts:us-west-2': '99 no key' }),
  ],
  [
    3,
    "writes another one's value over one",
    (_victim, others, { chance }) => copied(others, [chance.pick(COPIED)], chance),
  ],
  [
    2,
    'copies the whole stamp of another one, its seal too',
    (_victim, others, { chance }) => {
      return stampOf(chance.pick(others));
    },
  ],
  [
    2,
    'says that it is adopted, and of years to come',
    ({ id }, others, { chance }) => {
      const from = chance.pick(others);
      const slot = Date.UTC(2099, 0, 1);
      return {
        ...stampOf(from),
        'amikeep:adopted': id,
        'amikeep:slot': formatInstant(slot),
        'amikeep:version': versionOf(slot),
      };
    },
  ],
];

/** Lets somebody who may only tag do harm, if there is anything to do it to; gives what was done, in words. */
export async function attack(ports: TaggerPorts): Promise<string | undefined> {
  const { company, chance } = ports;
  const victims = chance.hits(0.3) ? snapshots(ports) : images(ports);
  const others = victims.filter(({ isStamped }) => isStamped);
  if (others.length === 0) return undefined;
  const victim = chance.pick(victims);
  const [, name, write] = chance.weighted(ATTACKS.map((one) => [one[0], one] as const));
  const tags = write(victim, others, ports);
  if (Object.keys(tags).length === 0) return undefined;
  await company.tag(victim.region, victim.id, tags);
  return `a tagger ${name}: ${victim.id}`;
}

/** The account's images, those of other makes too. */
function images({ sandbox, account }: TaggerPorts): Victim[] {
  return sandbox.ec2.inspect.images({ account }).flatMap(({ region, image }) => victimOf(region, image.ImageId, image));
}

/** Its snapshots, of which some are of images that are gone. */
function snapshots({ sandbox, account }: TaggerPorts): Victim[] {
  return sandbox.ec2.inspect
    .snapshots({ account })
    .flatMap(({ region, snapshot }) => victimOf(region, snapshot.SnapshotId, snapshot));
}

function victimOf(region: string, id: string | undefined, { Tags = [] }: Pick<Image, 'Tags'>): Victim[] {
  if (id === undefined) return [];
  return [{ region, id, isStamped: Tags.some(({ Key }) => Key === OURS), tags: () => recordOf(Tags) }];
}

function recordOf(tags: readonly Tag[]): Readonly<Record<string, string>> {
  return Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** All tags of amikeep's. */
function stampOf({ tags }: Victim): Record<string, string> {
  return Object.fromEntries(Object.entries(tags()).filter(([key]) => key.startsWith('amikeep:')));
}

/** The values of some keys, as one of the others has them. */
function copied(others: readonly Victim[], keys: readonly string[], chance: Chance): Record<string, string> {
  const having = others.map(({ tags }) => tags()).filter((tags) => keys.every((key) => tags[key] !== undefined));
  if (having.length === 0) return {};
  const tags = chance.pick(having);
  return Object.fromEntries(keys.map((key) => [key, tags[key] ?? '']));
}

/** Of the form of a signature, which is all that somebody without the key can make. */
export function aSignature(chance: Chance): string {
  const bytes = Uint8Array.from({ length: 64 }, () => chance.below(256));
  return Buffer.from(bytes).toString('base64url');
}
