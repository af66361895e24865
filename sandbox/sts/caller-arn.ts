import type { Session } from './sessions.ts';

/** Who is no role is the user `sandbox` of the account that the access key stands for. */
export function callerArn(account: string, session: Session | undefined): string {
  return session === undefined ? `arn:aws:iam::${account}:user/sandbox` : assumedArn(session);
}

export function assumedArn({ account, role, name }: Session): string {
  const [, partition] = role.split(':');
  return `arn:${partition}:sts::${account}:assumed-role/${role.split('/').at(-1)}/${name}`;
}
