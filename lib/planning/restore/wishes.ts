import type { LaunchSettings } from '../../model/launch-settings.ts';
import type { Instance } from '../../model/resources.ts';
import { keysOfTable } from '../../model/table.ts';
import type { RestoreMapping } from '../../policy/policy.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { isHome } from './home.ts';
import { type Known, knownOf } from './known.ts';
import type { RestoreFlags, RestoreRequest } from './request.ts';

/**
 * Where a setting is from: a person's word, the living instance, the image's recipe, its other tags, which anybody may write, the
 * policy file, or EC2's own way.
 */
export type SettingSource = 'flag' | 'instance' | 'recipe' | 'image' | 'map' | 'default';

export interface Wish<T> {
  readonly value: T;
  readonly source: SettingSource;
  /** Whether nobody else can have written it. */
  readonly proven: boolean;
}

/** What a machine is to be like, before EC2 is asked whether there is such a thing. */
export interface Wishes {
  /** What was known of the old machine; undefined where nothing was. */
  readonly known: Known | undefined;
  /** In the order of preference. */
  readonly types: readonly Wish<string>[];
  readonly subnet: Wish<string> | undefined;
  readonly groups: Wish<readonly string[]> | undefined;
  /** Groups of the old machine for which nothing stands in here. */
  readonly unmappedGroups: readonly string[];
  /** What a recipe says that nothing proves, and that decides on rights and reach: it is told and not taken. */
  readonly untrusted: readonly Untrusted[];
  readonly profile: Wish<string> | undefined;
  readonly key: Wish<string> | undefined;
  readonly privateAddress: Wish<string> | undefined;
  /** Whether it gets a public address of EC2's. */
  readonly publicAddress: Wish<boolean>;
  /** The key that the volumes are to be encrypted with; absent: each as the image has it. */
  readonly kmsKey: Wish<string> | undefined;
}

/** What a person has to say where nothing proves what the recipe says of it. */
export type Untrusted = 'profile' | 'subnet' | 'groups' | 'key' | 'publicAddress';

const NO_MAPPING: RestoreMapping = { subnets: {}, securityGroups: {}, instanceTypes: [] };
const NONE = 'none';

/**
 * What is wanted: by a person's flags, else as the old machine was, in its own region as it stands, in another one by what
 * the policy file says stands in there.
 *
 * @param instance the old machine, if EC2 still tells of it
 */
export function wishesOf(
  { flags, wanted }: Pick<RestoreRequest, 'flags' | 'wanted'>,
  owned: Pick<OwnedImage, 'image' | 'stamp'>,
  instance: Instance | undefined,
  mappings: Readonly<Record<string, RestoreMapping>>,
): Wishes {
  const known = knownOf(owned.image, instance, wanted);
  const isThere = isHome(owned);
  const mapping = mappings[owned.image.region] ?? NO_MAPPING;
  const of = new OldMachine(known, isThere, mapping);
  return {
    known,
    types: flags.type === undefined ? of.types() : [byFlag(flags.type)],
    subnet: flags.subnet === undefined ? of.subnet() : byFlag(flags.subnet),
    groups: flags.groups ? byFlag(flags.groups) : of.groups(),
    unmappedGroups: flags.groups ? [] : of.unmappedGroups(),
    untrusted: untrustedOf(known, flags, isThere),
    profile: unlessNone(flags.profile, of.profile()),
    key: unlessNone(flags.key, of.key()),
    privateAddress: flags.keepAddress && isThere ? of.setting('privateAddress') : undefined,
    publicAddress: publicAddressOf(flags, of),
    kmsKey: isThere ? undefined : fromFile(mapping.kmsKey),
  };
}

/** What was known of the old machine, as it would be here. */
class OldMachine {
  readonly #known: Known | undefined;
  readonly #isHome: boolean;
  readonly #mapping: RestoreMapping;

  constructor(known: Known | undefined, isHome: boolean, mapping: RestoreMapping) {
    this.#known = known;
    this.#isHome = isHome;
    this.#mapping = mapping;
  }

  setting<K extends keyof LaunchSettings>(key: K): Wish<NonNullable<LaunchSettings[K]>> | undefined {
    const value = this.#known?.taken[key];
    return value === undefined || value === null || !this.#known ? undefined : wishOf(this.#known, value);
  }

  types(): Wish<string>[] {
    const own = this.setting('type');
    const others = this.#mapping.instanceTypes.filter((type) => type !== own?.value);
    return [...(own ? [own] : []), ...others.map((value): Wish<string> => ({ value, source: 'map', proven: true }))];
  }

  subnet(): Wish<string> | undefined {
    if (this.#isHome) return this.setting('subnet');
    const zone = this.#known?.taken.zoneId;
    return fromFile(zone === undefined ? undefined : standsIn(this.#mapping.subnets, zone));
  }

  groups(): Wish<readonly string[]> | undefined {
    if (this.#isHome) return this.setting('groups');
    const groups = this.#known?.taken.groups ?? [];
    const mapped = [...new Set(groups.flatMap((group) => standsIn(this.#mapping.securityGroups, group) ?? []))];
    return fromFile(mapped.length === 0 ? undefined : mapped);
  }

  unmappedGroups(): string[] {
    const groups = this.#isHome ? [] : (this.#known?.taken.groups ?? []);
    return groups.filter((group) => standsIn(this.#mapping.securityGroups, group) === undefined);
  }

  profile(): Wish<string> | undefined {
    return this.setting('profile');
  }

  key(): Wish<string> | undefined {
    return this.#isHome ? this.setting('key') : fromFile(this.#mapping.keyName);
  }
}

function wishOf<T>({ source, proven }: Known, value: T): Wish<T> {
  return { value, source, proven };
}

function byFlag<T>(value: T): Wish<T> {
  return { value, source: 'flag', proven: true };
}

/** What people wrote into the policy file. What it stands in for is proven, or it would not be asked for. */
function fromFile<T>(value: T | undefined): Wish<T> | undefined {
  return value === undefined ? undefined : { value, source: 'map', proven: true };
}

/** Names of a recipe may be anything, those of every object's prototype too. */
function standsIn(map: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

function unlessNone(flag: string | undefined, known: Wish<string> | undefined): Wish<string> | undefined {
  if (flag === undefined) return known;
  return flag === NONE ? undefined : byFlag(flag);
}

function untrustedOf(known: Known | undefined, flags: RestoreFlags, isHome: boolean): Untrusted[] {
  if (!known || known.proven) return [];
  const { profile, subnet, zoneId, groups, key, publicAddress } = known.settings;
  const said: Readonly<Record<Untrusted, boolean>> = {
    profile: profile !== undefined && flags.profile === undefined,
    // Elsewhere its zone stands for it, and the key pair is the policy file's.
    subnet: (isHome ? subnet : zoneId) !== undefined && flags.subnet === undefined,
    groups: groups !== undefined && flags.groups === undefined,
    key: isHome && key !== undefined && flags.key === undefined,
    publicAddress: publicAddress !== undefined && !flags.isPublic,
  };
  return keysOfTable(said).filter((one) => said[one]);
}

/** Never left to the subnet: a machine that nobody could reach from outside is not to come back reachable. */
function publicAddressOf({ isPublic }: RestoreFlags, of: OldMachine): Wish<boolean> {
  if (isPublic) return byFlag(true);
  const before = of.setting('publicAddress');
  return before ? { ...before, value: true } : { value: false, source: 'default', proven: true };
}
