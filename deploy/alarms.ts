import { createHash } from 'node:crypto';
import { z } from 'zod';
import { dimensionsOf, type MetricName, NAMESPACE, type Place, serviceOf } from '../lib/lambda/metrics.ts';
import { HOUR, MINUTE, SECOND } from '../lib/model/time.ts';
import { sourceRegionsOf } from '../lib/policy/places.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { regionsWithImages } from '../lib/run/expand.ts';
import { InputError } from '../lib/run/input-error.ts';
import type { Resources } from './template.ts';

/** A metric of CloudWatch's, ours or another's, with all its dimensions. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly (readonly [name: string, value: string])[];
}

export interface Alarm {
  readonly logicalId: string;
  /** What follows `amikeep-<deployment>-` in its name. */
  readonly name: string;
  /** Its heading in docs/operations.md. */
  readonly heading: string;
  /** What it means, and what to do first. */
  readonly text: string;
  readonly metric: Metric;
  /** In milliseconds. */
  readonly period: number;
  /** It rings once so many... */
  readonly breaching: number;
  /** ...of so many periods, the last ones, are at 1 or more. */
  readonly of: number;
  readonly missing: 'breaching' | 'notBreaching' | 'ignore';
}

const OPERATIONS = 'docs/operations.md';

export function ourMetric({ deployment }: PolicyFile, name: MetricName, place: Place = {}): Metric {
  return {
    namespace: NAMESPACE,
    name,
    dimensions: [['service', serviceOf(deployment)], ...dimensionsOf(name, place)],
  };
}

/** The messages in the queue of what the functions, the bus and the schedules gave up. */
export function deadLetters({ deployment }: PolicyFile): Metric {
  return {
    namespace: 'AWS/SQS',
    name: 'ApproximateNumberOfMessagesVisible',
    dimensions: [['QueueName', `amikeep-${deployment}-dead-letters`]],
  };
}

/**
 * All alarms of a deployment. Each is of the maximum, so that no account, policy or region hides behind others, and what
 * came twice is not counted twice.
 */
export function alarmsOf(file: PolicyFile): Alarm[] {
  const copies = file.policies.some((policy) => policy.copies.length > 0);
  return [
    ...file.policies
      .filter(({ enabled }) => enabled)
      .flatMap((policy) => sourceRegionsOf(policy, file).map((region) => overdue(file, policy.name, region))),
    ...regionsWithImages(file).map((region) => evidence(file, region)),
    ...deploymentWide(file),
    ...(copies ? ofCopies(file) : []),
  ];
}

function overdue(file: PolicyFile, policy: string, region: string): Alarm {
  return {
    logicalId: `AlarmOverdue${alphanumeric(policy)}${alphanumeric(region)}${shortHash(policy)}`,
    name: `overdue-${policy}-${region}`,
    heading: 'Overdue instances',
    text: `Instances of policy ${policy} in ${region} have no good image of the last due slot, or no sweep could tell.`,
    metric: ourMetric(file, 'OverdueInstances', { policy, region }),
    // The sweep tells each hour. What it finds once it may have mended by the next.
    ...{ period: HOUR, breaching: 2, of: 2 },
    // A sweep that tells nothing did not run, or could not read what it had to.
    missing: 'breaching',
  };
}

function evidence(file: PolicyFile, region: string): Alarm {
  return {
    logicalId: `AlarmEvidence${alphanumeric(region)}`,
    name: `evidence-${region}`,
    heading: 'Evidence incomplete',
    text: `For a day retire runs in ${region} could not read, or believe, all that they go by; what rests on it was not retired.`,
    metric: ourMetric(file, 'EvidenceIncomplete', { region }),
    // The sweep comes each six hours: all of a day's.
    ...{ period: 6 * HOUR, breaching: 4, of: 4 },
    // A day without a retire run is one in which nothing was retired either.
    missing: 'breaching',
  };
}

