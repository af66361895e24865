import {
  AuthorizeSecurityGroupEgressCommand,
  CreateRouteCommand,
  CreateVolumeCommand,
  DeleteTagsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeVolumesCommand,
  ModifySubnetAttributeCommand,
  type RunInstancesCommandInput,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { deploy } from '../../../sim/deployment.ts';
import { ACCOUNT, FRANKFURT } from '../world.ts';
import { aDrillWorld, aProfile, type DrillWorld, launchLike, startDrills } from './world.ts';

/** What people may do to a network that was sealed. */
const OPENINGS: readonly (readonly [what: string, open: (drilled: DrillWorld) => Promise<unknown>])[] = [
  [
    'a route leads out',
    ({ world, network }) =>
      world.send(FRANKFURT, (client) =>
        client.send(
          new CreateRouteCommand({
            RouteTableId: network.routeTable,
            DestinationCidrBlock: '0.0.0.0/0',
            NatGatewayId: 'nat-0123456789abcdef0',
          }),
        ),
      ),
  ],
  [
    'the group lets out',
    ({ world, network }) =>
      world.send(FRANKFURT, (client) =>
        client.send(
          new AuthorizeSecurityGroupEgressCommand({
            GroupId: network.securityGroup,
            IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }],
          }),
        ),
      ),
  ],
  [
    'the group is no drill group any more',
    ({ world, network }) =>
      world.send(FRANKFURT, (client) =>
        client.send(
          new DeleteTagsCommand({ Resources: [network.securityGroup], Tags: [{ Key: 'amikeep:drill-network' }] }),
        ),
      ),
  ],
  [
    'the subnets give public addresses',
    async ({ world, network }) => {
      for (const SubnetId of network.subnets) {
        await world.send(FRANKFURT, (client) =>
          client.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: true } })),
        );
      }
    },
  ],
];

describe('P17: the network of drills', () => {
  it.each(OPENINGS)('where %s, nothing is launched, and it is said why', async (_, open) => {
    const drilled = await aDrillWorld();
    await open(drilled);
    expect(await startDrills(drilled)).toEqual([]);
    expect(await drilled.drills()).toEqual([]);
    expect(drilled.world.finishedRuns().at(-1)?.counts).toEqual({ 'refuse network-open': 1 });
  });

  it.each(OPENINGS)('where %s while a drill runs, the next look ends it at once', async (_, open) => {
    const drilled = await aDrillWorld({ behaviour: { statusCheckMs: 20 * 60_000 } });
    await startDrills(drilled);
    expect(await drilled.drills()).toHaveLength(1);
    await open(drilled);
    await drilled.sweepFor(5);
    expect(await drilled.drills()).toEqual([]);
    expect(drilled.verdict()).toMatch(/ inconclusive 0 i-\w+ it must not run there: /);
  });

  it('is launched into with no role', async () => {
    const drilled = await aDrillWorld();
    await startDrills(drilled);
    expect((await drilled.drills())[0]?.IamInstanceProfile).toBeUndefined();
  });

  it.each<[string, Partial<RunInstancesCommandInput>]>([
    ['a role of production', { IamInstanceProfile: { Name: 'web' } }],
    ['a public address', { SubnetId: undefined, SecurityGroupIds: undefined }],
  ])('is no place for a drill with %s, which the next look ends', async (_, other) => {
    const drilled = await aDrillWorld({ behaviour: { statusCheckMs: 20 * 60_000 } });
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    await drilled.world.send(FRANKFURT, (client) =>
      client.send(new TerminateInstancesCommand({ InstanceIds: [drill?.InstanceId ?? ''] })),
    );
    await aProfile(drilled.world, 'web');
    await launchLike(drilled, drill, other);
    expect(await drilled.drills()).toHaveLength(1);
    await drilled.sweepFor(5);
    expect(await drilled.drills()).toEqual([]);
  });
});

