import type { CommandInvocationStatus } from '@aws-sdk/client-ssm';
import type { CommandEntry, Invocation } from './state.ts';

/** How far a command is on an instance. */
interface Progress {
  readonly status: CommandInvocationStatus;
  readonly details: string;
  readonly beganAt?: number;
  readonly endedAt?: number;
}

/** How far a command is on an instance (Systems Manager User Guide, Understanding command statuses). */
export function progressOf(command: CommandEntry, { beginsAt, runMs, exitStatus }: Invocation, now: number): Progress {
  if (beginsAt === undefined || beginsAt > command.expiresAt) {
    return now < command.expiresAt
      ? { status: 'Pending', details: 'Pending' }
      : { status: 'TimedOut', details: 'DeliveryTimedOut' };
  }
  if (now < beginsAt) return { status: 'Pending', details: 'Pending' };
  const endedAt = beginsAt + Math.min(runMs, command.executionMs);
  if (now < endedAt) return { status: 'InProgress', details: 'InProgress', beganAt: beginsAt };
  const times = { beganAt: beginsAt, endedAt };
  if (runMs > command.executionMs) return { status: 'TimedOut', details: 'ExecutionTimedOut', ...times };
  return exitStatus === 0
    ? { status: 'Success', details: 'Success', ...times }
    : { status: 'Failed', details: 'Failed', ...times };
}
