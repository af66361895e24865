import {
  CreateAutoScalingGroupCommand,
  CreateLaunchConfigurationCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLaunchConfigurationCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CopyImageCommand,
  CreateImageCommand,
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  CreateTagsCommand,
  DeleteLaunchTemplateCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DisableImageCommand,
  DisableImageDeregistrationProtectionCommand,
  type EbsBlockDevice,
  type EC2Client,
  EnableImageCommand,
  EnableImageDeregistrationProtectionCommand,
  type Image,
  LockSnapshotCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type Tag,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { DeleteParameterCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import type { Clients } from '../../lib/aws/calls/clients.ts';
import { region as toRegion } from '../../lib/model/ids.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Server } from './fleet.ts';

export interface Member {
  readonly id: string;
  readonly server: Server;
  state: 'running' | 'stopped' | 'terminated';
}

/** An image with the region that it is in. */
export interface Found {
  readonly region: string;
  readonly image: Image & { readonly ImageId: string };
}

/** Something in a region, by its id or its name. */
export interface Named {
  readonly region: string;
  readonly id: string;
}

export interface CompanyPorts {
  readonly sandbox: Sandbox;
  readonly account: string;
  readonly clients: Clients;
  /** Those of another account, with which images are shared, and its number. */
  readonly neighbour: { readonly account: string; readonly clients: Clients };
}

/** The people who own the account, by what they can do in it. */
export class Company {
  readonly members: Member[] = [];
  readonly templates: Named[] = [];
  readonly configurations: Named[] = [];
  readonly groups: Named[] = [];
  readonly parameters: Named[] = [];
  /** Images that were shared with the other account, by their ids; of some that is taken back by now. */
  readonly sharedImages = new Set<string>();
  /** Instances of the other account. */
  readonly neighbours: Named[] = [];
  readonly protectedImages: Named[] = [];
  /** The key of encrypted volumes in a region; EBS's own where there is none. */
  volumeKey: ((region: string) => string) | undefined;
  readonly #ports: CompanyPorts;
  /** By region: the template of all groups there, which names a public image. */
  readonly #groupTemplates = new Map<string, string>();
  #tokens = 0;

  constructor(ports: CompanyPorts) {
    this.#ports = ports;
  }

  /** The other account's number. */
  get neighbour(): string {
    return this.#ports.neighbour.account;
  }

  get live(): readonly Member[] {
    return this.members.filter(({ state }) => state !== 'terminated');
  }

  /** Those that stand for themselves, and not only for the use of an image. */
  get servers(): readonly Member[] {
    return this.live.filter(({ server }) => server.tags.Role !== undefined);
  }

  /** Every image that is registered in the account, as it is. */
  images(): Found[] {
    const { sandbox, account } = this.#ports;
    return sandbox.ec2.inspect.images({ account }).flatMap(({ region, image: { ImageId, ...image } }): Found[] => {
      return ImageId === undefined ? [] : [{ region, image: { ...image, ImageId } }];
    });
  }

  /** @param imageId what it is launched from; a public image where none is given */
  async launch(server: Server, imageId = publicImageId(server.region, 'al2023')): Promise<Member> {
    const { Instances: [instance] = [] } = await this.#client(server.region).send(
      new RunInstancesCommand({
        ImageId: imageId,
        InstanceType: 't3.medium',
        MinCount: 1,
        MaxCount: 1,
        ClientToken: this.#token(),
        BlockDeviceMappings: server.volumes.map(({ device, size, encrypted }) => ({
          DeviceName: device,
          Ebs: { VolumeSize: size, VolumeType: 'gp3', ...(encrypted && this.#encryption(server.region)) },
        })),
        TagSpecifications: [{ ResourceType: 'instance', Tags: tagList(server.tags) }],
      }),
    );
    if (!instance?.InstanceId) throw new Error('EC2 launched nothing');
    const member: Member = { id: instance.InstanceId, server, state: 'running' };
    this.members.push(member);
    return member;
  }

  #encryption(region: string): EbsBlockDevice {
    return { Encrypted: true, ...(this.volumeKey && { KmsKeyId: this.volumeKey(region) }) };
  }

  async stop(member: Member): Promise<void> {
    await this.#client(member.server.region).send(new StopInstancesCommand({ InstanceIds: [member.id] }));
    member.state = 'stopped';
  }

  async start(member: Member): Promise<void> {
    await this.#client(member.server.region).send(new StartInstancesCommand({ InstanceIds: [member.id] }));
    member.state = 'running';
  }

  async terminate(member: Member): Promise<void> {
    await this.#client(member.server.region).send(new TerminateInstancesCommand({ InstanceIds: [member.id] }));
    member.state = 'terminated';
  }

  async tag(region: string, id: string, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#client(region).send(new CreateTagsCommand({ Resources: [id], Tags: tagList(tags) }));
  }

  async untag(region: string, id: string, key: string): Promise<void> {
    await this.#client(region).send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: key }] }));
  }

  async deregister({ region, image }: Found, withSnapshots: boolean): Promise<void> {
    const input = { ImageId: image.ImageId, ...(withSnapshots && { DeleteAssociatedSnapshots: true }) };
    await this.#client(region).send(new DeregisterImageCommand(input));
  }

  async disable({ region, image }: Found): Promise<void> {
    await this.#client(region).send(new DisableImageCommand({ ImageId: image.ImageId }));
  }

  async enable({ region, image }: Found): Promise<void> {
    await this.#client(region).send(new EnableImageCommand({ ImageId: image.ImageId }));
  }

  /** A template of one version. */
  async createTemplate({ region, image }: Found): Promise<void> {
    this.templates.push({ region, id: await this.#templateOf(region, image.ImageId) });
  }

  async #templateOf(region: string, imageId: string): Promise<string> {
    const token = this.#token();
    const { LaunchTemplate: template } = await this.#client(region).send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: token,
        LaunchTemplateData: { ImageId: imageId },
        ClientToken: token,
      }),
    );
    if (!template?.LaunchTemplateId) throw new Error('EC2 made no launch template');
    return template.LaunchTemplateId;
  }

  /** A newer version, beside which the older ones stay. */
  async addTemplateVersion(id: string, { region, image }: Found): Promise<void> {
    await this.#client(region).send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId: id,
        LaunchTemplateData: { ImageId: image.ImageId },
        ClientToken: this.#token(),
      }),
    );
  }

  async deleteTemplate(template: Named): Promise<void> {
    await this.#client(template.region).send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: template.id }));
    this.templates.splice(this.templates.indexOf(template), 1);
  }

  /** A group of no capacity, one of whose overrides names an image that no template names. */
  async createGroup({ region, image }: Found): Promise<Named> {
    const known = this.#groupTemplates.get(region);
    const template = known ?? (await this.#templateOf(region, publicImageId(region, 'al2023')));
    this.#groupTemplates.set(region, template);
    const name = this.#token();
    await this.#ports.clients.autoScaling(toRegion(region)).send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: name,
        MinSize: 0,
        MaxSize: 2,
        DesiredCapacity: 0,
        AvailabilityZones: [`${region}a`],
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateId: template, Version: '$Latest' },
            Overrides: [{ InstanceType: 't3.medium' }, { InstanceType: 't3.large', ImageId: image.ImageId }],
          },
        },
      }),
    );
    const group = { region, id: name };
    this.groups.push(group);
    return group;
  }

  async deleteGroup(group: Named): Promise<void> {
    const command = new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: group.id });
    await this.#ports.clients.autoScaling(toRegion(group.region)).send(command);
    this.groups.splice(this.groups.indexOf(group), 1);
  }

  /** A launch configuration that no group has, which may have one any day. */
  async createConfiguration({ region, image }: Found): Promise<Named> {
    const name = this.#token();
    await this.#ports.clients.autoScaling(toRegion(region)).send(
      new CreateLaunchConfigurationCommand({
        LaunchConfigurationName: name,
        ImageId: image.ImageId,
        InstanceType: 't3.medium',
      }),
    );
    const configuration = { region, id: name };
    this.configurations.push(configuration);
    return configuration;
  }

  async deleteConfiguration(configuration: Named): Promise<void> {
    const command = new DeleteLaunchConfigurationCommand({ LaunchConfigurationName: configuration.id });
    await this.#ports.clients.autoScaling(toRegion(configuration.region)).send(command);
    this.configurations.splice(this.configurations.indexOf(configuration), 1);
  }

  /** A parameter that names an image, or names another one from now on. */
  async putParameter({ region, image }: Found, known?: Named): Promise<Named> {
    const parameter = known ?? { region, id: `/images/${this.#token()}` };
    await this.#ports.clients.ssm(toRegion(region)).send(
      new PutParameterCommand({
        Name: parameter.id,
        Value: image.ImageId,
        Type: 'String',
        DataType: 'aws:ec2:image',
        Overwrite: known !== undefined,
      }),
    );
    if (!known) this.parameters.push(parameter);
    return parameter;
  }

  async deleteParameter(parameter: Named): Promise<void> {
    const command = new DeleteParameterCommand({ Name: parameter.id });
    await this.#ports.clients.ssm(toRegion(parameter.region)).send(command);
    this.parameters.splice(this.parameters.indexOf(parameter), 1);
  }

  /** Shares an image with the other account. */
  async share({ region, image }: Found): Promise<void> {
    const share = { LaunchPermission: { Add: [{ UserId: this.neighbour }] } };
    await this.#client(region).send(new ModifyImageAttributeCommand({ ImageId: image.ImageId, ...share }));
    this.sharedImages.add(image.ImageId);
  }

  /** Launches an instance in the other account from an image that is shared with it. */
  async launchElsewhere({ region, image }: Found): Promise<Named> {
    const { clients } = this.#ports.neighbour;
    const { Instances: [instance] = [] } = await clients.ec2(toRegion(region)).send(
      new RunInstancesCommand({
        ImageId: image.ImageId,
        InstanceType: 't3.medium',
        MinCount: 1,
        MaxCount: 1,
        ClientToken: this.#token(),
      }),
    );
    const launched = { region, id: instance?.InstanceId ?? '' };
    this.neighbours.push(launched);
    return launched;
  }

  async terminateElsewhere(instance: Named): Promise<void> {
    const client = this.#ports.neighbour.clients.ec2(toRegion(instance.region));
    await client.send(new TerminateInstancesCommand({ InstanceIds: [instance.id] }));
    this.neighbours.splice(this.neighbours.indexOf(instance), 1);
  }

  async protect({ region, image }: Found): Promise<void> {
    const command = new EnableImageDeregistrationProtectionCommand({ ImageId: image.ImageId });
    await this.#client(region).send(command);
    this.protectedImages.push({ region, id: image.ImageId });
  }

  async unprotect(image: Named): Promise<void> {
    await this.#client(image.region).send(new DisableImageDeregistrationProtectionCommand({ ImageId: image.id }));
    this.protectedImages.splice(this.protectedImages.indexOf(image), 1);
  }

  async lockSnapshot({ region, id }: Named): Promise<void> {
    const lock = { LockMode: 'governance', LockDuration: 5 } as const;
    await this.#client(region).send(new LockSnapshotCommand({ SnapshotId: id, ...lock }));
  }

  async shareSnapshot({ region, id }: Named): Promise<void> {
    const share = { CreateVolumePermission: { Add: [{ UserId: this.#ports.neighbour.account }] } };
    await this.#client(region).send(new ModifySnapshotAttributeCommand({ SnapshotId: id, ...share }));
  }

  /** An image by hand, with the tags that somebody thought right. */
  async createImage({ id, server }: Member, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#client(server.region).send(
      new CreateImageCommand({
        InstanceId: id,
        Name: `by-hand-${this.#token()}`,
        NoReboot: true,
        TagSpecifications: [{ ResourceType: 'image', Tags: tagList(tags) }],
      }),
    );
  }

  /** A copy with all the tags of its source. */
  async copyImage({ region, image }: Found, to: string): Promise<void> {
    const token = this.#token();
    await this.#client(to).send(
      new CopyImageCommand({
        Name: `copied-${token}`,
        SourceImageId: image.ImageId,
        SourceRegion: region,
        CopyImageTags: true,
        ClientToken: token,
      }),
    );
  }

  #client(region: string): EC2Client {
    return this.#ports.clients.ec2(toRegion(region));
  }

  /** The SDK would make them up, others in each run. */
  #token(): string {
    this.#tokens += 1;
    return `people-${this.#tokens}`;
  }
}

function tagList(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
