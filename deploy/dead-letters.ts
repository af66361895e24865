import { DAY, HOUR, SECOND } from '../lib/model/time.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import { attributeOf, type Resources } from './template.ts';

/** Where everything ends that could not be delivered or done: what rules, schedules and functions gave up on. */
export const DEAD_LETTERS = 'DeadLetters';

/**
 * How rules and schedules deliver to a function: for an hour, in which the next sweep asks again. To try for longer
 * would only double that.
 */
export const DELIVERY = {
  RetryPolicy: { MaximumEventAgeInSeconds: HOUR / SECOND, MaximumRetryAttempts: 10 },
  DeadLetterConfig: { Arn: attributeOf(DEAD_LETTERS, 'Arn') },
};

/**
 * The queue, and who may put something there besides roles that are allowed to.
 *
 * @param rules the logical ids of the rules that do
 */
export function deadLetterResources({ deployment }: PolicyFile, rules: readonly string[]): Resources {
  return {
    [DEAD_LETTERS]: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: `amikeep-${deployment}-dead-letters`,
        // SQS keeps nothing for longer.
        MessageRetentionPeriod: (14 * DAY) / SECOND,
        SqsManagedSseEnabled: true,
      },
    },
    DeadLettersPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: DEAD_LETTERS }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Sid: 'RulesGiveUp',
              Effect: 'Allow',
              // Rules have no role to be allowed by, unlike schedules and functions.
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: attributeOf(DEAD_LETTERS, 'Arn'),
              Condition: {
                StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
                ArnEquals: { 'aws:SourceArn': rules.map((rule) => attributeOf(rule, 'Arn')) },
              },
            },
          ],
        },
      },
    },
  };
}
