import {
  CreateImageCommand,
  CreateTagsCommand,
  DeleteTagsCommand,
  EC2Client,
  type Image,
  type Tag,
} from '@aws-sdk/client-ec2';
import { connectInProcess } from '../../../sandbox/in-process.ts';
import { ACCOUNT, FRANKFURT, type World } from '../world.ts';

/** Somebody of the company, in the same account: what they may do besides writing tags is what each function here says. */
export interface Person {
  /** Writes tags on whatever it is: `ec2:CreateTags`, which nearly everybody has. */
  tag(ids: readonly string[], tags: Readonly<Record<string, string>>): Promise<void>;
  /** Takes tags off: `ec2:DeleteTags`, which mostly goes with the other. */
  untag(ids: readonly string[], ...keys: readonly string[]): Promise<void>;
  /** An image of their own making. */
  image(InstanceId: string, Name: string): Promise<Image>;
}

export function aPerson(world: World, region = FRANKFURT): Person {
  const client = new EC2Client({
    region,
    credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'any' },
    maxAttempts: 1,
  });
  connectInProcess(world.sandbox, client, { account: ACCOUNT });
  return {
    tag: async (Resources, tags) => {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await world.clock.run(() => client.send(new CreateTagsCommand({ Resources: [...Resources], Tags })));
    },
    untag: async (Resources, ...keys) => {
      const Tags = keys.map((Key) => ({ Key }));
      await world.clock.run(() => client.send(new DeleteTagsCommand({ Resources: [...Resources], Tags })));
    },
    image: async (InstanceId, Name) => {
      const made = new CreateImageCommand({ InstanceId, Name, NoReboot: true });
      const { ImageId = '' } = await world.clock.run(() => client.send(made));
      await world.clock.advance(3_600_000);
      const image = world.sandbox.ec2.inspect.image(ACCOUNT, region, ImageId);
      if (!image) throw new Error(`${ImageId} was not made`);
      return image;
    },
  };
}

/** An image with its snapshots, by id. */
export function wholeOf({ ImageId = '', BlockDeviceMappings = [] }: Image): string[] {
  return [ImageId, ...snapshotsOf({ BlockDeviceMappings })];
}

export function snapshotsOf({ BlockDeviceMappings = [] }: Pick<Image, 'BlockDeviceMappings'>): string[] {
  return BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
}

/** All tags of amikeep's. */
export function ourTags({ Tags = [] }: { readonly Tags?: readonly Tag[] | undefined }): Record<string, string> {
  return Object.fromEntries(
    Tags.flatMap(({ Key = '', Value = '' }): [string, string][] => (Key.startsWith('amikeep:') ? [[Key, Value]] : [])),
  );
}

export function snapshotIds({ sandbox }: World): string[] {
  return sandbox.ec2.inspect.snapshots({ region: FRANKFURT }).map(({ snapshot }) => snapshot.SnapshotId ?? '');
}

/** The sweeps of the next days, all three; what they threw. */
export async function sweepDays(world: World, days: number, event: object = {}): Promise<Error[]> {
  const errors: Error[] = [];
  for (let day = 0; day < days; day++) {
    await world.clock.advance(24 * 3_600_000 + 120_000);
    for (const [action, payload] of [
      ['copy', {}],
      ['retire', event],
    ] as const) {
      await world.invoke(action, payload);
      errors.push(...(await world.deliver()));
    }
  }
  return errors;
}
