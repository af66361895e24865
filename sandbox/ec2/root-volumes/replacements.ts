import type {
  CreateReplaceRootVolumeTaskCommandInput,
  CreateReplaceRootVolumeTaskCommandOutput,
  DescribeReplaceRootVolumeTasksCommandInput,
  DescribeReplaceRootVolumeTasksCommandOutput,
  ReplaceRootVolumeTask,
  Volume,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { invalidValue, rootNotReplaceable } from '../errors.ts';
import { ownInstance } from '../instances/lookup.ts';
import { defaultKey, keyArn } from '../plane/keys.ts';
import type { AccountRegion, InstanceEntry, Plane, RootReplacementEntry, VolumeEntry } from '../plane/state.ts';
import { secondsDate, secondsText, view } from '../plane/views.ts';
import { allHold, compileFilters, filterTable } from '../requests/filters.ts';
import { once } from '../requests/idempotency.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, narrow, type PageRule, readCursor } from '../requests/paging.ts';
import { tagsByType } from '../tags/tags.ts';
import { scheduleReplacement } from './lifecycle.ts';
import { ownReplacement, rootMapping } from './lookup.ts';
import { type RootSource, rootSource } from './sources.ts';

const filters = filterTable<ReplaceRootVolumeTask>({ 'instance-id': (task) => task.InstanceId });

/** API model, DescribeReplaceRootVolumeTasksMaxResults: 1 to 50. */
const pageRule: PageRule = {
  operation: 'DescribeReplaceRootVolumeTasks',
  least: 1,
  most: 50,
  beyond: 'refused',
  idList: 'replaceRootVolumeTaskIds',
  outOfRange: () => invalidValue('Maximum results allowed are between 1 and 50'),
};

export function rootReplacementOperations(plane: Plane) {
  return {
    CreateReplaceRootVolumeTask: operation<
      CreateReplaceRootVolumeTaskCommandInput,
      Answer<CreateReplaceRootVolumeTaskCommandOutput>
    >(
      [
        'ClientToken',
        'DeleteReplacedRootVolume',
        'ImageId',
        'InstanceId',
        'SnapshotId',
        'TagSpecifications.ResourceType',
        'TagSpecifications.Tags',
        'VolumeId',
      ],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const start = () => startReplacement(plane, place, input).id;
        const { id } = once(plane, place, 'CreateReplaceRootVolumeTask', input, start);
        return { ReplaceRootVolumeTask: ownReplacement(plane, place, id).current };
      },
    ),
    DescribeReplaceRootVolumeTasks: operation<
      DescribeReplaceRootVolumeTasksCommandInput,
      Answer<DescribeReplaceRootVolumeTasksCommandOutput>
    >(['ReplaceRootVolumeTaskIds', 'Filters', 'MaxResults', 'NextToken'], (input, context) =>
      describeReplacements(plane, input, context),
    ),
  };
}

function startReplacement(
  plane: Plane,
  place: AccountRegion,
  input: CreateReplaceRootVolumeTaskCommandInput,
): RootReplacementEntry {
  const behaviour = plane.behaviour(place.region);
  const tags = tagsByType(input.TagSpecifications, ['replace-root-volume-task'], behaviour);
  const instance = ownInstance(place, input.InstanceId);
  const root = replaceableRoot(plane, place, instance);
  const source = rootSource(plane, place, instance, root, input);
  const id = plane.newId('replacevol');
  const task = view<ReplaceRootVolumeTask>({
    ReplaceRootVolumeTaskId: id,
    InstanceId: instance.id,
    TaskState: 'pending',
    StartTime: secondsText(plane.clock.now()),
    ImageId: input.ImageId,
    SnapshotId: input.SnapshotId,
    DeleteReplacedRootVolume: input.DeleteReplacedRootVolume ?? false,
    Tags: [...(tags.get('replace-root-volume-task') ?? [])],
  });
  const volume = 'volume' in source ? source.volume : newRoot(plane, place, root, source);
  const entry: RootReplacementEntry = {
    id,
    seq: plane.nextSeq(),
    current: task,
    shown: task,
    oldVolumeId: root.id,
    newVolumeId: volume.id,
    isOwnVolume: !('volume' in source),
  };
  place.rootReplacements.add(entry);
  scheduleReplacement(plane, place, entry, behaviour.rootReplacementCreateMs);
  return entry;
}

/** @throws the code of the behaviour for an instance that is not running, is not on EBS, or has a task under way. */
function replaceableRoot(plane: Plane, place: AccountRegion, instance: InstanceEntry): VolumeEntry {
  const { rootReplacementStateCode: code } = plane.behaviour(place.region);
  const refuse = (problem: string) => rootNotReplaceable(code, instance.id, problem);
  if (instance.current.State?.Name !== 'running') throw refuse('it is not running');
  const volume = place.volumes.get(rootMapping(instance)?.Ebs?.VolumeId ?? '');
  if (!volume) throw refuse('it has no root volume on EBS');
  const isUnderWay = place.rootReplacements.inOrder.some(
    ({ current }) => current.InstanceId === instance.id && current.CompleteTime === undefined,
  );
  if (isUnderWay) throw refuse('another task is doing so');
  return volume;
}

/**
 * A volume of the type and performance of the root, of the greater of the two sizes. An encrypted root stays under its
 * own key; another gets that of what it is made of or, where the account encrypts by default, the default one (EC2 User
 * Guide, Replace the root volume, Encryption outcomes).
 */
function newRoot(
  plane: Plane,
  place: AccountRegion,
  { current: root }: VolumeEntry,
  { snapshotId, size, snapshot }: Exclude<RootSource, { readonly volume: VolumeEntry }>,
): VolumeEntry {
  const id = plane.newId('vol');
  const isEncrypted =
    root.Encrypted === true || snapshot?.Encrypted === true || plane.behaviour(place.region).encryptionByDefault;
  const ofSource = snapshot?.OwnerId === place.account ? snapshot.KmsKeyId : undefined;
  const key = root.KmsKeyId ?? ofSource ?? keyArn(place.account, place.region, defaultKey);
  const volume = view<Volume>({
    ...root,
    VolumeId: id,
    Size: Math.max(size, root.Size ?? 0),
    Encrypted: isEncrypted,
    KmsKeyId: isEncrypted ? key : undefined,
    SnapshotId: snapshotId,
    State: 'creating',
    CreateTime: secondsDate(plane.clock.now()),
    Attachments: [],
    Tags: [],
  });
  const entry: VolumeEntry = { id, seq: plane.nextSeq(), current: volume, shown: volume, snapshotsInProgress: 0 };
  place.volumes.add(entry);
  return entry;
}

function describeReplacements(
  plane: Plane,
  input: DescribeReplaceRootVolumeTasksCommandInput,
  { account, region }: CallContext,
) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { ReplaceRootVolumeTaskIds: ids = [] } = input;
  const cursor = readCursor(input, pageRule, ids, behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const byId = ids.map((id) => ownReplacement(plane, place, id)).sort((a, b) => a.seq - b.seq);
  const { entries, filters: rest } =
    ids.length > 0 ? { entries: byId, filters: compiled } : narrow(place.rootReplacements, compiled);
  const accept = ({ shown }: RootReplacementEntry) => (shown && allHold(rest, shown) ? shown : undefined);
  const { items, nextToken } = fillPage([entries], cursor, accept);
  return { ReplaceRootVolumeTasks: items, ...(nextToken && { NextToken: nextToken }) };
}
