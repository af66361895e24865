import { z } from 'zod';
import { SECOND } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { InputError } from '../lib/run/input-error.ts';
import { type Alarm, alarmsOf } from './alarms.ts';
import type { Resources } from './template.ts';

const OPERATIONS = 'docs/operations.md';

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
      ...measured(alarm),
      EvaluationPeriods: alarm.of,
      DatapointsToAlarm: alarm.breaching,
      Threshold: alarm.threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      TreatMissingData: alarm.missing,
      AlarmActions: [{ Ref: 'Alarms' }],
      OKActions: [{ Ref: 'Alarms' }],
    },
  };
}

/**
 * What is compared with the threshold. Several metrics are added up, none of which is ever below 0: the sum is 1 or more
 * if any of them is, and where one has no data CloudWatch has none of the sum, so that no region's silence is hidden by
 * others that tell. MAX would pass over it, so where the highest is asked for nought times the sum is added.
 */
function measured({ metrics, period, statistic, together }: Alarm): Readonly<Record<string, unknown>> {
  const Period = period / SECOND;
  const [only, ...others] = metrics.map(({ namespace, name, dimensions }) => ({
    Namespace: namespace,
    MetricName: name,
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
  }));
  if (others.length === 0) return { ...only, Statistic: statistic, Period };
  const each = [only, ...others].map((Metric, index) => ({
    Id: `m${index + 1}`,
    MetricStat: { Metric, Period, Stat: statistic },
    ReturnData: false,
  }));
  const ids = each.map(({ Id }) => Id);
  const sum = ids.join(' + ');
  const whole =
    together === 'sum'
      ? { Id: 'sum', Expression: sum }
      : { Id: 'highest', Expression: `MAX([${ids.join(', ')}]) + 0 * (${sum})` };
  return { Metrics: [...each, { ...whole, ReturnData: true }] };
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
