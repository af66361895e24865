import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import {
  type CallContext,
  type OperationDefinition,
  type SandboxClock,
  ServiceError,
  type ServiceOperations,
} from '../contract.ts';
import type { Ec2Behaviour } from '../ec2/behaviour/behaviour.ts';
import { assumedArn, callerArn } from './caller-arn.ts';
import type { Session, Sessions } from './sessions.ts';

export interface StsOptions {
  readonly clock: SandboxClock;
  readonly sessions: Sessions;
  /** The settings of a region, which are EC2's: which roles there are is one of them. */
  readonly behaviour: (region: string) => Ec2Behaviour;
}

/** API reference, AssumeRole, DurationSeconds: in seconds. A role allows no more than the default unless it says so. */
const SHORTEST = 900;
const DEFAULT_LENGTH = 3_600;
const LONGEST = 43_200;

const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:[\w+=,.@-]+\/)*([\w+=,.@-]{1,64})$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

/** Security tokens: who the caller is, and the keys of roles that are assumed. */
export function createStsOperations({ clock, sessions, behaviour }: StsOptions): ServiceOperations {
  const sessionOf = ({ accessKeyId = '' }: CallContext) => sessions.find(accessKeyId);

  const getCallerIdentity: OperationDefinition<GetCallerIdentityRequest, GetCallerIdentityResponse> = {
    heeds: [],
    run: (_input, context) => {
      const session = sessionOf(context);
      const UserId = session === undefined ? `AIDA${context.account}0000` : assumedId(session);
      return { UserId, Account: context.account, Arn: callerArn(context.account, session) };
    },
  };

  const assumeRole: OperationDefinition<AssumeRoleRequest, AssumeRoleResponse> = {
    heeds: ['RoleArn', 'RoleSessionName', 'ExternalId', 'DurationSeconds'],
    run: ({ RoleArn: role = '', RoleSessionName: name = '', ExternalId, DurationSeconds }, context) => {
      const [, account] = ROLE.exec(role) ?? [];
      if (account === undefined) throw validation(`${role} is invalid`);
      if (!SESSION_NAME.test(name))
        throw unfitting('roleSessionName', name, 'satisfy regular expression pattern: [\\w+=,.@-]*');
      const { roles } = behaviour(context.region);
      if (!mayAssume(roles === 'any' ? undefined : (roles[role] ?? NOBODY), context.account, ExternalId)) {
        throw new ServiceError(
          'AccessDenied',
          `User: ${callerArn(context.account, sessionOf(context))} is not authorized to perform: sts:AssumeRole on resource: ${role}`,
          403,
        );
      }
      const session = sessions.open({
        ...{ account, role, name },
        // To the second, as it is on the wire.
        endsAt: 1_000 * (Math.floor(clock.now() / 1_000) + lengthOf(DurationSeconds)),
      });
      return {
        Credentials: {
          AccessKeyId: session.accessKeyId,
          SecretAccessKey: session.secretAccessKey,
          SessionToken: session.sessionToken,
          Expiration: new Date(session.endsAt),
        },
        AssumedRoleUser: { AssumedRoleId: assumedId(session), Arn: assumedArn(session) },
      };
    },
  };

  return { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole };
}

interface Trust {
  readonly trusts: readonly string[];
  readonly externalId?: string | undefined;
}

const NOBODY: Trust = { trusts: [] };

function mayAssume(trust: Trust | undefined, account: string, externalId: string | undefined): boolean {
  if (trust === undefined) return true;
  return trust.trusts.includes(account) && (trust.externalId === undefined || trust.externalId === externalId);
}

function lengthOf(seconds: number = DEFAULT_LENGTH): number {
  if (seconds < SHORTEST || seconds > LONGEST) {
    const bound = seconds < SHORTEST ? `greater than or equal to ${SHORTEST}` : `less than or equal to ${LONGEST}`;
    throw unfitting('durationSeconds', seconds, `have value ${bound}`);
  }
  if (seconds > DEFAULT_LENGTH) {
    throw validation('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  return seconds;
}

function validation(message: string): ServiceError {
  return new ServiceError('ValidationError', message);
}

function unfitting(member: string, value: string | number, must: string): ServiceError {
  return validation(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${must}`,
  );
}

function assumedId({ account, name }: Session): string {
  return `AROA${account}0000:${name}`;
}
