import { Metrics } from '@aws-lambda-powertools/metrics';
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { alarmsOf, type Metric } from '../../deploy/alarms.ts';
import { dashboardResources } from '../../deploy/dashboard.ts';
import type { Resources } from '../../deploy/template.ts';
import { METRICS, NAMESPACE, serviceOf } from '../../lib/lambda/metrics.ts';
import { emittedInEachTest, keyOf } from './emitted.ts';
import { aWorld, FRANKFURT, LOCAL, NIGHTLY, type World, type WorldOptions } from './world.ts';

const emitted = emittedInEachTest();

function measured(options: WorldOptions = {}): World {
  return aWorld({ metrics: new Metrics({ namespace: NAMESPACE, serviceName: serviceOf('test') }), ...options });
}

const HERE = 'policy=nightly region=eu-central-1';
const sweep = async (world: World) => {
  await world.invoke('snapshot', { slot: 'current' });
  return world.deliver();
};

describe('overdue instances', () => {
  it('are none, and told of, where all is well, where there is nothing yet, and while images are being made', async () => {
    const world = measured({ policies: LOCAL });
    await sweep(world);
    await world.launch(3, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-01T03:00:00Z'));
    await sweep(world);
    await sweep(world);
    await world.clock.advance(3_600_000);
    await sweep(world);
    expect(emitted.of('OverdueInstances')).toEqual({ [HERE]: [0, 0, 0, 0] });
  });

  it('show though all others of the policy have their image', async () => {
    const world = measured({ policies: LOCAL });
    await world.launch(5, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-01T03:00:00Z'));
    world.sandbox.faults.add({ kind: 'denied', operation: 'CreateImage', times: 1 });
    expect(await sweep(world)).toHaveLength(1);
    expect(world.images()).toHaveLength(4);
    await world.clock.advance(3_600_000);
    expect(await sweep(world)).toEqual([]);
    await world.clock.advance(3_600_000);
    expect(await sweep(world)).toEqual([]);
    expect(emitted.of('OverdueInstances')).toEqual({ [HERE]: [1, 0, 0] });
    expect(emitted.of('Failures')).toMatchObject({ '': expect.arrayContaining([1, 0]) });
  });

  it('stay so, once all attempts have failed, until there is a good image', async () => {
    const world = measured({ policies: LOCAL });
    await world.launch(2, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-01T03:00:00Z'));
    for (let attempt = 0; attempt < 3; attempt++) {
      world.sandbox.ec2.failNextImage({
        region: FRANKFURT,
        after: 60_000,
        code: 'Client.InternalError',
        message: 'no',
      });
      await sweep(world);
      await world.clock.advance(3_600_000);
    }
    await sweep(world);
    expect(emitted.of('OverdueInstances')).toEqual({ [HERE]: [0, 0, 0, 1] });
    // The next night's image is being made, and then it is good.
    await world.clock.advanceTo(Date.parse('2026-11-02T03:00:00Z'));
    await sweep(world);
    await world.clock.advance(3_600_000);
    await sweep(world);
    expect(emitted.of('OverdueInstances')).toEqual({ [HERE]: [1, 0] });
  });

  it('are not told of where a read failed, so that the missing data rings', async () => {
    const world = measured({ policies: LOCAL });
    await world.launch(1, { Backup: 'nightly' });
    await world.clock.advanceTo(Date.parse('2026-11-01T03:00:00Z'));
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeImages', times: 1 });
    expect(await sweep(world)).toHaveLength(1);
    expect(emitted.of('OverdueInstances')).toEqual({});
    expect(emitted.of('Failures')).toEqual({ '': [expect.any(Number)] });
  });
});

it('the age of the newest good image is told of source and copy, and rises while there is no other', async () => {
  const world = measured();
  await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  emitted.of('NewestImageAge');
  world.sandbox.faults.add({ kind: 'error-before', operation: 'CreateImage' });
  await world.clock.advanceTo(Date.parse('2026-11-03T05:00:00Z'));
  await sweep(world);
  await world.invoke('retire');
  await world.deliver();
  const ages = emitted.of('NewestImageAge');
  // A few seconds of calls pass before it is told.
  for (const age of Object.values(ages).flat()) expect(Math.round(age / 600)).toBe((26 * 3600) / 600);
  expect(Object.keys(ages).sort()).toEqual([HERE, 'policy=nightly region=eu-west-1']);
});

it('a missed slot is told', async () => {
  const world = measured({ policies: LOCAL });
  await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  expect(emitted.of('SlotsMissed')).toEqual({ '': [0] });
  await world.clock.advanceTo(Date.parse('2026-11-04T03:00:00Z'));
  await sweep(world);
  expect(emitted.of('SlotsMissed')).toEqual({ '': [1] });
});

it('copies that fail are told attempt by attempt, and then as given up', async () => {
  const policies = NIGHTLY.replace('region: eu-west-1,', 'region: eu-west-1, kmsKey: alias/dr,');
  const world = measured({ policies, behaviour: { unusableKmsKeys: ['alias/dr'] } });
  await world.launch(1, { Backup: 'nightly' });
  await world.clock.advanceTo(Date.parse('2026-11-01T03:00:00Z'));
  await sweep(world);
  await world.clock.advance(3_600_000);
  await world.invoke('copy');
  await world.deliver();
  emitted.values.clear();
  for (let hour = 0; hour < 4; hour++) {
    await world.clock.advance(3_600_000);
    await world.invoke('copy');
    await world.deliver();
  }
  expect(emitted.of('CopyAttemptsFailed')).toEqual({ '': [1, 1, 0, 0] });
  expect(emitted.of('CopiesGivenUp')).toEqual({ '': [0, 0, 1, 1] });
});

it('copies that are wanted and not made are told from the first day on, though every call for one is refused', async () => {
  const world = measured();
  await world.launch(1, { Backup: 'nightly' });
  world.sandbox.faults.add({ kind: 'denied', operation: 'CopyImage' });
  await world.night('2026-11-02');
  expect(emitted.of('CopiesOverdue')).toEqual({ 'policy=nightly to=eu-west-1': [0] });
  for (const day of [3, 4, 5]) await world.night(`2026-11-0${day}`);
  expect(emitted.of('CopiesOverdue')).toEqual({ 'policy=nightly to=eu-west-1': [1, 1, 1] });
  world.sandbox.faults.clear();
  await world.invoke('copy');
  await world.deliver();
  emitted.of('CopiesOverdue');
  await world.clock.advance(3_600_000);
  await world.invoke('copy');
  await world.deliver();
  expect(emitted.of('CopiesOverdue')).toEqual({ 'policy=nightly to=eu-west-1': [0] });
});

it('overdue copies are not told where their place could not be read', async () => {
  const world = measured();
  await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  emitted.of('CopiesOverdue');
  world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeImages', region: 'eu-west-1' });
  await world.invoke('copy');
  expect(await world.deliver()).toHaveLength(1);
  expect(emitted.of('CopiesOverdue')).toEqual({});
});

describe('a retire run tells', () => {
  /** The runs of the regions, the latest each. */
  async function retire(world: World): Promise<void> {
    await world.invoke('retire');
    await world.deliver();
  }

  it('that the cap is reached', async () => {
    const policies = LOCAL.replace('keepDaily: 3', 'keepLast: 1').replace('100%', '1');
    const world = measured({ policies });
    await world.launch(3, { Backup: 'nightly' });
    await world.night('2026-11-02');
    expect(emitted.of('CapReached')).toEqual({ '': [0] });
    await world.night('2026-11-03');
    expect(emitted.of('CapReached')).toEqual({ '': [2] });
    expect(emitted.of('ImagesMarked')).toEqual({ '': [0, 1] });
  });

  it('that its evidence was incomplete, in the regions where it was', async () => {
    const world = measured();
    await world.launch(1, { Backup: 'nightly' });
    await world.night('2026-11-02');
    emitted.of('EvidenceIncomplete');
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeLaunchTemplates', region: FRANKFURT });
    await retire(world);
    expect(emitted.of('EvidenceIncomplete')).toEqual({ 'region=eu-central-1': [1], 'region=eu-west-1': [0] });
  });

  it('that a region without instances is not believed', async () => {
    const world = measured({ policies: LOCAL.replace('keepDaily: 3', 'keepLast: 1') });
    const [id = ''] = await world.launch(1, { Backup: 'nightly' });
    for (const day of [2, 3]) await world.night(`2026-11-0${day}`);
    emitted.of('EvidenceIncomplete');
    await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [id] })));
    await world.clock.advance(2 * 86_400_000);
    await retire(world);
    expect(emitted.of('EvidenceIncomplete')).toEqual({ 'region=eu-central-1': [1] });
  });

  it('which instances lost what they were selected by, until they have it again, and nothing where it could not look', async () => {
    const world = measured({ policies: LOCAL });
    const [lost = ''] = await world.launch(2, { Backup: 'nightly' });
    await world.night('2026-11-02');
    expect(emitted.of('UnselectedInstances')).toEqual({ 'region=eu-central-1': [0] });
    await world.tag(lost, { Backup: 'no' });
    await retire(world);
    expect(emitted.of('UnselectedInstances')).toEqual({ 'region=eu-central-1': [1] });
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeInstances', times: 1 });
    await retire(world);
    expect(emitted.of('UnselectedInstances')).toEqual({});
    await world.tag(lost, { Backup: 'nightly' });
    await retire(world);
    expect(emitted.of('UnselectedInstances')).toEqual({ 'region=eu-central-1': [0] });
  });

  it('how many images of a region have lost their seals, and nothing where the key could not be read', async () => {
    const world = measured({ policies: LOCAL });
    await world.launch(2, { Backup: 'nightly' });
    for (const day of [2, 3, 4]) await world.night(`2026-11-0${day}`);
    expect(emitted.of('UnsealedImages')).toEqual({ 'region=eu-central-1': [0, 0, 0] });
    for (const { ImageId = '' } of world.images()) await world.tag(ImageId, { 'amikeep:policy': 'weekly' });
    await retire(world);
    expect(emitted.of('UnsealedImages')).toEqual({ 'region=eu-central-1': [6] });
    const [alarm] = alarmsOf(world.file).filter(({ heading }) => heading === 'Images without a seal');
    expect(alarm).toMatchObject({ threshold: 5, missing: 'ignore' });
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeImages', times: 1 });
    await retire(world);
    expect(emitted.of('UnsealedImages')).toEqual({});
  });

  it('the largest share that a policy has on hold, once those are more than ten', async () => {
    const world = measured({ policies: LOCAL });
    const ids = await world.launch(12, { Backup: 'nightly' });
    await world.night('2026-11-02');
    await world.night('2026-11-03');
    expect(emitted.of('HeldShare')).toEqual({ 'region=eu-central-1': [0, 0] });
    const images = world.images();
    for (const { ImageId = '' } of images.slice(0, 10)) await world.tag(ImageId, { 'amikeep:hold': '' });
    await retire(world);
    expect(emitted.of('HeldShare')).toEqual({ 'region=eu-central-1': [0] });
    for (const { ImageId = '' } of images.slice(10, 12)) await world.tag(ImageId, { 'amikeep:hold': '' });
    await retire(world);
    expect(emitted.of('HeldShare')).toEqual({ 'region=eu-central-1': [50] });
    for (const id of ids) await world.tag(id, { 'amikeep:hold': 'all of it' });
    await retire(world);
    await retire(world);
    expect(emitted.of('HeldShare')).toEqual({ 'region=eu-central-1': [50, 100] });
  });

  it('what it keeps of instances that are gone', async () => {
    const world = measured({ policies: LOCAL });
    const [gone = ''] = await world.launch(2, { Backup: 'nightly' });
    await world.night('2026-11-02');
    expect(emitted.of('AbandonedGiB')).toEqual({ '': [0] });
    await world.send(FRANKFURT, (client) => client.send(new TerminateInstancesCommand({ InstanceIds: [gone] })));
    await world.clock.advance(2 * 3_600_000);
    await retire(world);
    expect(emitted.of('AbandonedGiB')).toEqual({ '': [8] });
  });
});

