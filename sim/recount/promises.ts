import type { KeepCounts } from './keep.ts';

/** What was promised, as far as the recount needs it: a policy file has this shape. */
export interface Promised {
  readonly deployment: string;
  readonly regions: readonly string[];
  readonly accounts: readonly { readonly id: string; readonly vault: boolean }[];
  readonly policies: readonly PromisedPolicy[];
}

export interface PromisedPolicy {
  readonly name: string;
  /** If present, only these of the source regions. */
  readonly regions?: readonly string[];
  readonly select: {
    readonly tags: Readonly<Record<string, readonly string[]>>;
    readonly exclude: Readonly<Record<string, readonly string[]>>;
    readonly instances?: readonly string[];
    readonly excludeInstances: readonly string[];
    readonly states: readonly string[];
  };
  readonly schedule: { readonly timeZone: string };
  readonly retention: KeepCounts;
  readonly copies: readonly { readonly region: string; readonly retention: KeepCounts }[];
  readonly drill?: {
    readonly leaseMinutes: number;
    readonly network: Readonly<Record<string, { readonly subnets: readonly string[]; readonly securityGroup: string }>>;
  };
  readonly retire: {
    readonly mode: 'plan' | 'apply';
    readonly minKeep: number;
    readonly maxPerDay: { readonly count: number } | { readonly percent: number };
  };
}

/** A row of the table that is recounted. */
export interface TableRow {
  readonly policy: string;
  readonly lineage: string;
  readonly region: string;
  readonly made: number;
  readonly retired: number;
  readonly versions: readonly { readonly imageId: string; readonly version: string; readonly code: string }[];
}

/** What became of the drills of a lineage in a region, as the table tells it. */
export interface DrillCount {
  readonly policy: string;
  readonly lineage: string;
  readonly region: string;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  /** The newest version that has passed; absent: none has. */
  readonly proven?: string;
}
