import { RUN_REQUESTED } from '../lib/aws/publisher.ts';
import type { PolicyFile } from '../lib/policy/policy.ts';
import type { Action } from '../lib/run/event.ts';
import { EVENT_SOURCE } from '../lib/run/outcome/events.ts';
import { DELIVERY } from './dead-letters.ts';
import { attributeOf, capitalised, functionArn, functionsOf, type Resources } from './template.ts';

/** Where runs are asked for and told: fan-out, continuations, and people. */
export const BUS = 'Bus';

/** A rule whose events go to the function of an action. */
interface Rule {
  readonly logicalId: string;
  /** Unique on its bus. */
  readonly name: string;
  readonly description: string;
  readonly pattern: Readonly<Record<string, unknown>>;
  readonly action: Action;
}

function rulesOf(file: PolicyFile): Rule[] {
  return functionsOf(file).map((action) => ({
    logicalId: `${capitalised(action)}Requested`,
    name: `amikeep-${file.deployment}-${action}`,
    description: `Someone asked for a ${action} run`,
    pattern: { source: [EVENT_SOURCE], 'detail-type': [RUN_REQUESTED], detail: { action: [action] } },
    action,
  }));
}

/** The logical ids of all rules. */
export function ruleIds(file: PolicyFile): string[] {
  return rulesOf(file).map(({ logicalId }) => logicalId);
}

/** The bus and its rules. */
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
  };
}

function ruleResources({ logicalId, name, description, pattern, action }: Rule): Resources {
  return {
    [logicalId]: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: name,
        Description: description,
        EventBusName: { Ref: BUS },
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
