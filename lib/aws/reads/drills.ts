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
import { readDrillTag } from '../../tagging/drill-tag.ts';
import { drillTokens } from '../../tagging/drill-token.ts';
import { DEPLOYMENT, DRILL } from '../../tagging/tag-keys.ts';
import { chunks } from '../calls/batches.ts';
import { type Caller, type CallFailure, type CallResult, describeFailure } from '../calls/caller.ts';
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
  const { id, account, region, state, imageId: image, tags, thereSince = 0 } = toInstance(instance, target);
  const { InstanceType, ClientToken, IamInstanceProfile, NetworkInterfaces = [] } = instance;
  const { Code, Message } = instance.StateReason ?? {};
  const profile = IamInstanceProfile?.Arn?.split('/').at(-1);
  return {
    ...{ id, account, region, state, image, tags },
    // Not since its last start: whoever stops and starts a drill would give it a new lease.
    launchedAt: thereSince,
    token: ClientToken ?? '',
    type: InstanceType ?? '',
    networks: NetworkInterfaces.map(({ SubnetId = 'of none', Groups = [] }) => ({
      subnet: SubnetId,
      groups: Groups.flatMap(({ GroupId }) => GroupId ?? []),
    })),
    publicAddresses: NetworkInterfaces.flatMap(({ Association, Ipv6Addresses = [] }) => [
      ...(Association?.PublicIp ? [Association.PublicIp] : []),
      ...Ipv6Addresses.flatMap(({ Ipv6Address }) => Ipv6Address ?? []),
    ]),
    ...(profile && { profile }),
    ...(Code && { stateReason: Message?.startsWith(Code) ? Message : `${Code}: ${Message ?? ''}` }),
  };
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

/** What is asked of each instance by itself, where it has an answer. One that fails hides what the others have to say from nobody. */
async function ofEach<T>(
  source: string,
  caller: Caller,
  ids: readonly InstanceId[],
  ask: (id: InstanceId) => Promise<CallResult<T | undefined>>,
): Promise<Reading<ReadonlyMap<InstanceId, T>>> {
  const found = new Map<InstanceId, T>();
  let failure: CallFailure | undefined;
  for (const id of ids) {
    const answer = await ask(id);
    if (!answer.ok) failure = answer.failure;
    else if (answer.value !== undefined) found.set(id, answer.value);
  }
  const at = caller.now();
  return failure ? partialReading(source, at, found, describeFailure(failure)) : completeReading(source, at, found);
}

/** What stands on the serial consoles of instances; one that has none yet is absent. */
export function readConsoles(
  caller: Caller,
  target: Target,
  ids: readonly InstanceId[],
): Promise<Reading<ReadonlyMap<InstanceId, string>>> {
  return ofEach('consoles', caller, ids, async (id) => {
    const ask = (Latest: boolean) =>
      caller.call(target, 'GetConsoleOutput', async (client) => {
        const { Output } = await client.send(new GetConsoleOutputCommand({ InstanceId: id, Latest }));
        return Output ? Buffer.from(Output, 'base64').toString('utf8') : undefined;
      });
    const latest = await ask(true);
    // Only newer types have the console as it is now; of the others EC2 keeps what it was after the start.
    return !latest.ok && latest.failure.meaning === 'refused' ? ask(false) : latest;
  });
}

/** Those of the instances whose agent SSM hears of. */
export async function readNodes(
  caller: Caller,
  target: Target,
  ids: readonly InstanceId[],
): Promise<Reading<ReadonlySet<InstanceId>>> {
  const found = await ofEach("SSM's nodes", caller, ids, (id) =>
    known(
      caller.to('ssm').call(target, 'DescribeInstanceInformation', async (client) => {
        const input = { Filters: [{ Key: 'InstanceIds', Values: [id] }] };
        const { InstanceInformationList: [node] = [] } = await client.send(
          new DescribeInstanceInformationCommand(input),
        );
        return node?.PingStatus === 'Online' ? true : undefined;
      }),
    ),
  );
  return mapReading(found, (nodes) => new Set(nodes.keys()));
}

/** The commands that were sent to instances, the newest first. */
export function readCommands(
  caller: Caller,
  target: Target,
  ids: readonly InstanceId[],
): Promise<Reading<ReadonlyMap<InstanceId, readonly CommandRun[]>>> {
  return ofEach('commands', caller, ids, (id) =>
    known(
      caller.to('ssm').call(target, 'ListCommandInvocations', async (client) => {
        const runs: CommandRun[] = [];
        let NextToken: string | undefined;
        do {
          const page = await client.send(
            new ListCommandInvocationsCommand({ InstanceId: id, Details: true, NextToken }),
          );
          runs.push(...(page.CommandInvocations ?? []).map(toRun));
          NextToken = page.NextToken;
        } while (NextToken);
        return runs;
      }),
    ),
  );
}

/** SSM refuses to tell of an instance whose agent it has never heard of. */
async function known<T>(asked: Promise<CallResult<T | undefined>>): Promise<CallResult<T | undefined>> {
  const answer = await asked;
  return !answer.ok && answer.failure.code === 'InvalidInstanceId' ? { ok: true, value: undefined } : answer;
}

const UNDER_WAY: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Delayed', 'Cancelling']);

function toRun({ DocumentName = '', Status, StatusDetails, CommandPlugins = [] }: CommandInvocation): CommandRun {
  // The details have blanks within their words: `In Progress`.
  const status = (StatusDetails ?? Status ?? 'of no status').replaceAll(' ', '');
  const state = Status === 'Success' ? 'succeeded' : UNDER_WAY.has(Status ?? '') ? 'running' : 'failed';
  const exitStatus = CommandPlugins.find((plugin) => plugin.Status === 'Failed')?.ResponseCode;
  return { document: DocumentName, state, status, ...(exitStatus !== undefined && { exitStatus }) };
}
