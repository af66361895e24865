import type { Instance } from '@aws-sdk/client-ec2';
import type { Effect } from '../../../sandbox/watcher.ts';
import { History } from './history.ts';
import { tagsOf } from './image-record.ts';
import type { RunRecord } from './run-record.ts';
import type { Asked } from './rungs.ts';
import { textAt, textsAt } from './texts.ts';

const MINUTE = 60_000;

/** What a deployment has launched to see whether an image comes up, with all that became of it. */
export interface DrillRecord {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** The deployment, by its own call. */
  readonly maker: string;
  readonly image: string;
  readonly type: string;
  readonly launchedAt: number;
  /** Until when it may live. */
  readonly leaseEnd: number;
  readonly asked: Asked;
  readonly subnet: string;
  readonly group: string;
  readonly volumes: readonly string[];
  readonly interfaces: readonly string[];
  /** Whether it still bears the tags by which its deployment may end it. */
  readonly isOurs: History<boolean>;
  /** When it last was well, and when it had last answered as was asked for, of the moments at which runs looked. */
  wellAt: number;
  answeredAt: number;
  /** The runs that were shown that it is as far as was asked for. */
  readonly shownTo: Set<string>;
  /** Whether it has been told that it lives too long. */
  isReported: boolean;
  /** When it was on its way out. */
  endedAt: number | undefined;
}

/** The instance that a launch has come to. */
export function drillOf(
  { input, account, region }: Effect,
  output: object,
  maker: string,
  asked: Asked & { readonly leaseMinutes: number },
  now: number,
): DrillRecord | undefined {
  const id = textAt(output, 'Instances', 'InstanceId');
  if (id === '') return undefined;
  return {
    id,
    account,
    region,
    maker,
    image: textAt(input, 'ImageId'),
    type: textAt(output, 'Instances', 'InstanceType'),
    launchedAt: now,
    leaseEnd: now + asked.leaseMinutes * MINUTE,
    asked,
    subnet: textAt(input, 'NetworkInterfaces', 'SubnetId'),
    group: textAt(input, 'NetworkInterfaces', 'Groups'),
    volumes: textsAt(output, 'Instances', 'BlockDeviceMappings', 'Ebs', 'VolumeId'),
    interfaces: textsAt(output, 'Instances', 'NetworkInterfaces', 'NetworkInterfaceId'),
    isOurs: new History(now, true),
    wellAt: Number.NEGATIVE_INFINITY,
    answeredAt: Number.NEGATIVE_INFINITY,
    shownTo: new Set(),
    isReported: false,
    endedAt: undefined,
  };
}

export function isLiving(instance: Instance | undefined): boolean {
  const state = instance?.State?.Name;
  return state !== undefined && state !== 'terminated' && state !== 'shutting-down';
}

/** Without its tags a deployment may not end what it launched. */
export function bearsItsTags(instance: Instance, maker: string): boolean {
  const tags = tagsOf(instance);
  return tags.get('amikeep:deployment') === maker && tags.has('amikeep:drill');
}

/** Whether it was as far as was asked for at a moment that a run may go by. */
export function hasCome({ asked, wellAt, answeredAt }: DrillRecord, { startedAt }: RunRecord): boolean {
  return wellAt >= startedAt && (asked.check === 'status' || answeredAt >= startedAt);
}
