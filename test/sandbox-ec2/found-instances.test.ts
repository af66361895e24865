import { describe, expect, it } from 'vitest';
import { aNetwork, anInstance, aPlane, hours, idOf, instanceOf, launched, minutes, refusal } from './plane.ts';

const tagged = (ResourceType: 'instance' | 'network-interface' | 'volume', Key: string, Value: string) => ({
  ResourceType,
  Tags: [{ Key, Value }],
});

describe('an instance', () => {
  it('is found by the token of its launch, as it is or by a pattern', async () => {
    const plane = aPlane();
    const [one, two] = ['drill/2026.11.23/1', 'drill/2026.11.23/2', 'other'].map(
      (ClientToken) => launched(plane, { ClientToken }).InstanceId,
    );
    const none = await anInstance(plane);
    const found = (...Values: string[]) =>
      (plane.call('DescribeInstances', { Filters: [{ Name: 'client-token', Values }] }).Reservations ?? []).flatMap(
        ({ Instances = [] }) => Instances.map(({ InstanceId }) => InstanceId),
      );
    expect(found('drill/2026.11.23/1')).toEqual([one]);
    expect(found('drill/*')).toEqual([one, two]);
    expect(found('drill/2026.11.23/?', 'nothing')).toEqual([one, two]);
    expect(found('DRILL/2026.11.23/1')).toEqual([]);
    expect(found('drill')).toEqual([]);
    expect(found('')).toEqual([none]);
  });

  it('is found by the key of a tag, as its volumes and its interfaces are', () => {
    const plane = aPlane();
    const { InstanceId, NetworkInterfaces: [attached] = [] } = launched(plane, {
      TagSpecifications: [
        tagged('instance', 'amikeep:drill', 'a'),
        tagged('volume', 'amikeep:drill', 'b'),
        tagged('network-interface', 'amikeep:drill', 'c'),
      ],
    });
    launched(plane, { TagSpecifications: [tagged('instance', 'Name', 'amikeep:drill')] });
    const { call } = plane;
    const found = (Name: string, value: string) => {
      const Filters = [{ Name, Values: [value] }];
      return [
        (call('DescribeInstances', { Filters }).Reservations ?? []).flatMap(({ Instances = [] }) =>
          Instances.map((one) => one.InstanceId),
        ),
        (call('DescribeVolumes', { Filters }).Volumes ?? []).map(({ Attachments = [] }) => Attachments[0]?.InstanceId),
        (call('DescribeNetworkInterfaces', { Filters }).NetworkInterfaces ?? []).map((one) => one.NetworkInterfaceId),
      ];
    };
    const all = [[InstanceId], [InstanceId], [attached?.NetworkInterfaceId]];
    expect(found('tag-key', 'amikeep:drill')).toEqual(all);
    expect(found('tag-key', 'amikeep:*')).toEqual(all);
    expect(found('tag-key', 'amikeep')).toEqual([[], [], []]);
    expect(found('tag:amikeep:drill', 'a')).toEqual([[InstanceId], [], []]);
    expect(found('tag:amikeep:drill', '?')).toEqual(all);
  });

  it('says why it is in its state: that it comes up, nothing while it runs, and who ended it', async () => {
    const plane = aPlane();
    const { InstanceId } = launched(plane);
    const InstanceIds = [idOf(InstanceId)];
    const reason = () => {
      const { StateReason, StateTransitionReason } = instanceOf(plane, InstanceId) ?? {};
      return [StateReason?.Code, StateTransitionReason];
    };
    const byUser = [
      'Client.UserInitiatedShutdown',
      expect.stringMatching(/^User initiated \(2026-01-02 03:\d\d:\d\d GMT\)$/),
    ];
    expect(reason()).toEqual(['pending', '']);
    await plane.clock.advance(minutes);
    expect(reason()).toEqual([undefined, '']);
    plane.call('StopInstances', { InstanceIds });
    await plane.clock.advance(minutes);
    expect(reason()).toEqual(byUser);
    plane.call('StartInstances', { InstanceIds });
    expect(reason()).toEqual(['pending', '']);
    await plane.clock.advance(minutes);
    expect(reason()).toEqual([undefined, '']);
    plane.call('TerminateInstances', { InstanceIds });
    await plane.clock.advance(minutes);
    expect(reason()).toEqual(byUser);
  });

  it('is shown for an hour after its end with its name and its token, and without what it had', async () => {
    const plane = aPlane();
    const { SubnetId, GroupId } = aNetwork(plane);
    plane.others.profiles = () => ({ arn: 'arn:aws:iam::111122223333:instance-profile/web', id: 'A', hasRole: true });
    const { InstanceId } = launched(plane, {
      ClientToken: 'drill/1',
      IamInstanceProfile: { Name: 'web' },
      NetworkInterfaces: [{ DeviceIndex: 0, SubnetId, Groups: [GroupId], AssociatePublicIpAddress: true }],
      TagSpecifications: [tagged('instance', 'Name', 'web')],
    });
    await plane.clock.advance(minutes);
    const read = () => instanceOf(plane, InstanceId);
    const kept = { ClientToken: 'drill/1', Tags: [{ Key: 'Name', Value: 'web' }] };
    expect(read()).toMatchObject({
      ...kept,
      IamInstanceProfile: { Id: 'A' },
      BlockDeviceMappings: [{ DeviceName: '/dev/xvda' }],
      NetworkInterfaces: [{ SubnetId, Groups: [{ GroupId }], Association: { IpOwnerId: 'amazon' } }],
    });
    plane.call('TerminateInstances', { InstanceIds: [idOf(InstanceId)] });
    expect(read()).toMatchObject({ State: { Name: 'shutting-down' }, NetworkInterfaces: [{ SubnetId }] });
    await plane.clock.advance(30_000);
    expect(read()).toMatchObject({
      ...kept,
      State: { Name: 'terminated' },
      BlockDeviceMappings: [],
      NetworkInterfaces: [],
      SecurityGroups: [],
    });
    expect(read()).not.toHaveProperty('SubnetId');
    await plane.clock.advance(hours - 1);
    expect(read()?.State?.Name).toBe('terminated');
    await plane.clock.advance(1);
    expect(refusal(read).code).toBe('InvalidInstanceID.NotFound');
  });
});
