import type { Instance } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { toInstance } from '../../lib/aws/convert.ts';
import { AN_INSTANCE_ID, HERE } from '../builders.ts';

const [launch, attached, started] = ['2026-03-01T10:00:00Z', '2026-07-05T10:00:00Z', '2026-11-20T10:00:00Z'].map(
  (text) => new Date(text),
);

describe('an instance', () => {
  it.each<[string, Instance, Date | undefined]>([
    ['its launch', { LaunchTime: launch }, launch],
    [
      'its first volume, once it was started again',
      {
        LaunchTime: started,
        BlockDeviceMappings: [{ Ebs: { AttachTime: attached } }, { Ebs: { AttachTime: launch } }],
      },
      launch,
    ],
    [
      'its network interface, once its root volume was replaced as well',
      {
        LaunchTime: started,
        BlockDeviceMappings: [{ Ebs: { AttachTime: attached } }],
        NetworkInterfaces: [{ Attachment: { AttachTime: launch } }],
      },
      launch,
    ],
    ['nothing where EC2 tells of no moment', {}, undefined],
  ])('is known to be there since %s', (_, told, since) => {
    const record = { InstanceId: AN_INSTANCE_ID, ImageId: 'ami-0123456789abcdef0', ...told };
    expect(toInstance(record, HERE).thereSince).toBe(since?.getTime());
  });
});

it('of an instance on an Outpost the Outpost is known, of another none', () => {
  const outpost = 'arn:aws:outposts:eu-central-1:111122223333:outpost/op-0123456789abcdef0';
  const record = { InstanceId: 'i-0123456789abcdef0', ImageId: 'ami-0123456789abcdef0' };
  expect(toInstance({ ...record, OutpostArn: outpost }, HERE).outpost).toBe(outpost);
  expect(toInstance(record, HERE)).not.toHaveProperty('outpost');
});