/** That no data is no trouble holds for all of these: that runs tell at all is what the alarms above watch. */
function deploymentWide(file: PolicyFile): Alarm[] {
  return [
    {
      logicalId: 'AlarmDeadLetters',
      name: 'dead-letters',
      heading: 'Dead letters',
      text: 'An event was given up after its retries. Read it in the queue, mend the cause, invoke it again.',
      metric: deadLetters(file),
      ...{ period: 5 * MINUTE, breaching: 1, of: 1 },
      // SQS says nothing of a queue that has been empty for hours.
      missing: 'notBreaching',
    },
    {
      logicalId: 'AlarmFailures',
      name: 'failures',
      heading: 'Partial failures',
      text: 'Runs fail in part, and not just once. The log has a line for each failure.',
      metric: ourMetric(file, 'Failures'),
      // One failure is made up for by the next sweep. Twice in twelve hours also catches a retire sweep that fails each
      // time, which is every six.
      ...{ period: HOUR, breaching: 2, of: 12 },
      missing: 'notBreaching',
    },
    {
      logicalId: 'AlarmSlotsMissed',
      name: 'slots-missed',
      heading: 'Missed slots',
      text: 'A slot went by without an image of an instance that had older ones. It is not made up for.',
      metric: ourMetric(file, 'SlotsMissed'),
      ...{ period: HOUR, breaching: 1, of: 1 },
      missing: 'notBreaching',
    },
    {
      logicalId: 'AlarmCapReached',
      name: 'cap-reached',
      heading: 'Cap reached',
      text: 'More images expire than retire.maxPerDay lets go. Look whether they should before you raise it.',
      metric: ourMetric(file, 'CapReached'),
      ...{ period: 6 * HOUR, breaching: 1, of: 1 },
      missing: 'notBreaching',
    },
    {
      logicalId: 'AlarmAbandoned',
      name: 'abandoned',
      heading: 'Abandoned lineages',
      text: 'Images are kept of instances that are gone. They stay, and cost, until somebody ends their lineages.',
      metric: ourMetric(file, 'AbandonedGiB'),
      ...{ period: 6 * HOUR, breaching: 1, of: 1 },
      // What was told last still holds: no data must not tell that they are gone.
      missing: 'ignore',
    },
  ];
}

function ofCopies(file: PolicyFile): Alarm[] {
  const common = { missing: 'notBreaching' } as const;
  return [
    {
      ...common,
      logicalId: 'AlarmCopiesGivenUp',
      name: 'copies-given-up',
      heading: 'Copies given up',
      text: 'All attempts at a copy have failed, and no further one is made. Mend the cause, then remove the failed ones.',
      metric: ourMetric(file, 'CopiesGivenUp'),
      ...{ period: HOUR, breaching: 1, of: 1 },
    },
    {
      ...common,
      logicalId: 'AlarmCopyAttemptsFailed',
      name: 'copy-attempts-failed',
      heading: 'Copy attempts failed',
      text: 'Copies go on failing and are tried again. After three attempts at one it is given up.',
      metric: ourMetric(file, 'CopyAttemptsFailed'),
      // One failed attempt is made up for by the next.
      ...{ period: HOUR, breaching: 3, of: 6 },
    },
  ];
}

function alphanumeric(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9]/g, '');
}

/** Tells policies apart whose names differ only in what a logical id cannot hold. */
function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/**
 * The alarms, and the topic that they go to.
 *
 * @param email who is told of each alarm; nobody subscribes if there is none
 * @throws InputError if that is no address, before anything is deployed
 */
export function alarmResources(file: PolicyFile, email?: string): Resources {
  const alarms = alarmsOf(file).map((alarm) => [alarm.logicalId, alarmResource(file, alarm)] as const);
  return { ...topicResources(file), ...subscription(email), ...Object.fromEntries(alarms) };
}

function alarmResource(file: PolicyFile, alarm: Alarm): Resources[string] {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `amikeep-${file.deployment}-${alarm.name}`,
      AlarmDescription: `${alarm.text} See ${OPERATIONS}#${anchorOf(alarm.heading)}`,
      Namespace: alarm.metric.namespace,
      MetricName: alarm.metric.name,
      Dimensions: alarm.metric.dimensions.map(([Name, Value]) => ({ Name, Value })),
      Statistic: 'Maximum',
      Period: alarm.period / SECOND,
      EvaluationPeriods: alarm.of,
      DatapointsToAlarm: alarm.breaching,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: alarm.missing,
      AlarmActions: [{ Ref: 'Alarms' }],
      OKActions: [{ Ref: 'Alarms' }],
    },
  };
}

/** As GitHub makes them of headings. */
export function anchorOf(heading: string): string {
  return heading.toLowerCase().replaceAll(' ', '-');
}

function topicResources({ deployment }: PolicyFile): Resources {
  return {
    Alarms: {
      Type: 'AWS::SNS::Topic',
      // Under the key aws/sns CloudWatch could not publish, since that key's policy cannot be changed; messages name
      // policies and regions, and are no secret that is worth a key of its own.
      Properties: { TopicName: `amikeep-${deployment}-alarms` },
    },
    AlarmsPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'Alarms' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'AlarmsOfThisAccount',
              Effect: 'Allow',
              Principal: { Service: 'cloudwatch.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: { Ref: 'Alarms' },
              Condition: {
                StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
                ArnLike: {
                  'aws:SourceArn': {
                    'Fn::Sub': `arn:\${AWS::Partition}:cloudwatch:\${AWS::Region}:\${AWS::AccountId}:alarm:amikeep-${deployment}-*`,
                  },
                },
              },
            },
          ],
        },
      },
    },
  };
}

function subscription(email: string | undefined): Resources {
  if (email === undefined || email === '') return {};
  if (!z.email().safeParse(email).success) {
    throw new InputError([`environment AMIKEEP_ALARM_EMAIL: '${email}' is not an e-mail address`]);
  }
  return {
    AlarmsEmail: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Alarms' }, Protocol: 'email', Endpoint: email },
    },
  };
}
