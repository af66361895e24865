import type { DrillInstance } from '../model/drills.ts';
import type { AccountId, Region, Target } from '../model/ids.ts';
import type { Reading } from '../model/reading.ts';
import type { Image, Instance, Volume } from '../model/resources.ts';
import type { Instant } from '../model/time.ts';
import type { NetworkFacts } from '../planning/drill/network.ts';
import type { InstanceProfile } from '../planning/restore/inventory.ts';
import type { PolicyFile, RestoreMapping } from '../policy/policy.ts';
import type { PersonsRole } from '../run/event.ts';
import type { Endpoint, Fact, KeyDescription, Permission, Quota } from './ports.ts';
import type { NeededRight, TriedAction } from './rights.ts';

/** What is known of an account before anything is decided on it. */
export interface Facts {
  /** The policies that are looked at, which may be one of many. */
  readonly file: PolicyFile;
  readonly capacity: Capacity;
  readonly at: Instant;
  /** Every region that the policies name: whether the account is in it, undefined where there is no such region. */
  readonly regions: Fact<ReadonlyMap<Region, boolean | undefined>>;
  readonly keys: readonly KeyFact[];
  /** The public half of the key that seals, in Base64; undefined where there is no such key. */
  readonly sealKey: Fact<string | undefined>;
  readonly permissions: readonly PermissionFact[];
  /** The roles of member accounts. */
  readonly entrances: readonly EntranceFact[];
  readonly quotas: readonly QuotaFact[];
  /** All instances of each source region that could be asked, in the account that amikeep runs in. */
  readonly instances: ReadonlyMap<Region, Reading<readonly Instance[]>>;
  /** The instances of the other source accounts, in the same regions. */
  readonly membersInstances: readonly Reading<readonly Instance[]>[];
  /** The volumes that images are to be made of, in every account and region that could be asked. */
  readonly volumes: readonly Reading<readonly Volume[]>[];
  /** Of each region of the policy file's `restore` that could be asked. */
  readonly restores: readonly RestoreFact[];
  /** Of each region in which policies drill and that could be asked. */
  readonly drills: readonly DrillFact[];
  /** The profile by which drills answer commands, if it is there; absent where no policy checks by one. */
  readonly drillProfile?: Reading<InstanceProfile | undefined>;
  /** What was launched as a drill and is there, in each region that could be asked, whether or not policies drill there. */
  readonly drillsThere: ReadonlyMap<Region, Reading<readonly DrillInstance[]>>;
  /** All images that the account owns, anybody's, in each region that could be asked. */
  readonly images: ReadonlyMap<Region, Reading<readonly Image[]>>;
}

/** What drills rest on in a region. */
export interface DrillFact extends Target {
  /** Those that policies name there. */
  readonly networks: Reading<NetworkFacts>;
  /** Of the types that policies name, or that servers are of, those that the region has. */
  readonly types: Reading<ReadonlyMap<string, { readonly vcpus: number }>>;
  /** How many vCPUs of the standard families the account may run there. */
  readonly vcpus: Reading<number | undefined>;
  /** By the policy whose images are there, what the servers were of that these are of. */
  readonly recipeTypes: ReadonlyMap<string, readonly string[]>;
  /** Of the VPCs of the networks; absent where no policy checks by a command there. */
  readonly endpoints?: Fact<readonly Endpoint[]>;
}

/** The keys of an entry of `restore` that name what has to be there. */
export type StandIn = Exclude<keyof RestoreMapping, 'kmsKey'>;

/** What a restore takes in a region, in the account that amikeep runs in. */
export interface RestoreFact extends Target {
  /** Of what each key names, those that are there. */
  readonly there: Readonly<Record<StandIn, Reading<ReadonlySet<string>>>>;
}

/** What the environment lets the functions take of AWS. */
export interface Capacity {
  /** How many copies amikeep keeps in flight in one DR region. */
  readonly maxCopiesInFlight: number;
  /** How much of EC2's call rates it uses, in (0, 1]. */
  readonly rateShare: number;
}

export interface EntranceFact {
  readonly account: AccountId;
  readonly role: PersonsRole;
  readonly permission: Permission;
}

export interface KeyFact {
  readonly region: Region;
  /** As the policy file names it. */
  readonly name: string;
  readonly key: Fact<KeyDescription | undefined>;
}

export interface PermissionFact {
  readonly action: TriedAction;
  readonly region: Region;
  readonly right: NeededRight;
  /** `untried` where there is nothing to try it on. */
  readonly permission: Permission | { readonly kind: 'untried' };
}

export interface QuotaFact {
  readonly region: Region;
  readonly quota: Quota;
  readonly value: Fact<number>;
}
