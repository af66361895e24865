import { createHash } from 'node:crypto';
import type { InstanceId, Target } from '../../model/ids.ts';

/** The same for the same parameters asked for twice, so that EC2 makes one thing of both. It takes 64 characters. */
export function tokenOf(...parameters: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parameters)).digest('hex');
}

/** The instance that is restored, where it was. */
export interface RestoredServer extends Target {
  readonly instance: InstanceId;
}

/**
 * The token of a machine's launch. Nearly everybody may write tags, and nobody can change the token of an instance: by the first
 * part of it the machines of a server are found, whoever has changed their tags since, and whichever images can be listed.
 *
 * @example `amikeep-restore-5f2a9c01d3e4b5a6-0c1d2e3f4a5b6c7d8e9f0a1b2c3d4e5`
 */
export function machineToken(deployment: string, server: RestoredServer, ...launch: readonly unknown[]): string {
  return `${start(deployment, server)}${tokenOf(...launch).slice(0, LAUNCH)}`;
}

/** What matches the tokens of all machines that were restored of a server, as a filter of EC2. */
export function machineTokens(deployment: string, server: RestoredServer): string {
  return `${start(deployment, server)}*`;
}

const SERVER = 16;
/** What is left of 64 characters. */
const LAUNCH = 31;

function start(deployment: string, { account, region, instance }: RestoredServer): string {
  return `amikeep-restore-${tokenOf(deployment, account, region, instance).slice(0, SERVER)}-`;
}
