import {
  CreateReplaceRootVolumeTaskCommand,
  type CreateReplaceRootVolumeTaskCommandInput,
  CreateVolumeCommand,
  type CreateVolumeCommandInput,
  RunInstancesCommand,
  VolumeType,
} from '@aws-sdk/client-ec2';
import type { Target } from '../../model/ids.ts';
import type { Making, NewVolume, RootReplacement } from '../../planning/restore/plan.ts';
import type { Caller, CallResult } from '../calls/caller.ts';
import { fromTags } from '../convert.ts';
import { launchInput } from './launch-input.ts';

/** Makes what is planned, and gives its id; nothing where there is nothing to make. */
export async function make(
  caller: Caller,
  target: Target,
  making: Making,
): Promise<CallResult<string | undefined> | undefined> {
  return send(caller, target, making, false);
}

/** Asks whether that would be allowed: EC2 answers with an error in any case. */
export async function dryRun(caller: Caller, target: Target, making: Making): Promise<CallResult<unknown> | undefined> {
  return send(caller, target, making, true);
}

async function send(
  caller: Caller,
  target: Target,
  making: Making,
  DryRun: boolean,
): Promise<CallResult<string | undefined> | undefined> {
  switch (making.kind) {
    case 'machine': {
      const { launch } = making;
      if (!launch) return undefined;
      return caller.call(target, 'RunInstances', async (client) => {
        const { Instances = [] } = await client.send(new RunInstancesCommand({ ...launchInput(launch), DryRun }));
        return Instances[0]?.InstanceId;
      });
    }
    case 'root': {
      const { replacement } = making;
      if (!replacement) return undefined;
      return caller.call(target, 'CreateReplaceRootVolumeTask', async (client) => {
        const command = new CreateReplaceRootVolumeTaskCommand({ ...rootInput(replacement), DryRun });
        return (await client.send(command)).ReplaceRootVolumeTask?.ReplaceRootVolumeTaskId;
      });
    }
    case 'volume': {
      const { volume } = making;
      if (!volume) return undefined;
      return caller.call(target, 'CreateVolume', async (client) => {
        return (await client.send(new CreateVolumeCommand({ ...volumeInput(volume), DryRun }))).VolumeId;
      });
    }
  }
}

/** The old root is not deleted: it is the way back. */
function rootInput({ image, instance, tags, token }: RootReplacement): CreateReplaceRootVolumeTaskCommandInput {
  return {
    InstanceId: instance,
    ImageId: image,
    ClientToken: token,
    DeleteReplacedRootVolume: false,
    TagSpecifications: [{ ResourceType: 'replace-root-volume-task', Tags: fromTags(tags) }],
  };
}

function volumeInput({ snapshot, zoneId, kind, kmsKey, tags, token }: NewVolume): CreateVolumeCommandInput {
  return {
    SnapshotId: snapshot,
    AvailabilityZoneId: zoneId,
    ...(kind && isVolumeType(kind.type) && { VolumeType: kind.type }),
    ...(kind?.iops !== undefined && { Iops: kind.iops }),
    ...(kind?.throughput !== undefined && { Throughput: kind.throughput }),
    ...(kmsKey !== undefined && { Encrypted: true, KmsKeyId: kmsKey }),
    ClientToken: token,
    TagSpecifications: [{ ResourceType: 'volume', Tags: fromTags(tags) }],
  };
}

function isVolumeType(text: string): text is VolumeType {
  return Object.values<string>(VolumeType).includes(text);
}