describe('P16: what a drill leaves', () => {
  it('is ended when its lease is over, though its policy drills no more', async () => {
    const drilled = await aDrillWorld({ behaviour: { statusCheckMs: 24 * 3_600_000 } });
    const { world } = drilled;
    await startDrills(drilled);
    const policies = world.file.policies.map(({ drill, ...policy }) => ({
      ...policy,
      name: `${policy.name}-2`,
      drill,
    }));
    const [nightly] = world.file.policies;
    if (!nightly) throw new Error('the file has a policy');
    const { drill: _, ...without } = nightly;
    const file = { ...world.file, policies: [without, ...policies].map((one) => one as typeof nightly) };
    const { clock, sandbox } = world;
    const later = deploy({ sandbox, file, account: ACCOUNT, random: () => 0.5 });
    for (let passed = 0; passed < 50; passed += 5) {
      await clock.advance(5 * 60_000);
      await clock.run(() => later.invoke('drill', { action: 'drill', sweep: true }));
      await clock.run(() => later.deliver());
    }
    expect(await drilled.drills()).toEqual([]);
    later.close();
  });

  it('of volumes is deleted once nothing holds it, and what only says that it is a drill’s is not', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    const Tags = drill?.Tags?.filter(({ Key = '' }) => !Key.startsWith('aws:'));
    const image = world.images()[0];
    const SnapshotId = image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
    const volume = (snapshot: string | undefined) =>
      world.send(FRANKFURT, (client) =>
        client.send(
          new CreateVolumeCommand({
            AvailabilityZone: 'eu-central-1a',
            ...(snapshot === undefined ? { Size: 8 } : { SnapshotId: snapshot }),
            TagSpecifications: [{ ResourceType: 'volume', Tags }],
          }),
        ),
      );
    // As of a drill whose volume EC2 has not taken along.
    const { VolumeId: left } = await volume(SnapshotId);
    const { VolumeId: empty } = await volume(undefined);
    await world.clock.advance(30 * 60_000);
    // The same tags on what was restored later.
    const { VolumeId: restored } = await volume(SnapshotId);
    await world.clock.advance(60_000);
    await startDrills(drilled);
    const { Volumes = [] } = await world.send(FRANKFURT, (client) =>
      client.send(
        new DescribeVolumesCommand({
          Filters: [
            { Name: 'tag-key', Values: ['amikeep:drill'] },
            { Name: 'status', Values: ['available'] },
          ],
        }),
      ),
    );
    expect(Volumes.map(({ VolumeId }) => VolumeId).sort()).toEqual([empty, restored].sort());
    expect(left).toBeDefined();
  });

  it('of interfaces and volumes that outlive it is deleted by the next run that starts drills', async () => {
    const drilled = await aDrillWorld({
      behaviour: { leftBehindRules: [{ leaves: 'volumes' }, { leaves: 'interfaces' }] },
    });
    const { world } = drilled;
    await startDrills(drilled);
    await drilled.sweepFor(10);
    const Filters = [{ Name: 'tag-key', Values: ['amikeep:drill'] }];
    const left = () =>
      world.send(FRANKFURT, async (client) => {
        const { Volumes = [] } = await client.send(new DescribeVolumesCommand({ Filters }));
        const { NetworkInterfaces = [] } = await client.send(new DescribeNetworkInterfacesCommand({ Filters }));
        return Volumes.length + NetworkInterfaces.length;
      });
    expect(await left()).toBeGreaterThan(0);
    await world.clock.advance(20 * 60_000);
    expect(await startDrills(drilled)).toEqual([]);
    await world.clock.advance(60_000);
    expect(await left()).toBe(0);
  });

  it('takes one call to look for where there is nothing', async () => {
    const drilled = await aDrillWorld();
    drilled.world.sandbox.calls.reset();
    await drilled.world.invoke('drill', { sweep: true });
    await drilled.world.deliver();
    const ec2 = drilled.world.sandbox.calls.log.filter(({ service }) => service === 'ec2');
    expect(ec2.map(({ operation, region }) => `${operation} ${region}`).sort()).toEqual([
      'DescribeInstances eu-central-1',
      'DescribeInstances eu-west-1',
    ]);
  });
});
