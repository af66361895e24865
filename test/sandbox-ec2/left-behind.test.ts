import { describe, expect, it } from 'vitest';
import type { Ec2Behaviour } from '../../sandbox/ec2/index.ts';
import { aLaunch, aNetwork, aPlane, idOf, launched, minutes, type PlaneUnderTest } from './plane.ts';

type Rules = Ec2Behaviour['leftBehindRules'];

/** An instance with two volumes and two interfaces, of each of which one is to go with it. */
function anInstanceOfParts(plane: PlaneUnderTest): string {
  const { SubnetId } = aNetwork(plane);
  const { InstanceId } = launched(plane, {
    BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 5, DeleteOnTermination: false } }],
    NetworkInterfaces: [
      { DeviceIndex: 0, SubnetId, DeleteOnTermination: true, Description: 'goes' },
      { DeviceIndex: 1, SubnetId, DeleteOnTermination: false, Description: 'stays' },
    ],
  });
  return idOf(InstanceId);
}

function whatIsThere({ call }: PlaneUnderTest) {
  return {
    volumes: (call('DescribeVolumes', {}).Volumes ?? []).map(({ Size, State }) => `${Size} ${State}`),
    interfaces: (call('DescribeNetworkInterfaces', {}).NetworkInterfaces ?? []).map(
      ({ Description, Status }) => `${Description} ${Status}`,
    ),
  };
}

/** What is there once the instance is terminated, a moment before it and at it. */
async function ended(leftBehindRules: Rules = []) {
  const plane = aPlane({ instanceTerminateMs: 30_000, leftBehindRules });
  const id = anInstanceOfParts(plane);
  await plane.clock.advance(minutes);
  plane.call('TerminateInstances', { InstanceIds: [id] });
  await plane.clock.advance(29_999);
  const before = whatIsThere(plane);
  await plane.clock.advance(1);
  return { plane, before, after: whatIsThere(plane) };
}

describe('what an instance had', () => {
  it('is its until it is terminated, and then goes or stays as it was told to', async () => {
    const { before, after } = await ended();
    expect(before).toEqual({ volumes: ['8 in-use', '5 in-use'], interfaces: ['goes in-use', 'stays in-use'] });
    expect(after).toEqual({ volumes: ['5 available'], interfaces: ['stays available'] });
  });

  it.each<[string, Rules, number, number]>([
    ['its volumes', [{ leaves: 'volumes' }], 2, 1],
    ['its interfaces', [{ leaves: 'interfaces' }], 1, 2],
    ['both', [{ leaves: 'interfaces' }, { leaves: 'volumes' }], 2, 2],
    ['nothing, as the rule is for another type', [{ leaves: 'volumes', instanceType: 'm5.large' }], 1, 1],
  ])('outlives it where a rule says so: %s', async (_, rules, volumes, interfaces) => {
    const { after, plane } = await ended(rules);
    expect([after.volumes.length, after.interfaces.length]).toEqual([volumes, interfaces]);
    expect([...after.volumes, ...after.interfaces].filter((one) => !one.endsWith(' available'))).toEqual([]);
    for (const { VolumeId } of plane.call('DescribeVolumes', {}).Volumes ?? [])
      plane.call('DeleteVolume', { VolumeId });
    for (const { NetworkInterfaceId } of plane.call('DescribeNetworkInterfaces', {}).NetworkInterfaces ?? []) {
      plane.call('DeleteNetworkInterface', { NetworkInterfaceId });
    }
    await plane.clock.advance(minutes);
    expect(whatIsThere(plane)).toEqual({ volumes: [], interfaces: [] });
  });

  it('outlives also one that dies on its way up, where a rule says so', async () => {
    const plane = aPlane({ capacityShortages: [{ strikes: 'pending' }], leftBehindRules: [{ leaves: 'volumes' }] });
    plane.call('RunInstances', aLaunch());
    await plane.clock.advance(minutes);
    expect(whatIsThere(plane)).toEqual({ volumes: ['8 available'], interfaces: [] });
  });
});
