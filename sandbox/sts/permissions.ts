import type { AccessKey, ServiceName } from '../contract.ts';
import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import { callerArn } from './caller-arn.ts';
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

/** IAM asks nobody for a permission to learn who they are (STS API reference, GetCallerIdentity). */
const ASKED_FOR_NOTHING = 'sts:GetCallerIdentity';

/** What callers may do, as the setting `allowedActions` has it: actions, not the resources that they are about. */
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
    const { allowedActions } = this.#behaviour(region);
    const allowed = allowedActions[session?.role ?? accessKey.accessKeyId];
    if (allowed === undefined) return undefined;
    // EC2 asks for this as well where a call tags what it makes (EC2 User Guide, supported-iam-actions-tagging).
    const needed = 'TagSpecifications' in input ? [operation, 'CreateTags'] : [operation];
    const missing = needed.find((name) => !this.#isAllowed(allowed, `${service}:${name}`));
    return missing === undefined ? undefined : { operation: missing, account, callerArn: callerArn(account, session) };
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
