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
  type EC2Client,
  EnableImageCommand,
  type Image,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type Tag,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
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

export interface CompanyPorts {
  readonly sandbox: Sandbox;
  readonly account: string;
  /** A client of the people's own. */
  readonly client: (region: string) => EC2Client;
}

/** The people who own the account, by what they can do in it. */
export class Company {
  readonly members: Member[] = [];
  readonly templates: { readonly region: string; readonly id: string }[] = [];
  readonly #ports: CompanyPorts;
  #tokens = 0;

  constructor(ports: CompanyPorts) {
    this.#ports = ports;
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
          Ebs: { VolumeSize: size, VolumeType: 'gp3', ...(encrypted && { Encrypted: true }) },
        })),
        TagSpecifications: [{ ResourceType: 'instance', Tags: tagList(server.tags) }],
      }),
    );
    if (!instance?.InstanceId) throw new Error('EC2 launched nothing');
    const member: Member = { id: instance.InstanceId, server, state: 'running' };
    this.members.push(member);
    return member;
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
    const token = this.#token();
    const { LaunchTemplate: template } = await this.#client(region).send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: token,
        LaunchTemplateData: { ImageId: image.ImageId },
        ClientToken: token,
      }),
    );
    if (template?.LaunchTemplateId) this.templates.push({ region, id: template.LaunchTemplateId });
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

  async deleteTemplate(template: Company['templates'][number]): Promise<void> {
    await this.#client(template.region).send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: template.id }));
    this.templates.splice(this.templates.indexOf(template), 1);
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
    return this.#ports.client(region);
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
