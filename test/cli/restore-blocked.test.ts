import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  DeleteSecurityGroupCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeVpcsCommand,
  DisableImageCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { CreateKeyCommand, DisableKeyCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { ACCOUNT, FRANKFURT, IRELAND, LOCAL, type World } from '../handlers/world.ts';
import { aLostServer, aProfile, aServer, checksOf, livingIn, lose, restore } from './lost-server.ts';

const APPLY = ['--mode', 'apply'];

/** The images of the server in its own region, oldest first. */
const imagesOf = (world: World) => world.images().map(({ ImageId = '' }) => ImageId);

async function nothingIsLaunched(world: World, word: string, ...args: readonly string[]) {
  const ended = await restore(world, word, ...args, ...APPLY);
  expect([ended.status, ended.out]).toEqual([1, expect.stringContaining('nothing was made: it is blocked')]);
  expect(await livingIn(world)).toEqual([]);
  return ended;
}

describe('an image that cannot be launched blocks the restore that names it, and says what to do', () => {
  it('while it is pending; unnamed, the newest good one is taken, and why is told', async () => {
    const { world, id } = await aServer();
    await world.clock.advanceTo(Date.parse('2026-11-04T03:00:00Z'));
    await world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-04T03:00:00Z' });
    await world.deliver();
    const pending = imagesOf(world).at(-1) ?? '';
    const ended = await restore(world, pending);
    expect(checksOf(ended, 'image')).toEqual([expect.stringMatching(/blocked .* wait until it is available, or take/)]);
    const unnamed = await restore(world, id);
    expect([unnamed.status, unnamed.out]).toEqual([
      0,
      expect.stringContaining(`2026.11.04-0300 (${pending}) is pending`),
    ]);
  });

  it('once it is disabled', async () => {
    const { world } = await aLostServer();
    const [oldest = ''] = imagesOf(world);
    await world.send(FRANKFURT, (client) => client.send(new DisableImageCommand({ ImageId: oldest })));
    await world.clock.advance(60_000);
    const ended = await nothingIsLaunched(world, oldest);
    expect(checksOf(ended, 'image')).toEqual([
      expect.stringContaining(`it is disabled: amikeep undo ${oldest} --region eu-central-1 brings it back`),
    ]);
  });

  it('once it is in the Recycle Bin, where nothing can be planned with it', async () => {
    const { world } = await aLostServer();
    const [oldest = ''] = imagesOf(world);
    const RetentionPeriod = { RetentionPeriodValue: 7, RetentionPeriodUnit: 'DAYS' };
    const input = { ResourceType: 'EC2_IMAGE', RetentionPeriod };
    const rule = { service: 'rbin', operation: 'CreateRule', region: FRANKFURT, account: ACCOUNT, input } as const;
    await world.clock.run(() => world.sandbox.call(rule));
    await world.clock.advance(60_000);
    await world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId: oldest })));
    await world.clock.advance(60_000);
    const { status, out, err } = await restore(world, oldest, ...APPLY);
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(
      new RegExp(`blocked: ${oldest} is in the Recycle Bin of eu-central-1 until 2026-11-\\S+: amikeep undo ${oldest}`),
    );
  });

  it('once somebody has revoked it; unnamed, the newest good one is taken', async () => {
    const { world } = await aLostServer();
    const [, newest = ''] = imagesOf(world);
    await world.tag(newest, { 'amikeep:revoked': 'bad kernel' });
    await world.clock.advance(60_000);
    const ended = await nothingIsLaunched(world, newest);
    expect(checksOf(ended, 'image').join()).toMatch(
      /blocked .*it was revoked \(bad kernel\).*--tags Key=amikeep:revoked/,
    );
    const unnamed = await restore(world, 'web-1');
    expect(unnamed.out).toContain(`2026.11.03-0300 (${newest}) is revoked`);
    expect(unnamed.out).toMatch(/^web-1 \(.*\): 2026\.11\.02-0300/);
  });

  it('while the key that it is encrypted with is disabled', async () => {
    let key = '';
    const launch = async (world: World): Promise<Partial<RunInstancesCommandInput>> => {
      const { KeyMetadata } = await world.clock.run(() => world.clients.kms(FRANKFURT).send(new CreateKeyCommand({})));
      key = KeyMetadata?.Arn ?? '';
      return { BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { Encrypted: true, KmsKeyId: key } }] };
    };
    const scene = await aServer({ policies: LOCAL, launch });
    const { world } = scene;
    await lose(scene);
    expect(checksOf(await restore(world, 'web-1'), 'encryption')).toEqual([
      expect.stringContaining(`the key ${key} is enabled`),
    ]);
    await world.clock.run(() => world.clients.kms(FRANKFURT).send(new DisableKeyCommand({ KeyId: key })));
    const ended = await nothingIsLaunched(world, 'web-1');
    expect(checksOf(ended, 'encryption')).toEqual([
      expect.stringContaining(`enable it first: aws kms enable-key --region eu-central-1 --key-id ${key}`),
    ]);
    // Whoever takes the tags off its snapshots hides no key.
    const snapshots = world.images().flatMap(({ BlockDeviceMappings = [] }) => BlockDeviceMappings);
    const Resources = snapshots.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []);
    const untag = new DeleteTagsCommand({ Resources, Tags: [{ Key: 'amikeep:deployment' }] });
    await world.send(FRANKFURT, (client) => client.send(untag));
    expect(checksOf(await nothingIsLaunched(world, 'web-1'), 'encryption')).toEqual([
      expect.stringContaining('aws kms enable-key'),
    ]);
  });

  it('where people have left no room for its hold', async () => {
    const { world } = await aLostServer();
    for (const { ImageId = '', Tags = [] } of world.images()) {
      const more = Array.from({ length: 50 - Tags.length }, (_, index) => [`x${index}`, ''] as const);
      await world.tag(ImageId, Object.fromEntries(more));
    }
    const ended = await nothingIsLaunched(world, 'web-1');
    expect(checksOf(ended, 'hold')).toEqual([
      expect.stringMatching(/blocked .*amikeep:hold is to be written on ami-\w+, which has 50 tags/),
    ]);
  });

  it('where its snapshots could not be looked at, its keys are not known', async () => {
    const { world } = await aLostServer();
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeSnapshots', region: FRANKFURT });
    const ended = await restore(world, 'web-1', '--region', FRANKFURT);
    expect(checksOf(ended, 'encryption').join('\n')).toMatch(/unknown .*its keys could not all be looked at \(snap-/);
  });
});

