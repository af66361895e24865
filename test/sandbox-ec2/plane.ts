import type { BlockDeviceMapping, Image, Instance, RunInstancesCommandInput, Tag } from '@aws-sdk/client-ec2';
import { VirtualClock } from '../../sandbox/clock.ts';
import { type CallContext, INSTANCE_STATE_CHANGE, type SandboxEvent, ServiceError } from '../../sandbox/contract.ts';
import {
  type BinRules,
  createEc2Service,
  type Ec2Behaviour,
  type Ec2Service,
  publicImageId,
} from '../../sandbox/ec2/index.ts';
import type { InstanceProfiles } from '../../sandbox/ec2/plane/instance-profiles.ts';
import type { OtherReferences } from '../../sandbox/ec2/plane/state.ts';

type Operations = Ec2Service['operations'];
type InputOf<Name extends keyof Operations> = Parameters<Operations[Name]['run']>[0];
type OutputOf<Name extends keyof Operations> = ReturnType<Operations[Name]['run']>;

const start = Date.UTC(2026, 0, 2, 3, 4, 5);
export const home = 'eu-central-1';
export const away = 'eu-west-1';
const account = '111122223333';
/** Another account than the one that calls are made for where nothing is said. */
export const consumer = { account: '444455556666' };
export const minutes = 60_000;
export const hours = 60 * minutes;

export type PlaneUnderTest = ReturnType<typeof aPlane>;

/** A plane at `start`, with what it tells of images and of instances apart, whose images take two minutes and three seconds a GiB to the millisecond. */
export function aPlane(behaviour: Partial<Ec2Behaviour> = {}, seed = 1, binRules?: BinRules) {
  const clock = new VirtualClock(start);
  const events: Omit<SandboxEvent, 'id' | 'version'>[] = [];
  const instanceEvents: typeof events = [];
  const others: { references: OtherReferences; profiles: InstanceProfiles } = {
    references: () => [],
    profiles: () => undefined,
  };
  const service = createEc2Service({
    clock,
    seed,
    emit: (event) => (event['detail-type'] === INSTANCE_STATE_CHANGE ? instanceEvents : events).push(event),
    behaviour: { durationSpread: 0, snapshotIntervalPerVolumeMs: 0, ...behaviour },
    ...(binRules && { binRules }),
    otherReferences: (...asked) => others.references(...asked),
    profiles: (...asked) => others.profiles(...asked),
  });

  let calls = 0;

  function call<Name extends keyof Operations>(
    name: Name,
    input: InputOf<Name>,
    context: Partial<CallContext> = {},
  ): OutputOf<Name> {
    calls += 1;
    // The table's type can't say that the entry of a name takes that name's input; this signature does.
    const run = service.operations[name].run as (input: InputOf<Name>, context: CallContext) => OutputOf<Name>;
    return run(input, { account, region: home, requestId: `request-${calls}`, ...context });
  }

  return { clock, events, instanceEvents, service, call, others };
}

/** The id of a running instance with a root volume and, on `/dev/sdf` and on, one volume for each size given. */
export async function anInstance(
  { call, clock }: PlaneUnderTest,
  { sizes = [], tags = [], context = {} }: { sizes?: number[]; tags?: Tag[]; context?: Partial<CallContext> } = {},
): Promise<string> {
  const devices = sizes.map(
    (size, index): BlockDeviceMapping => ({ DeviceName: `/dev/sd${'fghi'[index]}`, Ebs: { VolumeSize: size } }),
  );
  const { Instances: [instance] = [] } = call(
    'RunInstances',
    {
      ImageId: publicImageId(context.region ?? home, 'al2023'),
      MinCount: 1,
      MaxCount: 1,
      BlockDeviceMappings: devices,
      TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
    },
    context,
  );
  await clock.advance(20_000);
  return idOf(instance?.InstanceId);
}

/** What a call to launch one instance of a public image needs, and what is said besides. */
export function aLaunch(input: Partial<RunInstancesCommandInput> = {}): RunInstancesCommandInput {
  return { ImageId: publicImageId(home, 'al2023'), InstanceType: 't3.micro', MinCount: 1, MaxCount: 1, ...input };
}

/** The instance that a call launches. */
export function launched({ call }: PlaneUnderTest, input: Partial<RunInstancesCommandInput> = {}): Instance {
  const { Instances: [instance] = [] } = call('RunInstances', aLaunch(input));
  if (!instance) throw new Error('EC2 launched nothing');
  return instance;
}

export function instanceOf({ call }: PlaneUnderTest, id: string | undefined): Instance | undefined {
  return call('DescribeInstances', { InstanceIds: [idOf(id)] }).Reservations?.[0]?.Instances?.[0];
}

/** The ids of a VPC of its own, a subnet in it and a security group. */
export function aNetwork({ call }: PlaneUnderTest, CidrBlock = '10.0.0.0/16', subnetBlock = '10.0.1.0/24') {
  const VpcId = idOf(call('CreateVpc', { CidrBlock }).Vpc?.VpcId);
  const SubnetId = idOf(call('CreateSubnet', { VpcId, CidrBlock: subnetBlock }).Subnet?.SubnetId);
  const GroupId = idOf(call('CreateSecurityGroup', { GroupName: 'web', Description: 'web', VpcId }).GroupId);
  return { VpcId, SubnetId, GroupId };
}

/** The id of an image that is available. */
export async function anImage(plane: PlaneUnderTest, name = 'golden', tags: Tag[] = []): Promise<string> {
  const InstanceId = await anInstance(plane);
  const { ImageId } = plane.call('CreateImage', {
    InstanceId,
    Name: name,
    NoReboot: true,
    TagSpecifications: [{ ResourceType: 'image', Tags: tags }],
  });
  await plane.clock.advance(10 * minutes);
  return idOf(ImageId);
}

export function imageOf({ call }: PlaneUnderTest, id: string, context: Partial<CallContext> = {}): Image {
  const { Images: [image] = [] } = call('DescribeImages', { ImageIds: [id] }, context);
  if (!image) throw new Error(`no image ${id}`);
  return image;
}

export function snapshotIdsOf(image: Image): string[] {
  return (image.BlockDeviceMappings ?? []).flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
}

export function idOf(id: string | undefined): string {
  if (id === undefined) throw new Error('an id was expected');
  return id;
}

/** The code and text that a call was refused with. */
export function refusal(act: () => unknown): { code: string; message: string } {
  try {
    act();
  } catch (error) {
    if (error instanceof ServiceError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('the call was not refused');
}
