import { SnapshotReturnCodes } from '@aws-sdk/client-ec2';
import { z } from 'zod';
import { describeProblems, InputError, problem, remedyFor } from '../../problems.ts';
import type { Ec2Behaviour } from './behaviour.ts';

const amount = z.number({ error: 'write a number of 0 or more' }).min(0, 'write a number of 0 or more');
const POSITIVE_REMEDY = 'write a number greater than 0';
const count = wholeNumber('write a whole number of 0 or more');
const countOrUnlimited = z.union(
  [wholeNumber(), z.literal('unlimited')],
  'write a whole number of 0 or more, or "unlimited"',
);
const amountOrForever = z.union([amount, z.literal('forever')], 'write a number of 0 or more, or "forever"');
const flag = z.boolean('write true or false');
const text = z.string('write a text').min(1, 'write a text');
const texts = z.array(text, 'write a list of texts');

const ROLES_REMEDY =
  'write "any", or an object of roles by ARN such as { "trusts": ["111122223333"], "externalId": "id" }';
const role = z.strictObject({ trusts: texts, externalId: text.optional() }, ROLES_REMEDY);

const ACTIONS_REMEDY =
  'write an object of lists of actions, such as ["ec2:CreateTags", "ec2:Describe*"], by access key or ARN of the role';
const action = z.string(ACTIONS_REMEDY).regex(/^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*]+)$/, ACTIONS_REMEDY);

const RESOURCES_REMEDY =
  'write an object of lists of resources, such as ["image/*", "subnet/subnet-0a1b2c3d"], by access key or ARN of the role';
const resource = z.string(RESOURCES_REMEDY).regex(/^[a-z*-]+\/[\w*-]+$/, RESOURCES_REMEDY);

const SHORTAGES_REMEDY =
  'write a list of shortages such as { "zone": "eu-central-1a", "type": "t3.micro", "strikes": "call" }, each member of which can be left out';
const shortage = z.strictObject(
  { zone: text.optional(), type: text.optional(), strikes: oneOf('call', 'pending').optional() },
  SHORTAGES_REMEDY,
);

const instanceRule = {
  region: text.optional(),
  instanceId: text.optional(),
  imageId: text.optional(),
  sourceImageId: text.optional(),
  originInstanceId: text.optional(),
  instanceType: text.optional(),
};
const CHECK_RULES_REMEDY =
  'write a list of rules such as { "imageId": "ami-0123456789abcdef0", "outcome": "impaired", "console": "panic" }';
const checkRule = z.strictObject(
  {
    ...instanceRule,
    outcome: oneOf('never', 'impaired', 'flapping', 'shuts-down'),
    withoutDevice: text.optional(),
    console: oneOf('panic', 'emergency').optional(),
  },
  CHECK_RULES_REMEDY,
);

const LEFT_BEHIND_REMEDY = 'write a list of rules such as { "imageId": "ami-0123456789abcdef0", "leaves": "volumes" }';
const leftBehindRule = z.strictObject({ ...instanceRule, leaves: oneOf('volumes', 'interfaces') }, LEFT_BEHIND_REMEDY);

const NODE_RULES_REMEDY = 'write a list of rules such as { "imageId": "ami-0123456789abcdef0", "outcome": "lost" }';
const nodeRule = z.strictObject({ ...instanceRule, outcome: oneOf('never', 'lost') }, NODE_RULES_REMEDY);
const COMMAND_RULES_REMEDY =
  'write a list of rules such as { "document": "AWS-RunShellScript", "exitStatus": 1, "output": "no" }';
const commandRule = z.strictObject(
  {
    ...instanceRule,
    document: text.optional(),
    exitStatus: count.optional(),
    output: z.string('write a text').optional(),
    deliveryMs: amount.optional(),
    runMs: amount.optional(),
    isLost: flag.optional(),
  },
  COMMAND_RULES_REMEDY,
);

