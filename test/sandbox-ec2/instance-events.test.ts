import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { SandboxEvent } from '../../sandbox/contract.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { EventFeed } from '../../sandbox/events/feed.ts';
import { ACCOUNT, aSandbox, inProcess, REGION } from '../sandbox-wire/world.ts';
import { anInstance, aPlane, home, launched, minutes } from './plane.ts';

describe('the state of an instance', () => {
  it('is told as EventBridge delivers it, with id and state and nothing else', async () => {
    const sandbox = aSandbox();
    const heard: SandboxEvent[] = [];
    sandbox.onEvent((event) => heard.push(event));
    const run = { ImageId: publicImageId(REGION, 'al2023'), MinCount: 1, MaxCount: 1 };
    const { Instances: [instance] = [] } = await inProcess(sandbox, 1).ec2.send(new RunInstancesCommand(run));
    expect(heard).toEqual([
      {
        version: '0',
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        'detail-type': 'EC2 Instance State-change Notification',
        source: 'aws.ec2',
        account: ACCOUNT,
        region: REGION,
        time: '2026-11-23T02:00:00Z',
        resources: [`arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${instance?.InstanceId}`],
        detail: { 'instance-id': instance?.InstanceId, state: 'pending' },
        bus: 'default',
      },
    ]);
  });

  it('is told each time that it changes, from the launch to the end', async () => {
    const plane = aPlane();
    const InstanceIds = [await anInstance(plane)];
    plane.call('StopInstances', { InstanceIds });
    await plane.clock.advance(minutes);
    plane.call('StartInstances', { InstanceIds });
    await plane.clock.advance(minutes);
    plane.call('TerminateInstances', { InstanceIds });
    await plane.clock.advance(minutes);
    const started = ['pending', 'running'];
    const [id] = InstanceIds;
    expect(plane.instanceEvents.map(({ detail }) => detail)).toEqual(
      [...started, 'stopping', 'stopped', ...started, 'shutting-down', 'terminated'].map((state) => ({
        'instance-id': id,
        state,
      })),
    );
    expect(plane.events).toEqual([]);
  });

  it('is told of one that dies on its way up', async () => {
    const plane = aPlane({ capacityShortages: [{ strikes: 'pending' }] });
    const id = launched(plane).InstanceId;
    await plane.clock.advance(minutes);
    expect(plane.instanceEvents.map(({ detail }) => detail)).toEqual([
      { 'instance-id': id, state: 'pending' },
      { 'instance-id': id, state: 'terminated' },
    ]);
  });

  it('takes no id from other events, which keep those that their seed gives them', () => {
    const event = {
      source: 'aws.ec2',
      account: ACCOUNT,
      region: home,
      time: '2026-11-23T02:00:00Z',
      resources: [],
      detail: {},
      bus: 'default',
    };
    const alone = new EventFeed(7);
    const among = new EventFeed(7);
    const told = () => among.publish({ ...event, 'detail-type': 'EC2 Instance State-change Notification' });
    const ids = [told(), among.publish({ ...event, 'detail-type': 'EC2 AMI State Change' }), told()];
    expect(ids[1]).toBe(alone.publish({ ...event, 'detail-type': 'EC2 AMI State Change' }));
    expect(new Set(ids).size).toBe(3);
    among.reset();
    expect(told()).toBe(ids[0]);
  });
});
