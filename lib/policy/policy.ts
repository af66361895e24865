import type { AccountId, InstanceId, Region } from '../model/ids.ts';
import type { KeepRules } from '../model/keep-rules.ts';
import type { RetireRules } from '../model/retire-rules.ts';
import type { Rung } from '../model/rungs.ts';

/** What the user wrote, checked and with every default filled in. */
export interface PolicyFile {
  readonly deployment: string;
  /** The source regions: where instances are looked for. */
  readonly regions: readonly Region[];
  /** Regions that no policy names any more but that still hold images: the retire sweep goes on visiting them. */
  readonly formerRegions: readonly Region[];
  /** Public halves of keys whose seals are believed beside those of the deployment's own key: DER, SPKI, Base64. */
  readonly trustedKeys: readonly string[];
  /** The accounts beside the one that amikeep runs in, each entered by roles of its own. */
  readonly accounts: readonly MemberAccount[];
  /** Accounts whose keys volumes may be encrypted with, beside the account of the volume itself. */
  readonly keyAccounts: readonly AccountId[];
  /** By region: what stands in there for what a server had elsewhere. */
  readonly restore: Readonly<Record<string, RestoreMapping>>;
  /** In the order of the file. */
  readonly policies: readonly Policy[];
}

/** What a restore takes in a region in the place of what a server had elsewhere. */
export interface RestoreMapping {
  /** By the id of the zone that it was in. */
  readonly subnets: Readonly<Record<string, string>>;
  /** By the group that it was in. */
  readonly securityGroups: Readonly<Record<string, string>>;
  readonly keyName?: string;
  /** An id, an alias or an ARN. */
  readonly kmsKey?: string;
  /** Where its own type is not offered; the preferred first. */
  readonly instanceTypes: readonly string[];
}

export interface MemberAccount {
  readonly id: AccountId;
  /** The roles there are `<rolePrefix>-snapshot`, `<rolePrefix>-copy` and so on, one for each function. */
  readonly rolePrefix: string;
  /** What the roles ask for of whoever assumes them. It is not to be logged. */
  readonly externalId?: string;
  /** A vault takes copies and is no source; any other account is a source in all of the file's regions. */
  readonly vault: boolean;
}

export interface Policy {
  readonly name: string;
  /** Of one that is not, neither schedule nor sweep makes images; copies and retirement of those that are there go on. */
  readonly enabled: boolean;
  /** If present, only these of the file's source regions. */
  readonly regions?: readonly Region[];
  /** If present, only instances of these accounts; the one that amikeep runs in has to be named as well then. */
  readonly accounts?: readonly AccountId[];
  readonly select: Selector;
  /** The tag whose value continues a lineage when an instance is replaced; absent: each instance is its own. */
  readonly lineageTag?: string;
  readonly schedule: Schedule;
  readonly image: ImageSettings;
  readonly copies: readonly CopySettings[];
  readonly retention: KeepRules;
  readonly retire: RetireSettings;
  /** How its images are proven; absent: nobody starts them. */
  readonly drill?: DrillSettings;
}

export interface DrillSettings {
  /** How old the newest pass of a lineage in a region may be before it is drilled again. */
  readonly every: { readonly days: number };
  /** Source regions of the policy, and regions of its copies. */
  readonly regions: readonly Region[];
  readonly check: Rung;
  /** A regular expression for a line of the serial console; of the check `console` alone. */
  readonly console?: string;
  /** The name of an SSM document; of the check `command` alone. */
  readonly document?: string;
  /** The server's own type, or types in the order in which they are tried. */
  readonly instanceType: 'same' | readonly string[];
  readonly leaseMinutes: number;
  /** How many of the policy's drills run at a time in a region. */
  readonly atMost: number;
  /** An alarm rings when the newest pass of a lineage is older. */
  readonly maxAgeDays: number;
  /** By region, or by `<account>/<region>` where the accounts have networks of their own: where drills are launched. */
  readonly network: Readonly<Record<string, DrillNetwork>>;
}

export interface DrillNetwork {
  /** Each of a zone of its own, the preferred first. */
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

/** Patterns for one tag each; `*` stands for any text, everything else for itself. Any of a tag's patterns may match. */
export type TagPatterns = Readonly<Record<string, readonly string[]>>;

export const SELECTABLE_STATES = ['running', 'stopping', 'stopped'] as const;
export type SelectableState = (typeof SELECTABLE_STATES)[number];

export interface Selector {
  /** All of these tags must match. */
  readonly tags: TagPatterns;
  /** Any of these tags, matching, excludes. */
  readonly exclude: TagPatterns;
  /** If present, only these instances. */
  readonly instances?: readonly InstanceId[];
  readonly excludeInstances: readonly InstanceId[];
  readonly states: readonly SelectableState[];
}

export interface Schedule {
  /** At least one, each in AWS's own form: `cron(0 4 * * ? *)` or `rate(6 hours)`. A slot is a moment of any of them. */
  readonly expressions: readonly string[];
  /** An IANA time zone: that of all expressions, and of the keep rules' days. */
  readonly timeZone: string;
  /** Within how many minutes of a slot its images may be begun; they stand for the slot all the same. */
  readonly flexibleWindowMinutes?: number;
}

export interface ImageSettings {
  /** `always` makes file systems consistent and stops the instance for it; `never` gives crash-consistent images. */
  readonly reboot: 'never' | 'always';
  /** Written on every image and snapshot of the policy. */
  readonly tags: Readonly<Record<string, string>>;
  /** The keys of instance tags that its images and snapshots inherit. */
  readonly instanceTags: readonly string[];
  /** Devices, such as `/dev/sdf`, that images leave out. */
  readonly excludeDevices: readonly string[];
  /** Volumes with any of these tags are left out of images. */
  readonly excludeVolumes: TagPatterns;
}

export interface CopySettings {
  readonly region: Region;
  /** The vault that the copy goes into; absent: the copy stays in the account of its image. */
  readonly account?: AccountId;
  /** `always` encrypts what the source left unencrypted; `as-source` keeps each snapshot as it is. */
  readonly encrypt: 'always' | 'as-source';
  /** The key in the copy's region: an id, an ARN or an alias. With a key, every snapshot of the copy is encrypted. */
  readonly kmsKey?: string;
  readonly retention: KeepRules;
}

export interface RetireSettings extends RetireRules {
  /** How many images of the policy may be marked in one region within 24 hours. */
  readonly maxPerDay: DailyCap;
}

export type DailyCap = { readonly count: number } | { readonly percent: number };
