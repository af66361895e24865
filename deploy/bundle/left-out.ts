import type { Action } from '../../lib/run/event.ts';

/** A module that a bundle does without: its exports throw when they are called, unless it says otherwise. */
export interface LeftOut {
  /** The end of the module's path. */
  readonly module: string;
  readonly exports: readonly string[];
  /** What its exports are instead of throwing, as an expression: for what is called, and whose answer nobody looks at. */
  readonly instead?: string;
}

const SMITHY = '@smithy/core/dist-es/submodules';

/** What no function comes to. */
const EVERYWHERE: readonly LeftOut[] = [
  // None of our operations streams events.
  { module: `${SMITHY}/event-streams/index.js`, exports: ['EventStreamSerde'] },
  // What stands in for node:crypto where there is none.
  { module: `${SMITHY}/checksum/sha256/Sha256Js.js`, exports: ['Sha256Js'] },
  // Nor has any a body that is a stream.
  { module: `${SMITHY}/serde/util-stream/sdk-stream-mixin.js`, exports: ['sdkStreamMixin'] },
  // A function's region is in its environment.
  {
    module: `${SMITHY}/config/config-resolver/regionConfig/getInstanceMetadataRegion.js`,
    exports: ['getInstanceMetadataRegion'],
  },
  // What says which word was meant: the policies have been checked.
  { module: '/lib/policy/nearest.ts', exports: ['nearest'] },
  // None of the services is S3, whose endpoints go by bucket.
  {
    module: `${SMITHY}/endpoints/middleware-endpoint/service-customizations/index.js`,
    exports: ['resolveParamsForS3'],
  },
  // Clients send once and retries are ours.
  {
    module: `${SMITHY}/retry/util-retry/AdaptiveRetryStrategy.js`,
    exports: ['AdaptiveRetryStrategy'],
  },
  // A line of the log is written at once and never held back.
  { module: '@aws-lambda-powertools/logger/lib/esm/logBuffer.js', exports: ['CircularMap'] },
  // Only the command takes what only people ask for.
  { module: '/lib/run/jobs/by-hand.ts', exports: ['adoptJob', 'resealJob', 'undoJob'] },
  { module: '/lib/run/jobs/undone.ts', exports: ['lookedAtAgain'] },
  { module: '/lib/aws/writes/restore-calls.ts', exports: ['restore'] },
  { module: '/lib/aws/reads/binned-image.ts', exports: ['readBinnedImage'] },
];

const SNAPSHOTS: LeftOut = { module: '/lib/run/jobs/snapshot.ts', exports: ['snapshotJob'] };
const COPIES: LeftOut = { module: '/lib/run/jobs/copy.ts', exports: ['copyJob'] };

const CREATIONS: LeftOut = { module: '/lib/aws/writes/creations.ts', exports: ['create', 'copy'] };

/** Lending to vaults, which only what copies does. */
const LENDING: LeftOut = { module: '/lib/aws/writes/loan-calls.ts', exports: ['share', 'unshare'] };

const SHARING: LeftOut = { module: '/lib/aws/reads/sharing.ts', exports: ['readSharing'] };

/** Retiring, and what only it asks of EC2 and of other services. */
const RETIRING: readonly LeftOut[] = [
  { module: '/lib/run/jobs/retire.ts', exports: ['endingsJob', 'retireJob'] },
  { module: '@aws-sdk/client-auto-scaling/dist-es/index.js', exports: ['AutoScalingClient'] },
  { module: '/lib/aws/reads/image-evidence.ts', exports: ['readImageEvidence'] },
  { module: '/lib/aws/reads/snapshot-evidence.ts', exports: ['readSnapshotEvidence'] },
  { module: '/lib/aws/reads/leftovers.ts', exports: ['readLeftovers'] },
  { module: '/lib/aws/reads/uses.ts', exports: ['readUses'] },
  { module: '/lib/aws/reads/recycle-bin.ts', exports: ['readBinnedImages'] },
  { module: '/lib/aws/reads/recycle-bin-rules.ts', exports: ['readRecycleBinRules'] },
  { module: '/lib/aws/calls/recycle-bin-client.ts', exports: ['RecycleBinClient'] },
  { module: '/lib/aws/writes/rescue-calls.ts', exports: ['bringBack'] },
  { module: '/lib/aws/writes/stage-calls.ts', exports: ['takeStage'] },
];

/** What only retiring and drills ask. */
const SYSTEMS_MANAGER: LeftOut = { module: '@aws-sdk/client-ssm/dist-es/index.js', exports: ['SSMClient'] };

/** What a launch of an instance takes, which is written into recipes alone. */
const RECIPES: LeftOut = {
  module: '/lib/aws/launch-settings.ts',
  exports: ['toLaunchSettings'],
  instead: '() => ({})',
};

/** Starting images and looking after what was started. */
const DRILLS: readonly LeftOut[] = [
  { module: '/lib/run/jobs/drill.ts', exports: ['drillJob'] },
  { module: '/lib/run/cycle/launches.ts', exports: ['launch'] },
  {
    module: '/lib/aws/reads/drills.ts',
    exports: ['readDrills', 'readRemnants', 'readHealth', 'readConsoles', 'readNodes', 'readCommands'],
  },
  { module: '/lib/aws/reads/drill-networks.ts', exports: ['readNetworks'] },
  {
    module: '/lib/aws/writes/drill-calls.ts',
    exports: ['launch', 'judge', 'endDrill', 'clearRemnant', 'ask'],
  },
];

/**
 * What is left out of each function's bundle. A handler refuses the events of other actions before anything else, and
 * its role has none of their rights; test/bundle/functions.test.ts runs each bundle without what is missing.
 */
const LEFT_OUT: Readonly<Record<Action, readonly LeftOut[]>> = {
  snapshot: [...EVERYWHERE, COPIES, LENDING, SHARING, ...RETIRING, SYSTEMS_MANAGER, ...DRILLS],
  copy: [...EVERYWHERE, SNAPSHOTS, RECIPES, ...RETIRING, SYSTEMS_MANAGER, ...DRILLS],
  retire: [...EVERYWHERE, SNAPSHOTS, COPIES, CREATIONS, LENDING, RECIPES, ...DRILLS],
  drill: [...EVERYWHERE, SNAPSHOTS, COPIES, CREATIONS, LENDING, SHARING, RECIPES, ...RETIRING],
};

/** What is left out of the bundle of `functions/<action>.ts`. */
export function leftOutOf(entryPoint: string): readonly LeftOut[] {
  const [, action = ''] = /(?:^|\/)functions\/(\w+)\.ts$/.exec(entryPoint) ?? [];
  return Object.entries(LEFT_OUT).find(([known]) => known === action)?.[1] ?? [];
}

/** The module's place is taken by this. */
export function stubOf({ module, exports, instead }: LeftOut): string {
  if (instead !== undefined) return exports.map((name) => `export const ${name} = ${instead};\n`).join('');
  const message = JSON.stringify(`${module} was left out of this bundle: see deploy/bundle/left-out.ts`);
  return `function leftOut() { throw new Error(${message}); }\nexport { ${exports.map((name) => `leftOut as ${name}`).join(', ')} };\n`;
}