/** The settings as someone writes them who is not checked by the compiler. */
const SETTINGS: { readonly [Name in keyof Ec2Behaviour]: z.ZodType<Ec2Behaviour[Name]> } = {
  regions: texts,
  regionsNotOptedIn: texts,
  snapshotBaseMs: amount,
  snapshotMsPerGiB: amount,
  copyBaseMs: amount,
  copyMsPerGiB: amount,
  durationSpread: amount,
  instanceStartMs: amount,
  instanceStopMs: amount,
  instanceTerminateMs: amount,
  terminatedVisibleMs: amount,
  instanceFailMs: amount,
  capacityShortages: z.array(shortage, SHORTAGES_REMEDY),
  vcpuQuota: countOrUnlimited,
  typesNotOffered: z.record(z.string(), texts, 'write an object of lists of types by zone'),
  httpTokensEnforced: flag,
  addressInUseCode: text,
  publicAddressOwner: text,
  terminatedInstanceNetwork: oneOf('emptied', 'kept'),
  leftBehindRules: z.array(leftBehindRule, LEFT_BEHIND_REMEDY),
  userDataLimitCode: text,
  statusCheckMs: amount,
  statusCheckRules: z.array(checkRule, CHECK_RULES_REMEDY),
  statusFlapMs: z.number(POSITIVE_REMEDY).positive(POSITIVE_REMEDY),
  attachedEbsCheckOfXen: oneOf('not-applicable', 'absent'),
  tooManyInstanceIdsCode: text,
  consoleLagMs: amount,
  consoleLimitBytes: count,
  latestConsoleOfXen: oneOf('refused', 'as-kept'),
  managedNodes: oneOf('with-instance-profile', 'all'),
  nodeOnlineMs: amount,
  nodeRules: z.array(nodeRule, NODE_RULES_REMEDY),
  mixedNodeFiltersCode: text,
  invocationVisibilityMs: amount,
  commandDeliveryMs: amount,
  commandRunMs: amount,
  commandRules: z.array(commandRule, COMMAND_RULES_REMEDY),
  createVisibilityMs: amount,
  changeVisibilityMs: amount,
  deregisteredListedMs: amount,
  deregisteredEmptyMs: amount,
  deregisteredUnavailableMs: amount,
  nameReleaseMs: amount,
  failedImagesHoldName: flag,
  failedImagesListedMs: amountOrForever,
  imageAvailableOnce: oneOf('all-snapshots', 'first-snapshot'),
  foreignPrivateImage: oneOf('reads-as-not-existing', 'denied'),
  pendingImageMappings: oneOf('complete', 'without-snapshots'),
  failedImageSnapshots: oneOf('error', 'complete'),
  cancelledImageSnapshots: oneOf('complete', 'error'),
  concurrentImagesPerInstance: countOrUnlimited,
  snapshotIntervalPerVolumeMs: amount,
  imageQuota: count,
  imageQuotaCode: text,
  snapshotQuota: count,
  imageStateCode: text,
  repeatedStage: oneOf('success', 'refused'),
  deprecationDateCode: text,
  volumeCreateMs: amount,
  volumeAttachMs: amount,
  volumeDetachMs: amount,
  volumeDeleteMs: amount,
  volumeSizeCode: text,
  volumePerformanceCode: text,
  rootReplacementCreateMs: amount,
  rootReplacementSwapMs: amount,
  rootReplacementOutcome: oneOf('succeeded', 'failed', 'failed-detached'),
  rootReplacementStateCode: text,
  rootReplacementSourceCode: text,
  imageIdOfReplacedRoot: oneOf('kept', 'changed'),
  unknownRootReplacementCode: text,
  lockedSnapshotCode: text,
  lockedSnapshotReturnCode: oneOf(...Object.values(SnapshotReturnCodes)),
  lockStateCode: text,
  changedLockCounts: oneOf('from-first-lock', 'from-change'),
  unlockWithoutLock: oneOf('success', 'refused'),
  binRulePendingMs: amount,
  binRuleTagWithoutValue: oneOf('any-value', 'empty-value'),
  binImagesHoldName: flag,
  binImagesProtectSnapshots: flag,
  restoredDisabledImage: oneOf('available', 'disabled'),
  restoreWithoutSnapshotsCode: text,
  imageNotInBinCode: text,
  snapshotNotInBinCode: text,
  idNotInBin: oneOf('refused', 'left-out'),
  snapshotRecoveryMs: amount,
  templateImageParameter: oneOf('unchecked', 'checked'),
  protectedImageCode: text,
  protectionBlocksDisabling: flag,
  cooldownEndPrecision: oneOf('seconds', 'milliseconds'),
  lastLaunchedLagMs: amount,
  roles: z.union([z.literal('any'), z.record(z.string(), role)], ROLES_REMEDY),
  allowedActions: z.record(z.string(), z.array(action, ACTIONS_REMEDY), ACTIONS_REMEDY),
  launchableResources: z.record(z.string(), z.array(resource, RESOURCES_REMEDY), RESOURCES_REMEDY),
  organizations: z.record(z.string(), texts, 'write an object of lists of accounts by ARN'),
  imageRecipes: z.record(z.string(), texts, 'write an object of lists of images by ARN of the recipe'),
  sharingLimit: count,
  sharingLimitCode: text,
  publicImageQuota: count,
  publicImageQuotaCode: text,
  usageReportMs: amount,
  usageReportOutcome: oneOf('available', 'error'),
  usageReportInstanceLagMs: amount,
  usageReportTemplateLagMs: amount,
  usageReportQuotaCode: text,
  unknownUsageReportCode: text,
  concurrentCopies: count,
  concurrentCopiesCode: text,
  concurrentSnapshotCopies: countOrUnlimited,
  copySourceStateCode: text,
  copyOfDisabledImage: oneOf('refused', 'allowed'),
  copyTagPrecedence: oneOf('call', 'source'),
  copyDescription: oneOf('none', 'source', 'copied-from'),
  copyKeepsDeprecation: flag,
  keyCheckMs: amount,
  kmsKeys: z.union(
    [z.literal('all'), z.record(z.string(), texts)],
    'write "all", or an object of lists of keys by region',
  ),
  signingKeys: z.record(z.string(), texts, 'write an object of lists of keys by region'),
  kmsKeyUsers: z.record(z.string(), texts, 'write an object of lists of accounts by ARN'),
  unusableKmsKeys: texts,
  encryptionByDefault: flag,
  clientTokenMemoryMs: amountOrForever,
  clientTokenLength: count,
  tagsAllOrNothing: flag,
  tagLimitMessage: text,
  filterWithoutValues: oneOf('refused', 'matches-nothing', 'ignored'),
  badTokenCode: text,
  imagesPageMaximum: wholeNumber('write a whole number of 1 or more', 1),
  instancePageUnit: oneOf('instances', 'reservations'),
  pageFill: oneOf('full', 'uneven', 'scant'),
  unknownImageId: oneOf('not-found', 'malformed'),
};

