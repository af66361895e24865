import { RUN_REQUESTED } from '../lib/aws/publisher.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import type { Action } from '../lib/run/event.ts';
import { EVENT_SOURCE } from '../lib/run/outcome/events.ts';
import { DELIVERY } from './dead-letters.ts';
import { attributeOf, capitalised, FUNCTIONS, functionArn, type Resources } from './template.ts';

/** Where runs are asked for and told: fan-out, continuations, people, and what EC2 tells of other regions' images. */
export const BUS = 'Bus';

/** EC2 User Guide, "Monitor AMI events using Amazon EventBridge". */
const IMAGE_STATE_CHANGE = 'EC2 AMI State Change';
const IMAGE_AVAILABLE = {
  source: ['aws.ec2'],
  'detail-type': [IMAGE_STATE_CHANGE],
  detail: { State: ['available'] },
};

/** A rule whose events go to the function of an action. */
interface Rule {
  readonly logicalId: string;
  /** Unique on its bus. */
  readonly name: string;
  readonly description: string;
  /** Ours, or the account's own, which is the one that EC2 tells. */
  readonly bus: 'amikeep' | 'default';
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly action: Action;
}

function rulesOf({ deployment, policies }: PolicyFile): Rule[] {
  const requested = FUNCTIONS.map(
    (action): Rule => ({
      logicalId: `${capitalised(action)}Requested`,
      name: `amikeep-${deployment}-${action}`,
      description: `Someone asked for a ${action} run`,
      bus: 'amikeep',
      pattern: { source: [EVENT_SOURCE], 'detail-type': [RUN_REQUESTED], detail: { action: [action] } },
      action,
    }),
  );
  if (policies.every(({ copies }) => copies.length === 0)) return requested;
  // EC2 tells of an image on the bus of its own region and account. deploy/region.yml sends on what is told elsewhere.
  const available = {
    name: `amikeep-${deployment}-image-available`,
    pattern: IMAGE_AVAILABLE,
    action: 'copy',
  } as const;
  return [
    ...requested,
    {
      ...available,
      logicalId: 'ImageAvailable',
      description: 'EC2 has an image ready here, which may be one to copy',
      bus: 'default',
    },
    {
      ...available,
      logicalId: 'ImageAvailableElsewhere',
      description: 'EC2 has an image ready in another region or account, which may be one to copy',
      bus: 'amikeep',
    },
  ];
}

/** The logical ids of all rules. */
export function ruleIds(file: PolicyFile): string[] {
  return rulesOf(file).map(({ logicalId }) => logicalId);
}

/** The bus, its rules, and who besides this account may send what to it. */
export function busResources(file: PolicyFile): Resources {
  return {
    [BUS]: {
      Type: 'AWS::Events::EventBus',
      Properties: {
        Name: `amikeep-${file.deployment}`,
        Description: 'Runs of amikeep are asked for and told here',
      },
    },
    ...Object.fromEntries(rulesOf(file).flatMap((rule) => Object.entries(ruleResources(rule)))),
    ...memberAccountResources(file),
  };
}

function ruleResources({ logicalId, name, description, bus, pattern, action }: Rule): Resources {
  return {
    [logicalId]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: name,
        Description: description,
        ...(bus === 'amikeep' && { EventBusName: { Ref: BUS } }),
        EventPattern: pattern,
        State: 'ENABLED',
        Targets: [{ Id: action, Arn: functionArn(action), ...DELIVERY }],
      },
    },
    [`${logicalId}Permission`]: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: functionArn(action),
        Principal: 'events.amazonaws.com',
        SourceArn: attributeOf(logicalId, 'Arn'),
      },
    },
  };
}

/**
 * Accounts with instances may send what EC2 tells of their images, and nothing else: no run can be asked for from
 * there. Nobody but AWS can send events whose source is `aws.ec2`.
 */
function memberAccountResources({ policies, accounts }: PolicyFile): Resources {
  const senders = accounts.filter(({ vault }) => !vault);
  if (senders.length === 0 || policies.every(({ copies }) => copies.length === 0)) return {};
  return {
    MemberAccountsPolicy: {
      Type: 'AWS::Events::EventBusPolicy',
      Properties: {
        EventBusName: { Ref: BUS },
        StatementId: 'MemberAccountsTellOfImages',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: senders.map(({ id }) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${id}:root` })) },
          Action: 'events:PutEvents',
          Resource: attributeOf(BUS, 'Arn'),
          Condition: { StringEquals: { 'events:source': 'aws.ec2', 'events:detail-type': IMAGE_STATE_CHANGE } },
        },
      },
    },
  };
}
