import {
  CreateImageCommand,
  type EC2Client,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  type Tag,
} from '@aws-sdk/client-ec2';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { HOME_REGION } from '../emulators.ts';
import type { Witness } from '../witness.ts';

/** Well formed, and nobody's. */
export const UNKNOWN = {
  image: 'ami-0123456789abcdef0',
  instance: 'i-0123456789abcdef0',
  snapshot: 'snap-0123456789abcdef0',
  template: 'lt-0123456789abcdef0',
  volume: 'vol-0123456789abcdef0',
} as const;

export const PUBLIC_IMAGE = publicImageId(HOME_REGION, 'al2023');

/** What every launch needs. */
export const LAUNCH = { ImageId: PUBLIC_IMAGE, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 } as const;

/** @returns the id of a running instance */
export async function launched(
  witness: Witness,
  ec2: EC2Client,
  name: string,
  more: Partial<RunInstancesCommandInput> = {},
): Promise<string> {
  const { Instances: [instance] = [] } = await ec2.send(new RunInstancesCommand({ ...LAUNCH, ...more }));
  await witness.settle();
  return witness.name(name, instance?.InstanceId);
}

/** @returns the id of an available image */
export async function imaged(
  witness: Witness,
  ec2: EC2Client,
  instanceId: string,
  name: string,
  tags: Tag[] = [],
): Promise<string> {
  const specifications = tags.length > 0 ? [{ ResourceType: 'image', Tags: tags } as const] : [];
  const { ImageId } = await ec2.send(
    new CreateImageCommand({
      InstanceId: instanceId,
      Name: name,
      NoReboot: true,
      TagSpecifications: specifications,
    }),
  );
  await witness.settle();
  return witness.name(name, ImageId);
}

export function tag(key: string, value: string): { Key: string; Value: string } {
  return { Key: key, Value: value };
}

/** As many tags as asked for, with keys from a letter and a number. */
export function tags(count: number, letter: string): Tag[] {
  return Array.from({ length: count }, (_, index) => tag(`${letter}${index}`, 'x'));
}