describe('a machine that cannot be launched is not', () => {
  it('on a type of another architecture than the image', async () => {
    const { world } = await aLostServer();
    const ended = await nothingIsLaunched(world, 'web-1', '--type', 'm7g.large');
    expect(checksOf(ended, 'type')).toEqual([
      expect.stringContaining('m7g.large is arm64, and the image x86_64: give another --type'),
    ]);
  });

  it('on a type that there is not', async () => {
    const { world } = await aLostServer();
    const ended = await nothingIsLaunched(world, 'web-1', '--type', 'm99.huge');
    expect(checksOf(ended, 'type')).toEqual([expect.stringContaining('there is no type m99.huge in the region')]);
  });

  it('without a security group, which EC2 would replace by the default one of the VPC', async () => {
    const { world } = await aLostServer();
    for (const id of imagesOf(world)) {
      const Tags = [{ Key: 'amikeep:shape' }, { Key: 'amikeep:address' }];
      await world.send(FRANKFURT, (client) => client.send(new DeleteTagsCommand({ Resources: [id], Tags })));
    }
    await world.clock.advance(60_000);
    const ended = await nothingIsLaunched(world, 'web-1', '--type', 't3.micro');
    expect(checksOf(ended, 'security groups')).toEqual([
      expect.stringMatching(/blocked .* is not known: give them with --security-group/),
    ]);
  });

  it('into a security group that is gone', async () => {
    let group = '';
    const launch = async (world: World) => {
      const { Vpcs = [] } = await world.send(FRANKFURT, (client) => client.send(new DescribeVpcsCommand({})));
      const input = { GroupName: 'web', Description: 'web', VpcId: Vpcs[0]?.VpcId };
      const made = await world.send(FRANKFURT, (client) => client.send(new CreateSecurityGroupCommand(input)));
      group = made.GroupId ?? '';
      return { SecurityGroupIds: [group] };
    };
    const { world } = await aLostServer({ launch });
    await world.send(FRANKFURT, (client) => client.send(new DeleteSecurityGroupCommand({ GroupId: group })));
    const ended = await nothingIsLaunched(world, 'web-1');
    expect(checksOf(ended, 'security groups')).toEqual([
      expect.stringContaining(`${group} is not in eu-central-1: give groups with --security-group`),
    ]);
  });

  it('with more tags than EC2 allows', async () => {
    const { world, id } = await aServer();
    const Tags = Array.from({ length: 47 }, (_, nth) => ({ Key: `K${nth}`, Value: '' }));
    await world.send(FRANKFURT, (client) => client.send(new CreateTagsCommand({ Resources: [id], Tags })));
    await world.clock.advance(60_000);
    expect((await restore(world, 'web-1')).status).toBe(0);
    const ended = await restore(world, 'web-1', '--take-over', ...APPLY);
    expect([ended.status, checksOf(ended, 'tags')]).toEqual([
      1,
      [expect.stringMatching(/blocked .* would get 51 tags, and EC2 allows 50: take 1 off the old machine first/)],
    ]);
    expect(await livingIn(world)).toHaveLength(1);
  });

  it('with an instance profile that there is not', async () => {
    const { world } = await aLostServer();
    const ended = await nothingIsLaunched(world, 'web-1', '--profile', 'web');
    expect(checksOf(ended, 'instance profile')).toEqual([
      expect.stringContaining('there is no web in the account: name another one with --profile, or none'),
    ]);
  });
});

