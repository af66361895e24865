import {
  DeleteTagsCommand,
  DeregisterImageCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { FRANKFURT } from '../world.ts';
import { aDrillWorld, launchLike, startDrills } from './world.ts';

describe('a run of drills that is interrupted', () => {
  it('P16: whose launch got no answer, finds what it launched by its token', async () => {
    const drilled = await aDrillWorld();
    drilled.world.sandbox.faults.add({ kind: 'lost-answer', operation: 'RunInstances', times: 1 });
    expect(await startDrills(drilled)).toEqual([]);
    expect(await drilled.drills()).toHaveLength(1);
    await drilled.sweepFor(10);
    expect(drilled.verdict()).toMatch(/^passed /);
    expect(await drilled.all()).toHaveLength(1);
  });

  it('P16: whose launch was never answered, is gone on with by the next run', async () => {
    const drilled = await aDrillWorld();
    drilled.world.sandbox.faults.add({ kind: 'lost-answer', operation: 'RunInstances' });
    expect(await startDrills(drilled)).toHaveLength(1);
    drilled.world.sandbox.faults.clear();
    expect(await drilled.drills()).toHaveLength(1);
    await startDrills(drilled);
    expect(await drilled.drills()).toHaveLength(1);
    await drilled.sweepFor(10);
    expect(drilled.verdict()).toMatch(/^passed /);
  });

  it('ends the drill in the next look where its verdict was written and the end failed', async () => {
    const drilled = await aDrillWorld();
    await startDrills(drilled);
    drilled.world.sandbox.faults.add({ kind: 'denied', operation: 'TerminateInstances', times: 1 });
    expect(await drilled.sweepFor(5)).toHaveLength(1);
    const verdict = drilled.verdict();
    expect(verdict).toMatch(/^passed /);
    expect(await drilled.drills()).toHaveLength(1);
    expect(await drilled.sweepFor(5)).toEqual([]);
    expect(await drilled.drills()).toEqual([]);
    expect(drilled.verdict()).toBe(verdict);
  });

  it('does not end the drill whose verdict could not be written, until its lease is over', async () => {
    const drilled = await aDrillWorld();
    await startDrills(drilled);
    drilled.world.sandbox.faults.add({ kind: 'denied', operation: 'CreateTags' });
    expect(await drilled.sweepFor(40)).not.toEqual([]);
    expect(await drilled.drills()).toHaveLength(1);
    await drilled.sweepFor(10);
    expect(await drilled.drills()).toEqual([]);
    expect(drilled.verdict()).toBe('');
  });

  it('P16: ends a drill whose image somebody has deregistered', async () => {
    const drilled = await aDrillWorld();
    await startDrills(drilled);
    const [image] = drilled.world.images();
    await drilled.world.send(FRANKFURT, (client) =>
      client.send(new DeregisterImageCommand({ ImageId: image?.ImageId })),
    );
    await drilled.sweepFor(5);
    expect(await drilled.drills()).toEqual([]);
  });

  it('P19: takes a drill that somebody has stopped for no pass', async () => {
    const drilled = await aDrillWorld();
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    await drilled.world.clock.advance(60_000);
    await drilled.world.send(FRANKFURT, (client) =>
      client.send(new StopInstancesCommand({ InstanceIds: [drill?.InstanceId ?? ''] })),
    );
    await drilled.sweepFor(5);
    expect(drilled.verdict()).toMatch(/^drilled \S+ inconclusive 0 i-\w+ somebody has stopped it/);
    expect(await drilled.drills()).toEqual([]);
  });

  it('tells of a drill whose tags somebody has taken off, and ends it once they are back', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    const id = drill?.InstanceId ?? '';
    await world.send(FRANKFURT, (client) =>
      client.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'amikeep:drill' }] })),
    );
    const told = await drilled.sweepFor(60);
    expect(String(told[0])).toContain(`drill ${id} in eu-central-1: it cannot be ended`);
    expect(drilled.verdict()).toBe('');
    await world.tag(id, { 'amikeep:drill': 'yes' });
    await drilled.sweepFor(5);
    expect(await drilled.drills()).toEqual([]);
  });

  it('P16: ends the younger of two drills of one image', async () => {
    const drilled = await aDrillWorld();
    const { world, network } = drilled;
    await startDrills(drilled);
    const [elder] = await drilled.drills();
    await world.clock.advance(1_000);
    // As a run does that has read before the other one launched, and tries another zone.
    await launchLike(drilled, elder, { SubnetId: network.subnets[1] });
    expect(await drilled.drills()).toHaveLength(2);
    await world.invoke('drill', { sweep: true });
    await world.deliver();
    expect((await drilled.drills()).map(({ InstanceId }) => InstanceId)).toEqual([elder?.InstanceId]);
    await drilled.sweepFor(10);
    expect(drilled.verdict()).toMatch(/^passed /);
  });

  it('P17: leaves an instance alone that only its tags make a drill', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    const [server = ''] = await world.launch(1, { Name: 'production' });
    const tags = Object.fromEntries((drill?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
    await world.tag(server, tags);
    await drilled.sweepFor(60);
    expect((await drilled.drills()).map(({ InstanceId }) => InstanceId)).toEqual([server]);
  });

  it('writes down that somebody has ended a drill, and starts the image anew hours later', async () => {
    const drilled = await aDrillWorld();
    const { world } = drilled;
    await startDrills(drilled);
    const [drill] = await drilled.drills();
    await world.send(FRANKFURT, (client) =>
      client.send(new TerminateInstancesCommand({ InstanceIds: [drill?.InstanceId ?? ''] })),
    );
    await world.clock.advance(60_000);
    await startDrills(drilled);
    expect(drilled.verdict()).toMatch(/^drilled \S+ inconclusive 0 i-\w+ it ended before its verdict: Client.User/);
    expect(await drilled.drills()).toEqual([]);
    await world.clock.advance(7 * 3_600_000);
    await startDrills(drilled);
    await drilled.sweepFor(10);
    expect(drilled.verdict()).toMatch(/^passed /);
  });
});
