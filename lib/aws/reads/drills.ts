import {
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVolumesCommand,
  type Instance as Ec2Instance,
  type Filter,
  GetConsoleOutputCommand,
  type InstanceStatusSummary,
  type Tag,
} from '@aws-sdk/client-ec2';
import {
  type CommandInvocation,
  DescribeInstanceInformationCommand,
  ListCommandInvocationsCommand,
} from '@aws-sdk/client-ssm';
import type { CheckStatus, CommandRun, DrillInstance, DrillRemnant, Health } from '../../model/drills.ts';
import { type ImageId, type InstanceId, instanceId, type Target } from '../../model/ids.ts';
import { completeReading, mapReading, partialReading, type Reading } from '../../model/reading.ts';
import type { Instant } from '../../model/time.ts';
import { readDrillTag } from '../../tagging/drill-tag.ts';
import { drillTokens } from '../../tagging/drill-token.ts';
import { DEPLOYMENT, DRILL } from '../../tagging/tag-keys.ts';
import { chunks } from '../calls/batches.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import { joinReadings, readPages } from '../calls/pages.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { toInstance, toTags } from '../convert.ts';
import { exactly } from './filters.ts';

const PAGE = 1000;
/** As many ids as DescribeInstanceStatus takes. */
const MOST_IDS = 100;

/** Whatever was launched under a token of the deployment's drills, whoever has changed its tags since; with what ended within the hour. */
export function readDrills(
  caller: Caller,
  target: Target,
  deployment: string,
  image?: ImageId,
): Promise<Reading<readonly DrillInstance[]>> {
  const filters: Filter[] = [
    { Name: 'client-token', Values: [drillTokens(deployment)] },
    ...(image === undefined ? [] : [exactly('image-id', image)]),
  ];
  return readPages(caller, target, 'drills', 'DescribeInstances', async (client, token) => {
    const answer = await client.send(
      new DescribeInstancesCommand({ Filters: filters, MaxResults: PAGE, NextToken: token }),
    );
    const found = (answer.Reservations ?? []).flatMap(({ Instances = [] }) => Instances);
    return { items: found.map((instance) => toDrill(instance, target)), next: answer.NextToken };
  });
}

function toDrill(instance: Ec2Instance, target: Target): DrillInstance {
  const { id, account, region, state, imageId: image, tags } = toInstance(instance, target);
  const { InstanceType, ClientToken, SubnetId, SecurityGroups, IamInstanceProfile, PublicIpAddress } = instance;
  const { Code, Message } = instance.StateReason ?? {};
  const profile = IamInstanceProfile?.Arn?.split('/').at(-1);
  return {
    ...{ id, account, region, state, image, tags },
    launchedAt: firstLaunched(instance),
    token: ClientToken ?? '',
    type: InstanceType ?? '',
    groups: (SecurityGroups ?? []).flatMap(({ GroupId }) => GroupId ?? []),
    ...(SubnetId && { subnet: SubnetId }),
    ...(profile && { profile }),
    ...(PublicIpAddress && { publicAddress: PublicIpAddress }),
    ...(Code && { stateReason: Message?.startsWith(Code) ? Message : `${Code}: ${Message ?? ''}` }),
  };
}

/**
 * When a machine was launched. Its LaunchTime is that of its last start, by which whoever stops and starts it would give it a
 * new lease; "to determine the time that instance was first launched, see the attachment time for the primary network
 * interface" (API reference, Instance). One that has ended has none any more.
 */
export function firstLaunched({
  LaunchTime,
  NetworkInterfaces = [],
}: Pick<Ec2Instance, 'LaunchTime' | 'NetworkInterfaces'>): Instant {
  const primary = NetworkInterfaces.find(({ Attachment }) => Attachment?.DeviceIndex === 0);
  return (primary?.Attachment?.AttachTime ?? LaunchTime)?.getTime() ?? 0;
}

/** The volumes and interfaces that bear the tag of a drill of the deployment and are attached to nothing. */
export async function readRemnants(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  deployment: string,
): Promise<Reading<readonly DrillRemnant[]>> {
  const check = await sealKey.check(caller);
  const common = (tags: readonly Tag[] | undefined) => {
    const found = toTags(tags);
    const launch = check.value && readDrillTag(found, deployment, target, check.value);
    return { ...target, tags: found, ...(launch && { launch }) };
  };
  const Filters = [exactly('tag-key', DRILL), exactly(`tag:${DEPLOYMENT}`, deployment), exactly('status', 'available')];
  const parts = await Promise.all([
    readPages(caller, target, 'volumes of drills', 'DescribeVolumes', async (client, token) => {
      const answer = await client.send(new DescribeVolumesCommand({ Filters, MaxResults: PAGE, NextToken: token }));
      const items = (answer.Volumes ?? []).map(
        ({ VolumeId: id = '', CreateTime, SnapshotId = '', Tags }): DrillRemnant => {
          return { kind: 'volume', id, snapshot: SnapshotId, createdAt: CreateTime?.getTime() ?? 0, ...common(Tags) };
        },
      );
      return { items, next: answer.NextToken };
    }),
    readPages(caller, target, 'interfaces of drills', 'DescribeNetworkInterfaces', async (client, token) => {
      const input = { Filters, MaxResults: PAGE, NextToken: token };
      const answer = await client.send(new DescribeNetworkInterfacesCommand(input));
      const items = (answer.NetworkInterfaces ?? []).map(
        ({ NetworkInterfaceId: id = '', SubnetId = '', TagSet }): DrillRemnant => {
          return { kind: 'interface', id, subnet: SubnetId, ...common(TagSet) };
        },
      );
      return { items, next: answer.NextToken };
    }),
  ]);
  return joinReadings<DrillRemnant>('left-overs of drills', caller.now(), parts);
}

