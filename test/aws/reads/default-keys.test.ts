import { describe, expect, it } from 'vitest';
import { imageId } from '../../../lib/model/ids.ts';
import { ACCOUNT, aWorld, awsOf, FRANKFURT, LOCAL, type World } from '../../handlers/world.ts';

const HERE = { account: ACCOUNT, region: FRANKFURT };

/** A night's image of an instance whose two data volumes are encrypted, or not. */
async function withVolumes(...keys: readonly (string | undefined)[]): Promise<World> {
  const world = aWorld({ policies: LOCAL });
  const volumes = keys.map((KmsKeyId, index) => ({
    DeviceName: `/dev/sd${'fg'[index]}`,
    Ebs: { VolumeSize: 8, ...(KmsKeyId !== undefined && { Encrypted: true, KmsKeyId }) },
  }));
  await world.launch(1, { Backup: 'nightly' }, { volumes });
  await world.night('2026-11-02');
  return world;
}

/** How often EC2 and KMS are asked about single images, snapshots and keys by two looks at all that there is. */
async function asked(world: World) {
  const { reads } = awsOf(world);
  const operations = ['DescribeImageAttribute', 'DescribeSnapshotAttribute', 'DescribeKey'];
  const counts = () => operations.map((operation) => world.sandbox.calls.total({ operation }));
  const before = counts();
  for (let look = 0; look < 2; look++) {
    await world.clock.run(async () => {
      const images = (await reads.images(HERE, { deployment: 'test' })).value;
      const evidence = await reads.imageEvidence(HERE, images);
      const ids = images.flatMap(({ devices }) => devices.flatMap(({ snapshot }) => snapshot ?? []));
      const ofSnapshots = await reads.snapshotEvidence(HERE, ids);
      expect([evidence.complete, ofSnapshots.complete]).toEqual([true, true]);
      for (const { id } of images) expect(evidence.value.get(id)).toMatchObject({ sharedWith: [] });
      for (const id of ids) expect(ofSnapshots.value.get(id)).toEqual({ sharedWith: [] });
    });
  }
  return counts().map((count, index) => count - (before[index] ?? 0));
}

describe('whom an image and its snapshots are shared with', () => {
  it.each<[string, (string | undefined)[], number[]]>([
    // Its root volume is under no key.
    ['is asked of each that is under no key', [undefined, undefined], [2, 6, 0]],
    ['is asked of each under a key of the account’s own, which is told apart once', ['alias/shop'], [2, 4, 1]],
    ['is not asked of what is under the default key, nor of its image', ['alias/aws/ebs'], [0, 2, 1]],
  ])('%s', async (_, keys, counts) => {
    expect(await asked(await withVolumes(...keys))).toEqual(counts);
  });

  it('is not asked of an image that is disabled', async () => {
    const world = await withVolumes();
    const { reads } = awsOf(world);
    const before = world.sandbox.calls.total({ operation: 'DescribeImageAttribute' });
    const [image] = (await world.clock.run(() => reads.images(HERE, { deployment: 'test' }))).value;
    if (!image) throw new Error('there is no image');
    const evidence = await world.clock.run(() => reads.imageEvidence(HERE, [{ ...image, state: 'disabled' }]));
    expect(evidence.value.get(imageId(image.id))).toMatchObject({ sharedWith: [] });
    expect(world.sandbox.calls.total({ operation: 'DescribeImageAttribute' })).toBe(before);
  });

  it('is asked of each where keys can’t be told apart', async () => {
    const world = await withVolumes('alias/aws/ebs');
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeKey' });
    const [attributes, shares] = await asked(world);
    expect([attributes, shares]).toEqual([2, 4]);
  });
});
