import { CreateImageCommand, CreateTagsCommand, DeregisterImageCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import type { LeftoversScope } from '../../../lib/run/ports.ts';
import { ACCOUNT, aWorld, awsOf, FRANKFURT, LOCAL, tagOf, type World } from '../../handlers/world.ts';

const HERE = { account: ACCOUNT, region: FRANKFURT };
const OURS = { deployment: 'test' };

const leftovers = (world: World, scope: LeftoversScope = OURS) =>
  world.clock.run(() => awsOf(world).reads.leftovers(HERE, scope));
const snapshotsOf = (world: World, image: string) =>
  (world.sandbox.ec2.inspect.image(ACCOUNT, FRANKFURT, image)?.BlockDeviceMappings ?? []).flatMap(
    ({ Ebs }) => Ebs?.SnapshotId ?? [],
  );
const idsOf = (found: readonly { readonly id: string }[]) => found.map(({ id }) => id).sort();

/** Two nights of one instance, and an image that a person made of it. */
async function aRegion() {
  const world = aWorld({ policies: LOCAL });
  const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  await world.night('2026-11-03');
  const theirs = await world.send(FRANKFURT, (client) =>
    client.send(new CreateImageCommand({ InstanceId: instance, Name: 'by hand', NoReboot: true })),
  );
  await world.clock.advance(3_600_000);
  const [first = '', second = ''] = world.images().map(({ ImageId }) => ImageId ?? '');
  return { world, first, second, theirs: theirs.ImageId ?? '' };
}

const tag = (world: World, id: string, Key: string, Value: string) =>
  world.send(FRANKFURT, (client) => client.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value }] })));
const deregister = (world: World, ImageId: string) =>
  world.send(FRANKFURT, (client) => client.send(new DeregisterImageCommand({ ImageId })));

describe('what is left over', () => {
  it('is none of what an image names, whoever made that', async () => {
    const { world, first, second } = await aRegion();
    const { images, snapshots, strays } = await leftovers(world);
    expect([images.complete, snapshots.complete, strays.complete]).toEqual([true, true, true]);
    expect(idsOf(images.value)).toEqual([first, second].sort());
    expect([snapshots.value, strays.value]).toEqual([[], []]);
  });

  it('is what was made for images that are gone: ours, which bear their seal, and other people’s', async () => {
    const { world, first, theirs } = await aRegion();
    const [ours, others] = [snapshotsOf(world, first), snapshotsOf(world, theirs)];
    await deregister(world, first);
    await deregister(world, theirs);
    const { snapshots, strays } = await leftovers(world);
    expect(idsOf(snapshots.value)).toEqual([...ours].sort());
    expect(snapshots.value.map(({ seal }) => seal)).toEqual(ours.map(() => 'valid'));
    expect(idsOf(strays.value)).toEqual([...others].sort());
  });

  it('is a snapshot that bears a mark which its image has lost', async () => {
    const { world, first, second } = await aRegion();
    const [one = ''] = snapshotsOf(world, first);
    const [other = ''] = snapshotsOf(world, second);
    await tag(world, one, 'amikeep:retire', '2026-11-03T00:00:00Z');
    await tag(world, other, 'amikeep:retire', '2026-11-03T00:00:00Z');
    await tag(world, second, 'amikeep:retire', '2026-11-03T00:00:00Z');
    const { snapshots, uses } = await leftovers(world);
    expect(idsOf(snapshots.value)).toEqual([one]);
    // Told with it, so that it does not count as lost.
    expect([...uses.value]).toEqual([[one, first]]);
  });

  it('P1: is told with what bears our tags under a name of somebody else’s', async () => {
    const { world, theirs } = await aRegion();
    await tag(world, theirs, 'amikeep:deployment', 'test');
    expect(idsOf((await leftovers(world)).images.value)).toContain(theirs);
    expect(world.images().map((image) => tagOf(image, 'amikeep:deployment'))).toHaveLength(3);
  });

  it('of one policy is that policy’s alone', async () => {
    const { world, first, theirs } = await aRegion();
    const ours = snapshotsOf(world, first);
    await deregister(world, first);
    await deregister(world, theirs);
    const of = async (policy: string) => {
      const { snapshots, strays } = await leftovers(world, { ...OURS, policy });
      return [idsOf(snapshots.value), strays.value];
    };
    expect(await of('nightly')).toEqual([[...ours].sort(), []]);
    expect(await of('weekly')).toEqual([[], []]);
  });

  it('P4: is unknown where the images could not be read whole', async () => {
    const { world, first } = await aRegion();
    await deregister(world, first);
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeImages' });
    const { images, snapshots, strays } = await leftovers(world);
    expect([images.complete, snapshots.complete, strays.complete]).toEqual([false, false, false]);
    expect([snapshots.value, strays.value]).toEqual([[], []]);
  });
});
