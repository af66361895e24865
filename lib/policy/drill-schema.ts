import { z } from 'zod';
import { LONGEST_LEASE, SHORTEST_LEASE } from '../model/rungs.ts';
import { MINUTE } from '../model/time.ts';
import { regionName } from './region-name.ts';
import { atLeastOne, GROUP, INSTANCE_TYPE, refusal, SUBNET, say, text } from './values.ts';

const SUBNETS_REMEDY = 'write a list of subnets of the drill network, such as [subnet-0a1b2c3d]';
const GROUP_REMEDY = 'write the id of the drill network’s security group, such as sg-0a1b2c3d';
export const NETWORK_REMEDY =
  'write { subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d }, as deploy/drill-network.yml makes them';

const NETWORKS_REMEDY =
  'write for each region { eu-west-1: { subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d } }';

const network = z.strictObject(
  {
    subnets: z
      .array(text(SUBNET, SUBNETS_REMEDY), say(SUBNETS_REMEDY))
      .min(1, say(SUBNETS_REMEDY))
      .superRefine((subnets, context) => {
        subnets.forEach((subnet, index) => {
          if (subnets.indexOf(subnet) === index) return;
          context.addIssue({ code: 'custom', path: [index], message: `is '${subnet}' again: write each once` });
        });
      })
      .describe('Sealed subnets, each of a zone of its own: where one has no capacity the next is taken.'),
    securityGroup: text(GROUP, GROUP_REMEDY).describe('The one group of every drill there.'),
  },
  say(NETWORK_REMEDY),
);

const PLACE_REMEDY = 'write a region, such as eu-west-1, or an account and a region, such as 111122223333/eu-west-1';
const place = text(/^(?:\d{12}\/)?[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/, PLACE_REMEDY);

const EVERY_REMEDY = 'write { days: 30 }: a whole number of days from 1 to 3650';
const DAYS = z.int(say(EVERY_REMEDY)).min(1, say(EVERY_REMEDY)).max(3650, say(EVERY_REMEDY));
const MAX_AGE_REMEDY = 'write a whole number of days, more than drill.every has';
const CHECK_REMEDY = 'write status, console or command';
const CONSOLE_REMEDY = 'write a regular expression for a line of the serial console, such as login:';
const DOCUMENT_REMEDY = 'write the name of an SSM document whose command exits with 0 where all is well';
const REGIONS_REMEDY = 'write a list of regions in which to start images, such as [eu-west-1]';
const TYPES_REMEDY =
  'write same, or a list of instance types in the order in which they are tried, such as [m7g.large, c7g.large]';
const MOST_MINUTES = LONGEST_LEASE / MINUTE;
const LEASE_REMEDY = `write a whole number of minutes up to ${MOST_MINUTES}: until when a drill may live`;

const type = text(INSTANCE_TYPE, TYPES_REMEDY);

/** How the images of a policy are proven: by starting them. */
export const drill = z
  .strictObject(
    {
      every: z
        .strictObject({ days: DAYS }, say(EVERY_REMEDY))
        .describe('How old the newest pass of a lineage in a region may be before it is drilled again.'),
      regions: z
        .array(regionName, say(REGIONS_REMEDY))
        .min(1, say(REGIONS_REMEDY))
        .describe('Where: source regions of the policy, and regions of its copies.'),
      check: z
        .enum(['status', 'console', 'command'], say(CHECK_REMEDY))
        .describe('How far an image has to come: EC2’s status checks, a line on its console, or a command within it.'),
      console: z.exactOptional(
        z
          .string(say(CONSOLE_REMEDY))
          .min(1, say(CONSOLE_REMEDY))
          .max(200, say(CONSOLE_REMEDY))
          .superRefine((pattern, context) => {
            const problem = patternProblem(pattern);
            if (problem === undefined) return;
            const message = `is '${pattern}', which cannot be read (${problem}): ${CONSOLE_REMEDY}`;
            context.addIssue({ code: 'custom', message });
          })
          .describe('For console: a regular expression that a line of the serial console matches once it is up.'),
      ),
      document: z.exactOptional(
        text(/^[\w.:/-]{3,200}$/, DOCUMENT_REMEDY).describe('For command: the SSM document that is run within it.'),
      ),
      instanceType: z
        .union([z.literal('same'), z.array(type, say(TYPES_REMEDY)).min(1, say(TYPES_REMEDY))], say(TYPES_REMEDY))
        .default('same')
        .describe('same: the type that the server has; or types in the order in which they are tried.'),
      leaseMinutes: z
        .int(say(LEASE_REMEDY))
        .min(1, say(LEASE_REMEDY))
        .max(MOST_MINUTES, say(LEASE_REMEDY))
        .default(45)
        .describe('How long a drill may live, whatever becomes of it.'),
      atMost: atLeastOne('write how many drills may run at a time in a region, at least 1')
        .default(2)
        .describe('How many drills of the policy run at a time in a region.'),
      maxAgeDays: z
        .int(say(MAX_AGE_REMEDY))
        .min(1, say(MAX_AGE_REMEDY))
        .max(3650, say(MAX_AGE_REMEDY))
        .describe('An alarm rings when the newest pass of a lineage is older.'),
      network: z
        .record(place, network, say(NETWORKS_REMEDY))
        .describe(
          'The sealed network that drills are launched into: by region, or by <account>/<region> in other accounts than the one that amikeep runs in.',
        ),
    },
    say('write every, regions, check, maxAgeDays and network'),
  )
  .superRefine((settings, context) => {
    for (const { path, message } of contradictions(settings)) context.addIssue({ code: 'custom', path, message });
  })
  .describe('Starts the newest images in a sealed network, to see whether they come up.');

interface Contradicted {
  readonly every: { readonly days: number };
  readonly maxAgeDays: number;
  readonly check: 'status' | 'console' | 'command';
  readonly console?: string;
  readonly document?: string;
  readonly leaseMinutes: number;
}

function contradictions({ every, maxAgeDays, check, console: pattern, document, leaseMinutes }: Contradicted) {
  const shortest = SHORTEST_LEASE[check];
  return [
    ...(maxAgeDays > every.days
      ? []
      : [
          {
            path: ['maxAgeDays'],
            message: `is ${maxAgeDays}, and drills come every ${every.days} days: ${MAX_AGE_REMEDY}`,
          },
        ]),
    ...needs('console', pattern, check === 'console', CONSOLE_REMEDY),
    ...needs('document', document, check === 'command', DOCUMENT_REMEDY),
    ...(leaseMinutes >= shortest
      ? []
      : [
          {
            path: ['leaseMinutes'],
            message: `is ${leaseMinutes}, and the check ${check} may take ${shortest}: write that many at least`,
          },
        ]),
  ];
}

/** A setting that one check needs, and that means nothing for the others. */
function needs(path: string, value: string | undefined, isWanted: boolean, remedy: string) {
  if (isWanted) return value === undefined ? [{ path: [path], message: refusal(value, remedy) }] : [];
  return value === undefined
    ? []
    : [{ path: [path], message: `is '${value}', and the check is another one: leave it out` }];
}

/** Why the engine cannot read a regular expression, in its own word; undefined where it can. */
function patternProblem(source: string): string | undefined {
  try {
    new RegExp(source, 'u');
    return undefined;
  } catch (error) {
    // `Invalid regular expression: /login:(/u: Unterminated group`
    const word = error instanceof Error ? error.message.split('/u: ').at(-1) : undefined;
    return (word ?? String(error)).toLowerCase();
  }
}
