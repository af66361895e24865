import type { KeepCounts } from '../../recount/keep.ts';

/** What a deployment's policies promise; a policy file has this shape. */
export interface Promised {
  readonly deployment: string;
  readonly regions: readonly string[];
  readonly policies: readonly PromisedPolicy[];
  /** Accounts other than the deployment's own. */
  readonly accounts?: readonly { readonly id: string; readonly vault?: boolean }[];
  /** By region: what stands in there for what a server had elsewhere. */
  readonly restore?: Readonly<Record<string, object>>;
}

export interface PromisedPolicy {
  readonly name: string;
  readonly select: {
    readonly tags: Readonly<Record<string, readonly string[]>>;
    readonly exclude: Readonly<Record<string, readonly string[]>>;
    readonly states: readonly string[];
  };
  readonly lineageTag?: string;
  readonly schedule: { readonly timeZone: string };
  readonly image: { readonly reboot: 'never' | 'always' };
  readonly retention: KeepCounts;
  readonly copies: readonly PromisedCopy[];
  readonly retire: PromisedRetirement;
  readonly drill?: PromisedDrill;
}

/** How images of a policy are started to see whether they come up. */
export interface PromisedDrill {
  readonly every: { readonly days: number };
  readonly regions: readonly string[];
  readonly check: 'status' | 'console' | 'command';
  readonly console?: string;
  readonly document?: string;
  readonly instanceType: 'same' | readonly string[];
  readonly leaseMinutes: number;
  readonly network: Readonly<Record<string, PromisedNetwork>>;
}

/** What people have set apart for drills in a region. */
export interface PromisedNetwork {
  readonly subnets: readonly string[];
  readonly securityGroup: string;
}

export interface PromisedCopy {
  readonly region: string;
  /** The vault that it goes into. */
  readonly account?: string;
  readonly encrypt: 'always' | 'as-source';
  readonly kmsKey?: string;
  readonly retention: KeepCounts;
}

export interface PromisedRetirement {
  readonly mode: 'plan' | 'apply';
  readonly minKeep: number;
  readonly maxPerDay: { readonly count: number } | { readonly percent: number };
  readonly endAfterSourceGoneDays: number | 'never';
  readonly deprecateDays?: number;
  readonly disableDays?: number;
}

/** What an event asks for, as far as it matters to whoever looks on. */
export interface AskedFor {
  readonly action: string;
  readonly policy?: string;
  readonly mode: 'plan' | 'apply';
  readonly target?: { readonly account?: string; readonly region?: string };
  readonly instances?: readonly string[];
  /** Of an event that tells of images: these alone. */
  readonly images?: readonly string[];
  /** Of what is to be adopted: the tags that it has. */
  readonly filter?: Readonly<Record<string, string>>;
  /** Whether what has no seal that holds is to get one. */
  readonly unsealed?: boolean;
  /** What a person wants back, by a command that is tried as often as they like. */
  readonly restore?: RestoreAsked;
  /** How often it was sent on already. */
  readonly continuation?: number;
  /** Of drills: whether those that are there are looked after, and none is started. */
  readonly sweep?: boolean;
}

/** A restore as it was asked for. */
export interface RestoreAsked {
  /** The same for each try. */
  readonly asked: string;
  /** The instance that is wanted back, or of which something is. */
  readonly of: string;
  readonly what: { readonly kind: 'machine' | 'root' | 'volume'; readonly attach?: string };
  readonly takeOver: boolean;
}

/** A slot, and when the next one is due. */
export interface SlotWindow {
  readonly slot: number;
  readonly until: number;
}

/** A run, as far as the world knows of it. */
export interface BegunRun {
  /** What it calls itself in its calls. */
  readonly caller: string;
  readonly deployment: string;
  /** The one that its functions are in. */
  readonly account: string;
  readonly event: AskedFor;
  readonly promised: Promised;
  readonly window: SlotWindow | undefined;
  /** When its function's time is as good as over: it makes no call from then on. */
  readonly stopAt: number;
  /** The event, which each of its deliveries and tries has in common. */
  readonly invokedBy: string;
  /** How often the same delivery was tried before. */
  readonly retry: number;
}

/** A promise that was broken. */
export interface Violation {
  /** `P1` to `P20`, `P23`, or `convergence`. */
  readonly promise: string;
  readonly at: number;
  readonly text: string;
  /** Ids of what it is about, for whoever looks them up. */
  readonly subjects: readonly string[];
}