describe('what could not be read is told, and makes a restore degraded', () => {
  it('where the person may not look at instance profiles', async () => {
    const { world } = await aLostServer({ launch: aProfile });
    world.sandbox.faults.add({ kind: 'denied', service: 'iam' });
    const ended = await restore(world, 'web-1');
    expect(checksOf(ended, 'instance profile')).toEqual([
      expect.stringMatching(/unknown .*whether web is there could not be read \(AccessDenied.*iam:GetInstanceProfile/),
    ]);
    expect(ended.out).toContain('degraded (instance profile)');
  });

  it('where the account launches nothing that asks for no token, as the old machine did', async () => {
    const launch = async () => ({ MetadataOptions: { HttpTokens: 'optional' as const } });
    const { world } = await aLostServer({ launch });
    world.sandbox.ec2.setBehaviour({ httpTokensEnforced: true });
    const ended = await restore(world, 'web-1');
    expect(checksOf(ended, 'metadata token')).toEqual([expect.stringMatching(/degraded .*IMDSv1/)]);
    expect(ended.out).toContain('degraded (metadata token)');
  });
});

it('where the images of the source’s region could not all be read, another region is taken only if it is named', async () => {
  const { world } = await aLostServer();
  world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeImages', region: FRANKFURT });
  const { status, err } = await restore(world, 'web-1');
  expect([status, err]).toEqual([2, expect.stringContaining('say so with --region eu-west-1')]);
  // An image is named by a person as well.
  const copy = world.images(IRELAND).at(-1)?.ImageId ?? '';
  expect((await restore(world, copy)).out).toContain(`${copy} in eu-west-1`);
});

it('a machine on a type that knows no EBS optimization is launched without it, and the plan is degraded', async () => {
  const launch = async () => ({ InstanceType: 'm5.xlarge' as const, EbsOptimized: true });
  const { world } = await aLostServer({ launch });
  const { status, out } = await restore(world, 'web-1', '--type', 't2.micro');
  expect([status, out]).toEqual([
    0,
    expect.stringMatching(/degraded +EBS-optimized +t2\.micro can't be launched with it/),
  ]);
});
