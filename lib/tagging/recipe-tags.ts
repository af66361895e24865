import { createHash } from 'node:crypto';
import type { Image, Recipe, Tags } from '../model/resources.ts';
import { ADDRESS, SHAPE } from './tag-keys.ts';

/** An image's recipe as its tags; its snapshots bear none. */
export function recipeTags({ shape: what, address: where }: Recipe): Tags {
  return { ...(what !== undefined && { [SHAPE]: what }), ...(where !== undefined && { [ADDRESS]: where }) };
}

/** The recipe that tags say, whoever wrote it; undefined where they say none. */
export function recipeIn(tags: Tags): Recipe | undefined {
  const { [SHAPE]: what, [ADDRESS]: where } = tags;
  if (what === undefined && where === undefined) return undefined;
  return { ...(what !== undefined && { shape: what }), ...(where !== undefined && { address: where }) };
}

/** The recipe of an image, where its seal covers it. */
export function sealedRecipe({ recipe }: Pick<Image, 'recipe'>): Recipe | undefined {
  if (!recipe?.sealed) return undefined;
  const { sealed: _, ...texts } = recipe;
  return texts;
}

/** What stands for a recipe in a seal: 43 characters, of all 256 bits. */
export function recipeHash({ shape: what, address: where }: Recipe): string {
  return createHash('sha256')
    .update(JSON.stringify([what ?? null, where ?? null]))
    .digest('base64url');
}
