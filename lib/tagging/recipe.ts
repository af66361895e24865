import { isIPv4, isIPv6 } from 'node:net';
import type { LaunchSettings } from '../model/launch-settings.ts';
import type { Recipe } from '../model/resources.ts';
import { keysOfTable } from '../model/table.ts';
import { LONGEST_VALUE } from './text.ts';

/**
 * What an instance was, in two tags on its images: `amikeep:shape`, what it is made of, and `amikeep:address`, where it
 * was found. EC2 tells of a terminated instance for an hour at most, so it is written while the instance lives.
 *
 * A text is words in a fixed order, `m7g.large az=euc1-az2 subnet=subnet-0a1b`. What does not fit into a tag is left out by
 * whole words, and the text ends in `+`. Words of a later version are skipped.
 */

interface Word<T> {
  /** What stands before `=`; of the first word of each text, nothing. */
  readonly name: string;
  readonly tag: 'shape' | 'address';
  readonly write: (value: T) => string;
  /** Undefined for a text that says nothing. */
  readonly read: (text: string) => T | undefined;
}

type Words = { readonly [K in keyof Required<LaunchSettings>]: Word<NonNullable<LaunchSettings[K]>> };

const shape = { tag: 'shape' } as const;
const address = { tag: 'address' } as const;
/** A text of one form. What nothing proves is read as well, and ends up in calls and on terminals: no other form gets in. */
function like(form: (text: string) => boolean) {
  return {
    write: (value: string) => value.toWellFormed().replace(/[^!-~]|[%,+]/gu, encodeURIComponent),
    read: (written: string) => {
      const text = decoded(written);
      return text !== undefined && form(text) ? text : undefined;
    },
  };
}

function listOf(one: ReturnType<typeof like>) {
  return {
    write: (values: readonly string[]) => values.map(one.write).join(','),
    read: (written: string) => {
      const values = written.split(',').map(one.read);
      return values.every((value) => value !== undefined) ? values : undefined;
    },
  };
}

const matching = (form: RegExp) => like((text) => form.test(text));
const typeName = matching(/^[a-z0-9-]+\.[a-z0-9-]+$/);
const zone = matching(/^[a-z0-9-]+$/);
const id = (prefix: string) => matching(new RegExp(`^${prefix}-[0-9a-f]+$`));
/** What IAM takes. */
const profileName = matching(/^[\w+=,.@-]{1,128}$/);
/** Names of keys and placement groups may hold a blank, and no control characters. */
const freeName = matching(/^[^\p{C}]{1,255}$/u);
const ipv4 = like(isIPv4);
const ipv6 = like(isIPv6);
const count = {
  write: String,
  read: (written: string) => (/^[1-9]\d{0,4}$/.test(written) ? Number(written) : undefined),
};
const flag = { write: () => 'on', read: (written: string) => (written === 'on' ? (true as const) : undefined) };

function oneOf<const T extends string>(...known: readonly T[]) {
  return { write: (value: T): string => value, read: (written: string) => known.find((value) => value === written) };
}

/** The words in their order. */
const WORDS: Words = {
  type: { name: '', ...shape, ...typeName },
  zoneId: { name: 'az', ...shape, ...zone },
  subnet: { name: 'subnet', ...shape, ...id('subnet') },
  vpc: { name: 'vpc', ...shape, ...id('vpc') },
  groups: { name: 'sg', ...shape, ...listOf(id('sg')) },
  profile: { name: 'profile', ...shape, ...profileName },
  key: { name: 'key', ...shape, ...freeName },
  imds: { name: 'imds', ...shape, ...oneOf('required', 'optional', 'off') },
  hops: { name: 'hops', ...shape, ...count },
  tenancy: { name: 'tenancy', ...shape, ...oneOf('dedicated', 'host') },
  placementGroup: { name: 'group', ...shape, ...freeName },
  ebsOptimized: { name: 'ebs-optimized', ...shape, ...flag },
  monitoring: { name: 'monitoring', ...shape, ...flag },
  hibernation: { name: 'hibernation', ...shape, ...flag },
  enclave: { name: 'enclave', ...shape, ...flag },
  lifecycle: { name: 'lifecycle', ...shape, ...oneOf('spot', 'scheduled', 'capacity-block') },
  metadataTags: { name: 'imds-tags', ...shape, ...flag },
  host: { name: 'host', ...shape, ...id('h') },
  privateAddress: { name: '', ...address, ...ipv4 },
  publicAddress: { name: 'public', ...address, ...ipv4 },
  elasticAddress: { name: 'elastic', ...address, ...ipv4 },
  ipv6Addresses: { name: 'ipv6', ...address, ...listOf(ipv6) },
  interfaces: { name: 'enis', ...address, ...count },
  forwards: { name: 'forwards', ...address, ...flag },
};

const CUT = '+';

/** The texts of a recipe; of settings that say nothing for one of them, it is absent. */
export function writeRecipe(settings: LaunchSettings): Recipe {
  return { ...textOf('shape', settings), ...textOf('address', settings) };
}

function textOf(tag: 'shape' | 'address', settings: LaunchSettings): Recipe {
  const words = keysOfTable(WORDS).flatMap((key) => (WORDS[key].tag === tag ? wordOf(key, settings) : []));
  if (words.length === 0) return {};
  const whole = words.join(' ');
  if (whole.length <= LONGEST_VALUE) return { [tag]: whole };
  let cut = '';
  for (const word of words) {
    if (cut.length + word.length + ` ${CUT}`.length <= LONGEST_VALUE) cut += `${word} `;
  }
  return { [tag]: cut + CUT };
}

function wordOf<K extends keyof LaunchSettings>(key: K, settings: Pick<LaunchSettings, K>): string[] {
  const { name, write }: Word<NonNullable<LaunchSettings[K]>> = WORDS[key];
  const value = settings[key];
  if (value === undefined || value === null) return [];
  return [name === '' ? write(value) : `${name}=${write(value)}`];
}

/** What a recipe says. */
export interface ReadRecipe {
  readonly settings: LaunchSettings;
  /** Which of the two texts had no room for all that there was to say. */
  readonly cut: readonly ('shape' | 'address')[];
}

export const readRecipe: (recipe: Recipe) => ReadRecipe = (recipe) => {
  let settings: LaunchSettings = {};
  const cut: ('shape' | 'address')[] = [];
  for (const tag of ['shape', 'address'] as const) {
    const written = (recipe[tag] ?? '').split(' ');
    const words = written.filter((word) => word !== CUT && word !== '');
    if (words.length < written.length && written.at(-1) === CUT) cut.push(tag);
    // Of two words of one name the first counts.
    const said = new Map(words.reverse().map((word) => [word.slice(0, Math.max(0, word.indexOf('='))), word] as const));
    for (const key of keysOfTable(WORDS)) {
      const { name, tag: of, read } = WORDS[key];
      const word = of === tag ? said.get(name) : undefined;
      const value = word === undefined ? undefined : read(name === '' ? word : word.slice(name.length + 1));
      if (value !== undefined) settings = { ...settings, [key]: value };
    }
  }
  return { settings, cut };
};

function decoded(written: string): string | undefined {
  if (written === '') return undefined;
  try {
    return decodeURIComponent(written);
  } catch {
    return undefined;
  }
}
