import type { PingStatus } from '@aws-sdk/client-ssm';
import type { Machine } from '../../ec2/instances/machines.ts';
import type { CommandState } from './state.ts';

/** An instance whose agent has registered, all times in milliseconds since the Unix epoch. */
export interface Node {
  readonly machine: Machine;
  readonly ping: Extract<PingStatus, 'Online' | 'ConnectionLost'>;
  readonly registeredAt: number;
  readonly pingedAt: number;
}

/** An agent pings every five minutes (Systems Manager User Guide, SSM Agent technical reference). */
const pingMs = 300_000;

/** An instance as a node, if it is one by now; one that is stopped or terminated is none. */
export function nodeOf(state: CommandState, region: string, machine: Machine): Node | undefined {
  const { managedNodes, nodeOnlineMs, nodeRules } = state.behaviour(region);
  if (machine.upSince === undefined) return undefined;
  if (managedNodes === 'with-instance-profile' && !machine.instance.IamInstanceProfile) return undefined;
  const rule = nodeRules.find(machine.fits);
  const registeredAt = machine.upSince + nodeOnlineMs;
  const now = state.clock.now();
  if (rule?.outcome === 'never' || now < registeredAt) return undefined;
  if (rule?.outcome === 'lost') return { machine, ping: 'ConnectionLost', registeredAt, pingedAt: registeredAt };
  const pingedAt = registeredAt + Math.floor((now - registeredAt) / pingMs) * pingMs;
  return { machine, ping: 'Online', registeredAt, pingedAt };
}