const CHANGE = z.object(
  {
    settings: z.object(SETTINGS, 'write an object of settings').partial(),
    region: z.string('write the name of a region').min(1, 'write the name of a region').optional(),
  },
  'write an object of settings and, for one region, region',
);

interface BehaviourChange {
  readonly settings: Partial<Ec2Behaviour>;
  /** The one region that is meant; all of them, if absent. */
  readonly region?: string | undefined;
}

/** @throws InputError naming the place, the value and the remedy of each thing that is wrong */
export function readBehaviourChange(value: unknown): BehaviourChange {
  const checked = CHANGE.safeParse(value);
  const unknown = [
    ...unknownNames(value, '', CHANGE.shape, 'member'),
    ...unknownNames(Reflect.get(Object(value), 'settings'), 'settings.', SETTINGS, 'setting'),
  ];
  const problems = [...(checked.success ? [] : [describeProblems(checked.error, value, 'body')]), ...unknown];
  if (!checked.success || problems.length > 0) throw new InputError(problems.join('\n'));
  const { settings, region } = checked.data;
  // No setting is undefined, since JSON has no such value; the schema's type can't say so.
  return { settings: settings as Partial<Ec2Behaviour>, region };
}

function unknownNames(value: unknown, place: string, known: object, what: string): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  const names = Object.keys(known);
  return Object.entries(value)
    .filter(([name]) => !names.includes(name))
    .map(([name, at]) => problem(`${place}${name}`, at, `there is no such ${what}: ${remedyFor(name, names)}`));
}

function wholeNumber(wanted?: string, least = 0) {
  return z.int(wanted).min(least, wanted);
}

function oneOf<const Word extends string>(...words: readonly Word[]) {
  return z.enum(words, `write one of ${words.map((word) => JSON.stringify(word)).join(', ')}`);
}
