import { Caller } from '../../lib/aws/calls/caller.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import { type Region, region } from '../../lib/model/ids.ts';
import type { Recipe } from '../../lib/model/resources.ts';
import { recipeHash, recipeTags } from '../../lib/tagging/recipe-tags.ts';
import { sealTag, stampText } from '../../lib/tagging/seal.ts';
import { FRANKFURT, sealKeyOf, type World } from '../handlers/world.ts';

/** Signs a text as the deployment of a world does. */
export async function signedBy(world: World, text: string): Promise<string> {
  const { clients, clock } = world;
  const ports = { clients, pace: new Pace(clock, 1), clock, random: () => 0.5 };
  const caller = new Caller(ports, Number.POSITIVE_INFINITY, 'ec2');
  const signature = await clock.run(() => sealKeyOf(world).sign(caller, text));
  if (!signature.ok) throw new Error(signature.failure.message);
  return signature.value;
}

/** Gives an image of a world another recipe, under a seal that covers it. */
export async function resealed(world: World, id: string, recipe: Recipe, place: Region = FRANKFURT): Promise<void> {
  const image = world.images(region(place)).find(({ ImageId }) => ImageId === id);
  const tags = Object.fromEntries((image?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  const hash = recipeHash(recipe);
  const seal = sealTag(await signedBy(world, stampText(tags, hash)), hash);
  await world.tag(id, { ...recipeTags(recipe), ...seal }, place);
}
