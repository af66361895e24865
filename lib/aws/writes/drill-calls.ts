import {
  type _InstanceType,
  CreateTagsCommand,
  DeleteNetworkInterfaceCommand,
  DeleteVolumeCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { SendCommandCommand } from '@aws-sdk/client-ssm';
import type { Target } from '../../model/ids.ts';
import type { Tags } from '../../model/resources.ts';
import { formatInstant, MINUTE } from '../../model/time.ts';
import type {
  AskDrill,
  ClearRemnant,
  DrillTry,
  EndDrill,
  JudgeImage,
  LaunchDrill,
} from '../../planning/drill/changes.ts';
import type { Applied } from '../../run/ports.ts';
import { drillTag } from '../../tagging/drill-tag.ts';
import { drillToken } from '../../tagging/drill-token.ts';
import { DEPLOYMENT } from '../../tagging/tag-keys.ts';
import { drilledTag, passedTag } from '../../tagging/verdict.ts';
import { type Caller, describeFailure } from '../calls/caller.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { fromTags } from '../convert.ts';
import { appliedOf, failed } from './applied.ts';
import { sealedWord, timeOfWriting } from './tag-calls.ts';

/** Starts an image, in one of the ways that a drill may be launched. */
export async function launch(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  change: LaunchDrill,
  tried: DrillTry,
): Promise<Applied> {
  const { deployment, image } = change;
  const at = timeOfWriting(caller);
  const said = drillTag({ image, at, rung: change.rung, leaseMinutes: change.leaseMinutes });
  const word = await sealedWord(caller, sealKey, said, { kind: 'drill', deployment, image, place: target });
  if (!word.ok) return failed(word.failure);
  const token = drillToken({ ...change, ...tried, at });
  const command = new RunInstancesCommand(launchInput(change, tried, word.value, token));
  const answer = await caller.call(target, 'RunInstances', (client) => client.send(command));
  if (!answer.ok) {
    return TOKEN_TAKEN.has(answer.failure.code)
      ? { kind: 'unknown', problem: `${describeFailure(answer.failure)}; ${BEFORE}` }
      : failed(answer.failure);
  }
  const [instance] = answer.value.Instances ?? [];
  const until = formatInstant(at + change.leaseMinutes * MINUTE);
  return { kind: 'done', note: `${instance?.InstanceId} as ${tried.type} in ${tried.subnet}, until ${until}` };
}

/** How EC2 answers a token whose launch had other tags, as those of another time are, or whose machine has ended. */
const TOKEN_TAKEN: ReadonlySet<string> = new Set(['IdempotentParameterMismatch', 'IdempotentInstanceTerminated']);

const BEFORE =
  'it was launched within the hour, and EC2 does not show it yet, or it has ended without a verdict; the run of the next hour tries it again';

function launchInput(
  change: LaunchDrill,
  { subnet, type }: DrillTry,
  word: Tags,
  token: string,
): RunInstancesCommandInput {
  const { deployment, image, profile } = change;
  // No key of people's: by a `Name` a policy might select it, and make images of a drill.
  const tags = fromTags({ [DEPLOYMENT]: deployment, ...word });
  return {
    ImageId: image,
    ...(isInstanceType(type) && { InstanceType: type }),
    MinCount: 1,
    MaxCount: 1,
    ClientToken: token,
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: subnet,
        Groups: [change.securityGroup],
        AssociatePublicIpAddress: false,
        DeleteOnTermination: true,
      },
    ],
    BlockDeviceMappings: change.devices.map((DeviceName) => ({ DeviceName, Ebs: { DeleteOnTermination: true } })),
    ...(profile !== undefined && { IamInstanceProfile: { Name: profile } }),
    // Whatever its server took: an account may refuse each launch that takes IMDSv1.
    MetadataOptions: { HttpTokens: 'required' },
    InstanceInitiatedShutdownBehavior: 'terminate',
    DisableApiTermination: false,
    // EC2 would start it anew on another machine, and with that its lease.
    MaintenanceOptions: { AutoRecovery: 'disabled' },
    TagSpecifications: [
      { ResourceType: 'instance', Tags: tags },
      { ResourceType: 'volume', Tags: tags },
      { ResourceType: 'network-interface', Tags: tags },
    ],
  };
}

/** The SDK lists the types of its own day; EC2 has new ones each month. */
function isInstanceType(text: string): text is _InstanceType {
  return text.includes('.');
}

/** The verdict first: a drill that is gone while its verdict is not written would have been for nothing. */
export async function judge(caller: Caller, sealKey: SealKey, target: Target, change: JudgeImage): Promise<Applied> {
  const written = await writeVerdict(caller, sealKey, target, change);
  if (change.ends === undefined || (written.kind !== 'done' && !change.endsAnyway)) return written;
  const ended = await terminate(caller, target, change.ends);
  return written.kind === 'done' ? ended : written;
}

async function writeVerdict(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  { image, deployment, verdict }: JudgeImage,
): Promise<Applied> {
  const at = timeOfWriting(caller);
  const said =
    verdict.kind === 'passed' ? passedTag({ at, ...verdict }) : drilledTag({ at, ...verdict, verdict: verdict.kind });
  const kind = verdict.kind === 'passed' ? 'passed' : 'drilled';
  const tags = await sealedWord(caller, sealKey, said, { kind, deployment, image, place: target });
  if (!tags.ok) return failed(tags.failure);
  const command = () => new CreateTagsCommand({ Resources: [image], Tags: fromTags(tags.value) });
  return appliedOf(await caller.call(target, 'CreateTags', (client) => client.send(command())));
}

export function endDrill(caller: Caller, target: Target, { instance }: EndDrill): Promise<Applied> {
  return terminate(caller, target, instance);
}

async function terminate(caller: Caller, target: Target, instance: string): Promise<Applied> {
  const command = () => new TerminateInstancesCommand({ InstanceIds: [instance] });
  const answer = await caller.call(target, 'TerminateInstances', (client) => client.send(command()));
  // It is gone, which is what was wanted.
  if (!answer.ok && answer.failure.meaning === 'absent') return { kind: 'done' };
  return appliedOf(answer);
}

export async function clearRemnant(caller: Caller, target: Target, { what, remnant }: ClearRemnant): Promise<Applied> {
  const answer =
    what === 'volume'
      ? await caller.call(target, 'DeleteVolume', (client) =>
          client.send(new DeleteVolumeCommand({ VolumeId: remnant })),
        )
      : await caller.call(target, 'DeleteNetworkInterface', (client) =>
          client.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: remnant })),
        );
  if (!answer.ok && GONE.has(answer.failure.code)) return { kind: 'done' };
  return appliedOf(answer);
}

const GONE: ReadonlySet<string> = new Set(['InvalidVolume.NotFound', 'InvalidNetworkInterfaceID.NotFound']);

/** SSM knows no token: a command whose answer is lost may run twice, which a check does not mind. */
export async function ask(caller: Caller, target: Target, { instance, document }: AskDrill): Promise<Applied> {
  const command = () => new SendCommandCommand({ InstanceIds: [instance], DocumentName: document });
  return appliedOf(await caller.to('ssm').call(target, 'SendCommand', (client) => client.send(command())));
}
