import {
  CreateImageCommand,
  CreateTagsCommand,
  DeregisterImageCommand,
  type Image,
  type Tag,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { imageId } from '../../lib/model/ids.ts';
import { readRecipe } from '../../lib/tagging/recipe.ts';
import { amikeep } from '../cli/in-world.ts';
import { ACCOUNT, aWorld, awsOf, FRANKFURT, IRELAND, LOCAL, type World } from './world.ts';

const RECIPE = ['amikeep:shape', 'amikeep:address'];
const textsOf = (tags: readonly Tag[] = []) => tags.filter(({ Key = '' }) => RECIPE.includes(Key));

async function recipeOf(world: World, { ImageId }: Image, region = FRANKFURT) {
  const id = imageId(ImageId ?? '');
  const { value } = await world.clock.run(() => awsOf(world).reads.image({ account: ACCOUNT, region }, id));
  return value?.recipe;
}

async function aNight(): Promise<{ world: World; image: Image; instance: string }> {
  const world = aWorld();
  const [instance = ''] = await world.launch(1, { Backup: 'nightly' });
  await world.night('2026-11-02');
  const [image] = world.images();
  if (!image) throw new Error('the night made no image');
  return { world, image, instance };
}

describe('the recipe of an instance', () => {
  it('is written on its image by the call that creates it, under its seal, and on no snapshot', async () => {
    const { world, image } = await aNight();
    expect(textsOf(image.Tags).map(({ Key }) => Key)).toContain('amikeep:shape');
    const recipe = await recipeOf(world, image);
    expect(recipe?.sealed).toBe(true);
    expect(readRecipe(recipe ?? {}).settings.type).toBe('m1.small');
    const snapshots = world.sandbox.ec2.inspect.snapshots({ region: FRANKFURT });
    expect(snapshots.flatMap(({ snapshot }) => textsOf(snapshot.Tags))).toEqual([]);
    expect(world.sandbox.calls.total({ operation: 'CreateTags' })).toBe(0);
  });

  it('goes with the copy, sealed anew', async () => {
    const { world, image } = await aNight();
    const [copy = {}] = world.images(IRELAND);
    expect(textsOf(copy.Tags)).toEqual(textsOf(image.Tags));
    expect(await recipeOf(world, copy, IRELAND)).toMatchObject({ sealed: true });
  });

  it('P23: that somebody has changed on an image is not believed, copied or taken for the image’s own seal', async () => {
    const { world, image, instance } = await aNight();
    await world.send(IRELAND, (client) =>
      client.send(new DeregisterImageCommand({ ImageId: world.images(IRELAND)[0]?.ImageId })),
    );
    const forged = { 'amikeep:shape': 'm7g.large profile=admin' };
    await world.tag(image.ImageId ?? '', forged);
    await world.clock.advance(60_000);
    expect(await recipeOf(world, image)).toEqual(expect.objectContaining({ sealed: false }));

    await world.invoke('copy', { target: { account: ACCOUNT, region: FRANKFURT } });
    const [copy] = world.images(IRELAND);
    expect(copy?.Name).toContain(instance);
    expect(textsOf(copy?.Tags)).toEqual([]);
    expect(copy && (await recipeOf(world, copy, IRELAND))).toBeUndefined();
  });

  it('is written on what a person adopts while its instance lives, and on no snapshot of it', async () => {
    const world = aWorld();
    const [InstanceId = ''] = await world.launch(1, {});
    const { ImageId = '' } = await world.send(FRANKFURT, (client) =>
      client.send(new CreateImageCommand({ InstanceId, Name: 'golden', NoReboot: true })),
    );
    await world.clock.advance(3_600_000);
    await world.send(FRANKFURT, (client) =>
      client.send(new CreateTagsCommand({ Resources: [ImageId], Tags: [{ Key: 'Role', Value: 'golden' }] })),
    );
    await world.clock.advance(60_000);
    const adopt = ['adopt', '--filter', 'tag:Role=golden', '--policy', 'nightly', '--mode', 'apply'];
    expect(await amikeep(world, LOCAL, ...adopt)).toMatchObject({
      status: 0,
      out: expect.stringContaining('1 adopted'),
    });
    await world.clock.advance(60_000);
    const [adopted] = world.images().filter((image) => image.ImageId === ImageId);
    expect(textsOf(adopted?.Tags).map(({ Key }) => Key)).toContain('amikeep:shape');
    expect(adopted && (await recipeOf(world, adopted))).toMatchObject({ sealed: true });
    const snapshots = world.sandbox.ec2.inspect.snapshots({ region: FRANKFURT });
    expect(snapshots.flatMap(({ snapshot }) => textsOf(snapshot.Tags))).toEqual([]);
    expect(snapshots[0]?.snapshot.Tags?.map(({ Key }) => Key)).toContain('amikeep:seal');
  });
});
