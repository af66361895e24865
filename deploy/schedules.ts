import { createHash } from 'node:crypto';
import { DAY, HOUR, MINUTE } from '../lib/model/time.ts';
import type { Policy, PolicyFile } from '../lib/policy/policy.ts';
import type { Action } from '../lib/run/event.ts';
import { DEAD_LETTERS, DELIVERY } from './dead-letters.ts';
import { attributeOf, drillsIn, functionArn, functionsOf, type Resource, type Resources } from './template.ts';

/** When EventBridge Scheduler invokes a function, and with what. */
export interface Schedule {
  readonly description: string;
  /** Which of its policy's expressions it is of, or of its action's sweeps, from 0 up. */
  readonly index: number;
  readonly action: Action;
  readonly expression: string;
  readonly timeZone: string;
  readonly payload: SchedulePayload;
  /** Within how many minutes Scheduler may invoke the function; to the minute unless given. */
  readonly flexibleWindowMinutes?: number;
}

interface SchedulePayload {
  readonly action: Action;
  readonly policy?: string;
  readonly slot?: string;
  readonly leftovers?: false;
  readonly sweep?: true;
}

/** Scheduler puts the moment that an invocation stands for in its place: `2026-11-23T02:00:00Z`, in UTC. */
const SCHEDULED_TIME = '<aws.scheduler.scheduled-time>';

/**
 * What is repeated whether or not anything told of work, so that a lost event costs an hour and not a backup. The
 * minutes differ so that a slot's images are under way before copies are looked for, and those before retiring. Copies
 * begin by their sweep alone, which has ended when the next one begins: so one run at a time counts what is in flight.
 */
const SWEEPS: readonly Schedule[] = [
  // The run of a slot of a full hour has ended by then, even of ten thousand instances: beside it both are throttled.
  sweep('snapshot', 'cron(55 * * * ? *)', { slot: 'current' }),
  sweep('copy', 'cron(10/15 * * * ? *)'),
  sweep('retire', 'cron(50 0 * * ? *)'),
  // What images left behind has lain there for two days before it may go: to look for it once a day is enough.
  sweep('retire', 'cron(50 6,12,18 * * ? *)', { leftovers: false }, 1),
];

/**
 * Each hour begins what is due, and every five minutes somebody looks after what is there: so much longer than its lease a
 * drill may live. Runs that overlap do no harm: of two drills of one image the younger goes, and a verdict is given once.
 */
const DRILL_SWEEPS: readonly Schedule[] = [
  sweep('drill', 'cron(20 * * * ? *)'),
  sweep('drill', 'cron(2/5 * * * ? *)', { sweep: true }, 1),
];

function sweep(
  action: Action,
  expression: string,
  more: Pick<SchedulePayload, 'slot' | 'leftovers' | 'sweep'> = {},
  index = 0,
): Schedule {
  return {
    description: `${action} sweep`,
    index,
    action,
    expression,
    timeZone: 'UTC',
    payload: { action, ...more },
  };
}

/** A schedule for each expression of every policy that is enabled, in the order of the file, and the sweeps. */
export function schedulesOf(file: PolicyFile): Schedule[] {
  const ofPolicies = file.policies.filter(({ enabled }) => enabled).flatMap(schedulesOfPolicy);
  return [...ofPolicies, ...SWEEPS, ...(drillsIn(file) ? DRILL_SWEEPS : [])];
}

function schedulesOfPolicy(policy: Policy): Schedule[] {
  return policy.schedule.expressions.map((expression, index) => scheduleOf(expression, index, policy));
}

/** Each asks for the slot of its own moment: where two fire at once they ask for the same, which yields one image. */
function scheduleOf(expression: string, index: number, { name, schedule }: Policy): Schedule {
  const { timeZone, flexibleWindowMinutes } = schedule;
  const common = {
    description: `policy ${name}, ${expression} in ${timeZone}`,
    index,
    action: 'snapshot',
    ...(flexibleWindowMinutes !== undefined && { flexibleWindowMinutes }),
  } as const;
  const payload = (slot: string) => ({ action: 'snapshot', policy: name, slot }) as const;
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (!rate) return { ...common, expression, timeZone, payload: payload(SCHEDULED_TIME) };

  const { grid, exact } = gridOf(Number(rate[1]) * unitOf(rate[2]));
  return { ...common, expression: grid, timeZone: 'UTC', payload: payload(exact ? SCHEDULED_TIME : 'current') };
}