it('calls are told, each try, and those that were turned away', async () => {
  const world = measured({ policies: LOCAL });
  await world.launch(1, { Backup: 'nightly' });
  await world.clock.advanceTo(Date.parse('2026-11-01T03:00:00Z'));
  world.sandbox.faults.add({ kind: 'throttle', operation: 'CreateImage', times: 2 });
  await sweep(world);
  const created = world.sandbox.calls.total({ operation: 'CreateImage' });
  expect(created).toBe(3);
  const [[calls], [throttles]] = [emitted.of('Calls')[''] ?? [], emitted.of('Throttles')[''] ?? []];
  expect(throttles).toBe(2);
  expect(calls).toBeGreaterThan(created);
});

it('alarms and dashboard are of what the functions tell, and all that they tell is in one of them', async () => {
  const network = '{ subnets: [subnet-0a1b2c3d], securityGroup: sg-0a1b2c3d }';
  const drill = `{ every: { days: 30 }, regions: [eu-west-1], check: status, maxAgeDays: 45, network: { eu-west-1: ${network} } }`;
  const world = measured({ policies: `${NIGHTLY}    drill: ${drill}\n` });
  await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  for (const event of [{}, { sweep: true }]) await world.invoke('drill', event);
  await world.deliver();
  const { file } = world;
  const shown = [...alarmsOf(file).flatMap(({ metrics }) => metrics), ...metricsOf(dashboardResources(file))];
  const ours = shown.filter(({ namespace }) => namespace === NAMESPACE);
  const named = new Set(ours.map(({ namespace, name, dimensions }) => keyOf(namespace, name, dimensions)));
  expect([...emitted.values.keys()].sort()).toEqual([...named].sort());
  expect(new Set(ours.map(({ name }) => name))).toEqual(new Set(Object.keys(METRICS)));
});

function metricsOf({ Dashboard }: Resources): Metric[] {
  const { widgets } = JSON.parse(String(Dashboard?.Properties.DashboardBody));
  return widgets.flatMap(({ properties }: { properties: { metrics?: string[][] } }) =>
    (properties.metrics ?? []).map(([namespace = '', name = '', ...rest]) => ({
      namespace,
      name,
      dimensions: rest.slice(0, -1).flatMap((text, at, all) => (at % 2 === 0 ? [[text, all[at + 1] ?? '']] : [])),
    })),
  );
}