/** EC2's status checks of instances that run; one that does not is absent. */
export async function readHealth(
  caller: Caller,
  target: Target,
  ids: readonly InstanceId[],
): Promise<Reading<ReadonlyMap<InstanceId, Health>>> {
  const parts = chunks(ids, MOST_IDS).map((part) =>
    readPages(caller, target, 'status checks', 'DescribeInstanceStatus', async (client, token) => {
      const input = { Filters: [], InstanceIds: [...part], NextToken: token };
      const answer = await client.send(new DescribeInstanceStatusCommand(input));
      const items = (answer.InstanceStatuses ?? []).flatMap(
        ({ InstanceId, SystemStatus, InstanceStatus, AttachedEbsStatus }): [InstanceId, Health][] =>
          InstanceId
            ? [
                [
                  instanceId(InstanceId),
                  {
                    system: statusOf(SystemStatus),
                    instance: statusOf(InstanceStatus),
                    volumes: AttachedEbsStatus ? statusOf(AttachedEbsStatus) : 'not-applicable',
                  },
                ],
              ]
            : [],
      );
      return { items, next: answer.NextToken };
    }),
  );
  return mapReading(
    joinReadings('status checks', caller.now(), await Promise.all(parts)),
    (entries) => new Map(entries),
  );
}

const STATUSES: readonly CheckStatus[] = ['ok', 'impaired', 'initializing', 'insufficient-data', 'not-applicable'];

/** A word that is new is none that tells that all is well. */
function statusOf(summary: InstanceStatusSummary | undefined): CheckStatus {
  return STATUSES.find((status) => status === summary?.Status) ?? 'insufficient-data';
}

/** What stands on the serial consoles of instances; one that has none yet is absent. */
export async function readConsoles(
  caller: Caller,
  target: Target,
  ids: readonly InstanceId[],
): Promise<Reading<ReadonlyMap<InstanceId, string>>> {
  const found = new Map<InstanceId, string>();
  for (const id of ids) {
    const ask = (Latest: boolean) =>
      caller.call(target, 'GetConsoleOutput', (client) =>
        client.send(new GetConsoleOutputCommand({ InstanceId: id, Latest })),
      );
    const latest = await ask(true);
    // Only newer types have the console as it is now; of the others EC2 keeps what it was after the start.
    const answer = !latest.ok && latest.failure.meaning === 'refused' ? await ask(false) : latest;
    if (!answer.ok) return partialReading('consoles', caller.now(), found, describeFailure(answer.failure));
    if (answer.value.Output) found.set(id, Buffer.from(answer.value.Output, 'base64').toString('utf8'));
  }
  return completeReading('consoles', caller.now(), found);
}

/** Those of the instances whose agent SSM hears of. */
export async function readNodes(
  caller: Caller,
  target: Target,
  ids: readonly InstanceId[],
): Promise<Reading<ReadonlySet<InstanceId>>> {
  const ssm = caller.to('ssm');
  const found = new Set<InstanceId>();
  for (const id of ids) {
    const input = { Filters: [{ Key: 'InstanceIds', Values: [id] }] };
    const answer = await ssm.call(target, 'DescribeInstanceInformation', (client) =>
      client.send(new DescribeInstanceInformationCommand(input)),
    );
    if (answer.ok) {
      const [node] = answer.value.InstanceInformationList ?? [];
      if (node?.PingStatus === 'Online') found.add(id);
    } else if (answer.failure.code !== UNKNOWN_NODE) {
      return partialReading("SSM's nodes", caller.now(), found, describeFailure(answer.failure));
    }
  }
  return completeReading("SSM's nodes", caller.now(), found);
}

/** How SSM answers for an instance whose agent it has never heard of. */
const UNKNOWN_NODE = 'InvalidInstanceId';

/** The commands that were sent to instances. */
export async function readCommands(
  caller: Caller,
  target: Target,
  ids: readonly InstanceId[],
): Promise<Reading<ReadonlyMap<InstanceId, readonly CommandRun[]>>> {
  const ssm = caller.to('ssm');
  const found = new Map<InstanceId, readonly CommandRun[]>();
  for (const id of ids) {
    const answer = await ssm.call(target, 'ListCommandInvocations', (client) =>
      client.send(new ListCommandInvocationsCommand({ InstanceId: id })),
    );
    if (answer.ok) found.set(id, (answer.value.CommandInvocations ?? []).map(toRun));
    else if (answer.failure.code !== UNKNOWN_NODE) {
      return partialReading('commands', caller.now(), found, describeFailure(answer.failure));
    }
  }
  return completeReading('commands', caller.now(), found);
}

const UNDER_WAY: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

function toRun({ DocumentName = '', Status, StatusDetails }: CommandInvocation): CommandRun {
  const status = StatusDetails ?? Status ?? 'of no status';
  const state = Status === 'Success' ? 'succeeded' : UNDER_WAY.has(Status ?? '') ? 'running' : 'failed';
  return { document: DocumentName, state, status };
}
