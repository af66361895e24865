import { createHash } from 'node:crypto';
import {
  CopyImageCommand,
  type CopyImageCommandInput,
  CreateImageCommand,
  CreateTagsCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  type EC2Client,
  type TagSpecification,
} from '@aws-sdk/client-ec2';
import { imageId, type Target } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import { type Instant, SECOND } from '../model/time.ts';
import type { CopyImage, CreateImage, DeregisterImage, MarkImage, UnmarkImage } from '../planning/decision.ts';
import type { Applied, Applier } from '../run/ports.ts';
import { copyAttemptTag } from '../tagging/copy-attempts.ts';
import { markTag } from '../tagging/mark.ts';
import { RETIRE } from '../tagging/tag-keys.ts';
import { packed } from './batches.ts';
import type { Caller, CallFailure } from './caller.ts';
import { describeFailure } from './caller.ts';
import { fromTags } from './convert.ts';
import { holderIn } from './errors.ts';

/** CreateTags and DeleteTags take this many resources a call. */
const MOST_RESOURCES = 1000;

/** The only writer: carries out changes as decided. `account` is the one that the caller's clients act in. */
export function createApplier(caller: Caller, account: Target['account']): Applier {
  const at = (region: Target['region']): Target => ({ account, region });
  return {
    create: (change) => create(caller, at(change.region), change),
    copy: (change) => copy(caller, at(change.region), at(change.source.region), change),
    mark: (changes) => applyMarks(caller, at, changes),
    unmark: (changes) => removeMarks(caller, at, changes),
    deregister: (change, notAfter) => deregister(caller, at(change.region), change, notAfter),
    deleteSnapshot: async ({ region, snapshot }, notAfter) => {
      const send = (client: EC2Client) => client.send(new DeleteSnapshotCommand({ SnapshotId: snapshot }));
      const result = await caller.call(at(region), 'DeleteSnapshot', send, notAfter);
      if (result.ok) return { kind: 'done' };
      return result.failure.meaning === 'absent'
        ? { kind: 'done', note: 'it was gone already' }
        : failed(result.failure);
    },
  };
}

function failed(failure: CallFailure): Applied {
  const problem = describeFailure(failure);
  switch (failure.meaning) {
    case 'not-started':
      return { kind: 'not-started' };
    case 'throttled':
    case 'too-soon':
    case 'limit':
      return { kind: 'limit', problem };
    case 'transient':
    case 'no-answer':
      return { kind: 'unknown', problem };
    case 'denied':
    case 'absent':
    case 'in-use':
    case 'name-taken':
    case 'refused':
      return { kind: 'refused', problem };
  }
}

/** Of a call that makes an image: the name may be taken, by a lost answer of our own too. */
function made(
  result: { ok: true; value: { ImageId?: string | undefined } } | { ok: false; failure: CallFailure },
): Applied {
  if (result.ok) return { kind: 'done', ...(result.value.ImageId && { image: imageId(result.value.ImageId) }) };
  if (result.failure.meaning !== 'name-taken') return failed(result.failure);
  const holder = holderIn(result.failure.message);
  return { kind: 'lost-name', ...(holder && { holder: imageId(holder) }) };
}

function tagSpecifications(tags: Tags): TagSpecification[] {
  return [
    { ResourceType: 'image', Tags: fromTags(tags) },
    { ResourceType: 'snapshot', Tags: fromTags(tags) },
  ];
}

async function create(caller: Caller, target: Target, change: CreateImage): Promise<Applied> {
  const command = () =>
    new CreateImageCommand({
      InstanceId: change.instance,
      Name: change.name,
      Description: `${change.stamp.policy} ${change.stamp.lineage}`.slice(0, 255),
      // Always sent: EC2 reboots the instance where it is left out.
      NoReboot: !change.reboot,
      BlockDeviceMappings: change.excludeDevices.map((device) => ({ DeviceName: device, NoDevice: '' })),
      TagSpecifications: tagSpecifications(change.tags),
    });
  return made(await caller.call(target, 'CreateImage', (client) => client.send(command())));
}

async function copy(caller: Caller, target: Target, source: Target, change: CopyImage): Promise<Applied> {
  const { attempt } = change.stamp;
  if (attempt > 1) {
    const tags = fromTags(copyAttemptTag(change.region, attempt));
    const written = await caller.call(source, 'CreateTags', (client) =>
      client.send(new CreateTagsCommand({ Resources: [change.source.image], Tags: tags })),
    );
    if (!written.ok) return failed(written.failure);
  }
  const parameters: CopyImageCommandInput = {
    Name: change.name,
    SourceImageId: change.source.image,
    SourceRegion: change.source.region,
    Description: `${change.stamp.policy} ${change.stamp.lineage}`.slice(0, 255),
    ...((change.encrypt || change.kmsKey !== undefined) && { Encrypted: true }),
    ...(change.kmsKey !== undefined && { KmsKeyId: change.kmsKey }),
    TagSpecifications: tagSpecifications(change.tags),
  };
  const input = { ...parameters, ClientToken: clientToken(parameters) };
  return made(await caller.call(target, 'CopyImage', (client) => client.send(new CopyImageCommand(input))));
}

