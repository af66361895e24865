import { readPolicyFile } from '../lib/lambda/policy-file.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { alarmResources } from './alarm-resources.ts';
import { BUS, busResources, ruleIds } from './bus.ts';
import { concurrencyExtensions, type Extensions } from './concurrency.ts';
import { dashboardResources } from './dashboard.ts';
import { deadLetterResources } from './dead-letters.ts';
import { findExcesses, withOsls } from './excesses.ts';
import { roleResources } from './permissions.ts';
import { partitionOf } from './regions.ts';
import { scheduleResources } from './schedules.ts';
import { sealKeyResources } from './seal-key.ts';
import { drillsIn, joined, type Resources } from './template.ts';

/** What serverless.yml takes from the policy file. */
export interface Stack {
  readonly deployment: string;
  /** Where the functions and their bus are: the first of the source regions. */
  readonly homeRegion: string;
  /** What the functions are told by their environment. */
  readonly environment: Readonly<Record<string, unknown>>;
  /** Which of the functions of serverless.yml are deployed beside those that always are. */
  readonly further: 'drills' | 'none';
  /** Everything beside the functions and their logs. */
  readonly template: Template;
}

interface Template {
  readonly Resources: Resources;
  readonly Outputs: Readonly<Record<string, { readonly Description: string; readonly Value: unknown }>>;
  readonly extensions: Extensions;
}

/** The parts of the stack; each names its resources, and none has to know of another's but by their logical ids. */
const PARTS: readonly ((file: PolicyFile, environment: NodeJS.ProcessEnv) => Resources)[] = [
  busResources,
  scheduleResources,
  roleResources,
  sealKeyResources,
  (file) => deadLetterResources(file, ruleIds(file)),
  (file, { AMIKEEP_ALARM_EMAIL }) => alarmResources(file, AMIKEEP_ALARM_EMAIL),
  dashboardResources,
];

/** @throws InputError with every mistake in the policy file, each with its line, or in the environment */
export function stackOf(environment: NodeJS.ProcessEnv): Stack {
  const policyFile = environment.AMIKEEP_POLICY_FILE ?? 'policies.yml';
  const file = readPolicyFile(policyFile, {
    partitionOf,
    findExcesses: (whole) => findExcesses(whole, (part) => withOsls(part, templateOf(part, environment))),
  });
  const [homeRegion] = file.regions;
  if (homeRegion === undefined) throw new TypeError(`${policyFile} names no region, which its schema forbids`);
  return {
    deployment: file.deployment,
    homeRegion,
    environment: { AMIKEEP_BUS: { Ref: BUS }, ...settingsOf(environment) },
    further: drillsIn(file) ? 'drills' : 'none',
    template: templateOf(file, environment),
  };
}

function templateOf(file: PolicyFile, environment: NodeJS.ProcessEnv): Template {
  return {
    Resources: joined(PARTS.map((resourcesOf) => resourcesOf(file, environment))),
    Outputs: {
      BusName: { Description: 'The bus on which runs are asked for and told', Value: { Ref: BUS } },
    },
    extensions: concurrencyExtensions(file, environment.AMIKEEP_RESERVED_CONCURRENCY),
  };
}

/** The settings that are handed on where they are written, once they have been read as the functions will. */
function settingsOf(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  readSettings(environment);
  const { AMIKEEP_RATE_SHARE, AMIKEEP_MAX_COPIES_IN_FLIGHT } = environment;
  return {
    ...(AMIKEEP_RATE_SHARE !== undefined && { AMIKEEP_RATE_SHARE }),
    ...(AMIKEEP_MAX_COPIES_IN_FLIGHT !== undefined && { AMIKEEP_MAX_COPIES_IN_FLIGHT }),
  };
}