function unitOf(unit: string | undefined): number {
  if (unit === 'minute') return MINUTE;
  return unit === 'hour' ? HOUR : DAY;
}

/**
 * A cron expression in UTC that fires at every slot of a rate, which are counted from the Unix epoch.
 *
 * Scheduler counts `rate(...)` from the schedule's start, which it refuses if it lies in the past: its moments would
 * change with every deployment. Where no cron fires at the slots alone (`rate(5 hours)`), one that fires more often
 * asks for the current slot each time, which does nothing where that has its image.
 */
function gridOf(period: number): { readonly grid: string; readonly exact: boolean } {
  if (period % DAY === 0) return { grid: 'cron(0 0 * * ? *)', exact: period === DAY };
  if (period % HOUR === 0) {
    const hours = divisorOf(24, period / HOUR);
    return { grid: hours === 1 ? 'cron(0 * * * ? *)' : `cron(0 0/${hours} * * ? *)`, exact: period === hours * HOUR };
  }
  const minutes = divisorOf(60, period / MINUTE);
  return {
    grid: minutes === 1 ? 'cron(* * * * ? *)' : `cron(0/${minutes} * * * ? *)`,
    exact: period === minutes * MINUTE,
  };
}

/** The greatest number that divides both. */
function divisorOf(one: number, other: number): number {
  return other === 0 ? one : divisorOf(other, one % other);
}

/** The schedules as resources, in a group of the deployment's own, which invoke the functions by one role. */
export function scheduleResources(file: PolicyFile): Resources {
  const schedules = schedulesOf(file).map((schedule) => [logicalId(schedule), resourceOf(schedule)] as const);
  return {
    ScheduleGroup: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Name: `amikeep-${file.deployment}` } },
    SchedulerRole: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'scheduler.amazonaws.com' },
              Action: 'sts:AssumeRole',
              // No schedule of anyone else's or of another group may act as this role.
              Condition: {
                StringEquals: {
                  'aws:SourceAccount': { Ref: 'AWS::AccountId' },
                  'aws:SourceArn': attributeOf('ScheduleGroup', 'Arn'),
                },
              },
            },
          ],
        },
        Policies: [
          {
            PolicyName: 'invoke',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: functionsOf(file).map(functionArn) },
                { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: attributeOf(DEAD_LETTERS, 'Arn') },
              ],
            },
          },
        ],
      },
    },
    ...Object.fromEntries(schedules),
  };
}

function resourceOf(schedule: Schedule): Resource {
  const { description, action, expression, timeZone, payload, flexibleWindowMinutes } = schedule;
  return {
    Type: 'AWS::Scheduler::Schedule',
    Properties: {
      Description: description,
      GroupName: { Ref: 'ScheduleGroup' },
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: timeZone,
      FlexibleTimeWindow:
        flexibleWindowMinutes === undefined
          ? { Mode: 'OFF' }
          : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: flexibleWindowMinutes },
      Target: {
        Arn: functionArn(action),
        RoleArn: attributeOf('SchedulerRole', 'Arn'),
        Input: JSON.stringify(payload),
        ...DELIVERY,
      },
    },
  };
}

/** Logical ids are letters and digits; two policies may differ in what is neither, and one may be called a sweep. */
function logicalId({ description, index, action, payload }: Schedule): string {
  const { policy } = payload;
  const hash = createHash('sha256')
    .update(JSON.stringify([action, policy, ...(index > 0 ? [index] : [])]))
    .digest('hex')
    .slice(0, 8);
  return `Schedule${(policy ?? description).replaceAll(/[^A-Za-z0-9]/g, '')}${hash}`;
}