/**
 * The same for the same copy asked for twice, another for anything else: the name, which holds the attempt, is one of
 * the parameters, so that a new attempt does not get the dead image of the one before. EC2 takes 64 characters.
 */
function clientToken(parameters: CopyImageCommandInput): string {
  return createHash('sha256').update(JSON.stringify(parameters)).digest('hex');
}

async function deregister(
  caller: Caller,
  target: Target,
  change: DeregisterImage,
  notAfter: Instant,
): Promise<Applied> {
  const command = () => new DeregisterImageCommand({ ImageId: change.image, DeleteAssociatedSnapshots: true });
  const result = await caller.call(target, 'DeregisterImage', (client) => client.send(command()), notAfter);
  if (!result.ok) {
    return result.failure.meaning === 'absent' ? { kind: 'done', note: 'it was gone already' } : failed(result.failure);
  }
  // EC2 answers 200 although snapshots remain. They bear the mark, by which a later run finds them.
  const left = (result.value.DeleteSnapshotResults ?? []).filter(({ ReturnCode }) => ReturnCode !== 'success');
  if (left.length === 0) return { kind: 'done' };
  const note = left.map(({ SnapshotId, ReturnCode }) => `${SnapshotId} is left over: ${ReturnCode}`).join('; ');
  return { kind: 'done', note };
}

/** What EC2 may answer to a whole call because of one of its resources. */
const OF_ONE_RESOURCE: ReadonlySet<CallFailure['meaning']> = new Set(['absent', 'refused', 'denied'] as const);

type TagWork = MarkImage | UnmarkImage;
type Send = (client: EC2Client, resources: string[]) => Promise<unknown>;

async function applyMarks(
  caller: Caller,
  at: (region: Target['region']) => Target,
  changes: readonly MarkImage[],
): Promise<Applied[]> {
  const groups = Map.groupBy(changes, ({ region, text }) => JSON.stringify([region, text]));
  const results = new Map<TagWork, Applied>();
  for (const group of groups.values()) {
    const [first] = group;
    if (!first) continue;
    // Never earlier than the writing: what a mark allows, it allows so long after it stands there.
    const send: Send = (client, Resources) => {
      const at = Math.ceil(caller.now() / SECOND) * SECOND;
      return client.send(new CreateTagsCommand({ Resources, Tags: fromTags(markTag({ at, reason: first.text })) }));
    };
    await tagAll(caller, at(first.region), 'CreateTags', group, send, results);
  }
  return changes.map((change) => results.get(change) ?? { kind: 'not-started' });
}

async function removeMarks(
  caller: Caller,
  at: (region: Target['region']) => Target,
  changes: readonly UnmarkImage[],
): Promise<Applied[]> {
  const results = new Map<TagWork, Applied>();
  for (const group of Map.groupBy(changes, ({ region }) => region).values()) {
    const [first] = group;
    if (!first) continue;
    const send: Send = (client, Resources) =>
      client.send(new DeleteTagsCommand({ Resources, Tags: [{ Key: RETIRE }] }));
    await tagAll(caller, at(first.region), 'DeleteTags', group, send, results);
  }
  return changes.map((change) => results.get(change) ?? { kind: 'not-started' });
}

/**
 * Tags images together with their snapshots, as many in a call as EC2 takes. One resource that is gone, full of tags or
 * denied fails a whole call, so a call that fails for that is made again in halves, down to the image that it is about.
 */
async function tagAll(
  caller: Caller,
  target: Target,
  action: string,
  changes: readonly TagWork[],
  send: Send,
  results: Map<TagWork, Applied>,
): Promise<void> {
  const queue: (readonly TagWork[])[] = packed(changes, MOST_RESOURCES, ({ snapshots }) => 1 + snapshots.length);
  for (let group = queue.shift(); group; group = queue.shift()) {
    const resources = group.flatMap(({ image, snapshots }) => [image, ...snapshots]);
    const result = await caller.call(target, action, (client) => send(client, resources));
    if (!result.ok && OF_ONE_RESOURCE.has(result.failure.meaning) && group.length > 1) {
      const half = Math.ceil(group.length / 2);
      queue.unshift(group.slice(0, half), group.slice(half));
      continue;
    }
    for (const change of group) results.set(change, result.ok ? { kind: 'done' } : failed(result.failure));
  }
}
