import type { AccessKey, ServiceName } from '../contract.ts';
import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import { callerArn } from './caller-arn.ts';
import { launchedResources } from './launched-resources.ts';
import type { Sessions } from './sessions.ts';

/** A call that its caller may not make. */
export interface ForbiddenCall {
  /** The action that is missing, without its service: that of the call, or `CreateTags`. */
  readonly operation: string;
  readonly account: string;
  readonly callerArn: string;
}

interface AskedCall {
  readonly service: ServiceName;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly accessKey?: AccessKey | undefined;
}

/** The actions that a call takes, each with its service. */
function neededFor({ service, operation }: AskedCall, input: object): readonly string[] {
  return [
    `${service}:${operation}`,
    // EC2 asks for this as well where a call tags what it makes (EC2 User Guide, supported-iam-actions-tagging).
    ...('TagSpecifications' in input ? [`${service}:CreateTags`] : []),
    // And for this where it hands a role to what it makes (EC2 User Guide, iam-roles-for-amazon-ec2).
    ...('IamInstanceProfile' in input ? ['iam:PassRole'] : []),
  ];
}

/** IAM asks nobody for a permission to learn who they are (STS API reference, GetCallerIdentity). */
const ASKED_FOR_NOTHING = 'sts:GetCallerIdentity';

/**
 * What callers may do, as the setting `allowedActions` has it: actions, and of launches alone, by `launchableResources`, what
 * they are about as well.
 */
export class Permissions {
  readonly #sessions: Sessions;
  readonly #behaviour: (region: string) => Ec2Behaviour;
  readonly #patterns = new Map<string, RegExp>();

  constructor(sessions: Sessions, behaviour: (region: string) => Ec2Behaviour) {
    this.#sessions = sessions;
    this.#behaviour = behaviour;
  }

  /** What stands in the way of a call; nothing where its caller may make it. */
  forbidden(call: AskedCall, input: object): ForbiddenCall | undefined {
    const { service, operation, account, region, accessKey } = call;
    if (accessKey === undefined) return undefined;
    const session = this.#sessions.find(accessKey.accessKeyId);
    const { allowedActions, launchableResources } = this.#behaviour(region);
    const caller = session?.role ?? accessKey.accessKeyId;
    const { [caller]: allowed } = allowedActions;
    const { [caller]: launchable } = launchableResources;
    const missing =
      (allowed && neededFor(call, input).find((action) => !this.#isAllowed(allowed, action))) ??
      (launchable && this.#cannotLaunch(launchable, call, input) ? `${service}:${operation}` : undefined);
    if (missing === undefined) return undefined;
    const [, name = operation] = missing.split(':');
    return { operation: name, account, callerArn: callerArn(account, session) };
  }

  /** Each resource has to be allowed for itself. */
  #cannotLaunch(launchable: readonly string[], { service, operation }: AskedCall, input: object): boolean {
    if (service !== 'ec2' || operation !== 'RunInstances') return false;
    return launchedResources(input).some((resource) => {
      return !launchable.some((pattern) => this.#matcher(pattern).test(resource));
    });
  }

  #isAllowed(allowed: readonly string[], action: string): boolean {
    return action === ASKED_FOR_NOTHING || allowed.some((pattern) => this.#matcher(pattern).test(action));
  }

  /** Actions have no case, and `*` stands for any number of characters. */
  #matcher(pattern: string): RegExp {
    const known = this.#patterns.get(pattern);
    if (known !== undefined) return known;
    const matcher = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i');
    this.#patterns.set(pattern, matcher);
    return matcher;
  }
}
