import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeImagesCommand,
  type EC2Client,
  type Image,
  RunInstancesCommand,
  StopInstancesCommand,
  type Tag,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { SandboxClock } from '../sandbox/contract.ts';
import { publicImageId } from '../sandbox/ec2/index.ts';
import type { InstanceSpec } from './fleet.ts';

/** An instance that was launched, whether it still runs or not. */
export interface Member {
  readonly spec: InstanceSpec;
  readonly id: string;
  /** As EC2 has them by what this world did; the spec's at first. */
  tags: Readonly<Record<string, string>>;
  gone: boolean;
}

export interface WorldPorts {
  readonly clock: SandboxClock;
  readonly client: (region: string) => EC2Client;
}

/** EC2 launches two instances a second, and takes five calls a second of most other kinds. */
const LAUNCH_PAUSE = 1_000;
const STOP_PAUSE = 200;

/** The people of the simulated company: they launch, tag, stop and terminate instances, with clients of their own. */
export class World {
  readonly #ports: WorldPorts;
  readonly #members: Member[] = [];
  #launches = 0;

  constructor(ports: WorldPorts) {
    this.#ports = ports;
  }

  /** Every instance that there ever was, in the order of launching. */
  get members(): readonly Member[] {
    return this.#members;
  }

  /** Those that were not terminated. */
  get live(): readonly Member[] {
    return this.#members.filter(({ gone }) => !gone);
  }

  client(region: string): EC2Client {
    return this.#ports.client(region);
  }

  /** @param imageId what it is launched from; a public image where none is given */
  async launch(spec: InstanceSpec, imageId = publicImageId(spec.region, 'al2023')): Promise<Member> {
    const client = this.client(spec.region);
    this.#launches += 1;
    const { Instances: [instance] = [] } = await client.send(
      new RunInstancesCommand({
        ImageId: imageId,
        InstanceType: 't3.medium',
        MinCount: 1,
        MaxCount: 1,
        // The SDK would make one up, another in each run.
        ClientToken: `launch-${this.#launches}`,
        Placement: { AvailabilityZone: spec.zone },
        BlockDeviceMappings: spec.volumes.map(({ device, size }) => ({
          DeviceName: device,
          Ebs: { VolumeSize: size, VolumeType: 'gp3' },
        })),
        TagSpecifications: [{ ResourceType: 'instance', Tags: toTags(spec.tags) }],
      }),
    );
    if (!instance?.InstanceId) throw new Error(`EC2 launched nothing for ${spec.name}`);
    const member: Member = { spec, id: instance.InstanceId, tags: spec.tags, gone: false };
    this.#members.push(member);
    for (const { device, tags } of spec.volumes) {
      const volume = instance.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === device)?.Ebs?.VolumeId;
      if (volume) await this.#tagResource(spec.region, volume, tags);
    }
    await this.#ports.clock.sleep(LAUNCH_PAUSE);
    return member;
  }

  /** Launches a whole fleet and waits until all of it is up; what is to be stopped is stopped then. */
  async populate(fleet: readonly InstanceSpec[]): Promise<void> {
    for (const spec of fleet) await this.launch(spec);
    await this.#ports.clock.sleep(60_000);
    for (const member of this.live) {
      if (member.spec.state !== 'stopped') continue;
      await this.stop(member);
      await this.#ports.clock.sleep(STOP_PAUSE);
    }
    await this.#ports.clock.sleep(60_000);
  }

  async stop({ id, spec }: Member): Promise<void> {
    await this.client(spec.region).send(new StopInstancesCommand({ InstanceIds: [id] }));
  }

  async terminate(member: Member): Promise<void> {
    await this.client(member.spec.region).send(new TerminateInstancesCommand({ InstanceIds: [member.id] }));
    member.gone = true;
  }

  /** A new instance in the place of one, which has to be gone by then: same tags, same volumes. */
  async replace(member: Member, imageId?: string): Promise<Member> {
    return await this.launch({ ...member.spec, tags: member.tags, state: 'running' }, imageId);
  }

  async tag(member: Member, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#tagResource(member.spec.region, member.id, tags);
    member.tags = { ...member.tags, ...tags };
  }

  async untag(member: Member, ...keys: readonly string[]): Promise<void> {
    const command = new DeleteTagsCommand({ Resources: [member.id], Tags: keys.map((Key) => ({ Key })) });
    await this.client(member.spec.region).send(command);
    member.tags = Object.fromEntries(Object.entries(member.tags).filter(([key]) => !keys.includes(key)));
  }

  /** The newest available image that EC2 lists as made from an instance; none if there is none. */
  async newestImageOf({ id, spec }: Member): Promise<Image | undefined> {
    const filters = [
      { Name: 'source-instance-id', Values: [id] },
      { Name: 'state', Values: ['available'] },
    ];
    const { Images = [] } = await this.client(spec.region).send(
      new DescribeImagesCommand({ Owners: ['self'], Filters: filters }),
    );
    return Images.toSorted((one, other) => (one.CreationDate ?? '').localeCompare(other.CreationDate ?? '')).at(-1);
  }

  async tagImage(region: string, imageId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#tagResource(region, imageId, tags);
  }

  async untagImage(region: string, imageId: string, key: string): Promise<void> {
    await this.client(region).send(new DeleteTagsCommand({ Resources: [imageId], Tags: [{ Key: key }] }));
  }

  async #tagResource(region: string, id: string, tags: Readonly<Record<string, string>>): Promise<void> {
    if (Object.keys(tags).length === 0) return;
    await this.client(region).send(new CreateTagsCommand({ Resources: [id], Tags: toTags(tags) }));
  }
}

function toTags(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
