import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { partition } from '@aws-sdk/core/client';
import type { AccountId, Target } from '../../model/ids.ts';
import { type Clock, type Instant, MINUTE } from '../../model/time.ts';
import type { MemberAccount, PolicyFile } from '../../policy/policy.ts';
import type { Action, AnyAction, PersonsRole } from '../../run/event.ts';
import type { Caller, CallFailure, CallResult, Entrance, RegionalClients } from './caller.ts';
import type { Clients, Credentials } from './clients.ts';
import { stsRegionFor } from './sts-region.ts';

/** A session ends so long before its credentials do: for the calls that are under way, and for clocks that differ. */
const SPARE = 5 * MINUTE;

export interface MemberSessionsOptions {
  readonly file: Pick<PolicyFile, 'deployment' | 'accounts'>;
  readonly clock: Clock;
  /** Clients that act with a session's credentials. */
  readonly clientsWith: (credentials: Credentials) => Clients;
}

interface Session {
  readonly clients: Clients;
  readonly endsAt: Instant;
}

/**
 * The roles in member accounts that are assumed, each with the clients that act by it. The sessions outlive the runs
 * that open them: they are made once for each instance of a function, as its clients are, and renewed on the clock.
 */
export class MemberSessions {
  readonly #options: MemberSessionsOptions;
  readonly #open = new Map<string, Session>();
  readonly #opening = new Map<string, Promise<CallResult<Session>>>();
  readonly #all: Clients[] = [];

  constructor(options: MemberSessionsOptions) {
    this.#options = options;
  }

  /**
   * The way into member accounts, from the account and region that amikeep runs in.
   *
   * @param as the function whose role is taken, by its action, or a person's role
   */
  entrance(home: Target, as: AnyAction | PersonsRole): Entrance {
    const role = roleOf(as);
    return (account, caller) => (account === home.account ? undefined : this.#enter(account, home, role, caller));
  }

  close(): void {
    for (const clients of this.#all) clients.close();
  }

  async #enter(
    account: AccountId,
    home: Target,
    as: RoleKind,
    caller: Pick<Caller, 'to'>,
  ): Promise<CallResult<RegionalClients>> {
    const member = this.#options.file.accounts.find(({ id }) => id === account);
    if (!member) return refused('NoSuchAccount', `the policy file has no account ${account}`);
    const role = `arn:${partition(home.region).name}:iam::${account}:role/${member.rolePrefix}-${as}`;
    const open = this.#open.get(role);
    if (open && this.#options.clock.now() < open.endsAt) return { ok: true, value: open.clients };
    // Runs make many calls at once: the first one opens the session for all of them.
    const opening = this.#opening.get(role) ?? this.#begin(role, member, home, as, caller);
    const opened = await opening;
    return opened.ok ? { ok: true, value: opened.value.clients } : opened;
  }

  #begin(
    role: string,
    member: MemberAccount,
    home: Target,
    as: RoleKind,
    caller: Pick<Caller, 'to'>,
  ): Promise<CallResult<Session>> {
    const opening = this.#assume(role, member, home, as, caller).then((opened) => {
      this.#opening.delete(role);
      if (opened.ok) this.#open.set(role, opened.value);
      return opened;
    });
    this.#opening.set(role, opening);
    return opening;
  }

  async #assume(
    role: string,
    { id, externalId }: MemberAccount,
    home: Target,
    as: RoleKind,
    caller: Pick<Caller, 'to'>,
  ): Promise<CallResult<Session>> {
    const { file, clientsWith } = this.#options;
    const command = () =>
      new AssumeRoleCommand({
        RoleArn: role,
        RoleSessionName: `amikeep-${file.deployment}-${as}`,
        ...(externalId !== undefined && { ExternalId: externalId }),
      });
    const at = { ...home, region: stsRegionFor(home.region) };
    const answer = await caller.to('sts').call(at, 'AssumeRole', (client) => client.send(command()));
    if (!answer.ok) return { ok: false, failure: notAssumed(role, as, id, home.account, answer.failure) };
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.value.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
      return refused('NoCredentials', `${role} was assumed, but STS gave no credentials`);
    }
    const clients = clientsWith({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
    });
    this.#all.push(clients);
    return { ok: true, value: { clients, endsAt: Expiration.getTime() - SPARE } };
  }
}

/** What follows the prefix in a role's name. */
type RoleKind = Action | PersonsRole;

/** What only people ask for no function has the rights for. */
function roleOf(as: AnyAction | PersonsRole): RoleKind {
  return as === 'undo' || as === 'adopt' ? 'operate' : as;
}

function refused(code: string, message: string): { readonly ok: false; readonly failure: CallFailure } {
  return { ok: false, failure: { meaning: 'denied', code, message } };
}

/** The call that wanted in was never made: whatever became of AssumeRole, it has had no effect. */
function notAssumed(
  role: string,
  as: RoleKind,
  account: AccountId,
  home: AccountId,
  failure: CallFailure,
): CallFailure {
  if (failure.meaning === 'not-started') return failure;
  const message = `${role} cannot be assumed (${failure.message})`;
  const trust =
    as === 'plan' || as === 'operate' ? 'that its OperatorPrincipals name you' : `that it trusts account ${home}`;
  const remedy = `check that account ${account} has this role, ${trust}, and that the policy file has its rolePrefix and externalId`;
  return {
    meaning: PASSING.has(failure.meaning) ? 'throttled' : 'denied',
    code: failure.code,
    message: failure.meaning === 'denied' ? `${message}: ${remedy}` : message,
  };
}

/** What a later run may not meet any more, and what of a call that was never made had no effect. */
const PASSING: ReadonlySet<CallFailure['meaning']> = new Set([
  'throttled',
  'too-soon',
  'limit',
  'transient',
  'no-answer',
] as const);
