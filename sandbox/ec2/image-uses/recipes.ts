import type { Plane } from '../plane/state.ts';

/** A recipe of Image Builder, with the type of resource that it is to a search for what uses images. */
export interface ImageRecipe {
  readonly arn: string;
  readonly account: string;
  readonly type: 'imagebuilder:ImageRecipe' | 'imagebuilder:ContainerRecipe';
  readonly images: readonly string[];
}

const form = /^arn:[^:]+:imagebuilder:([^:]+):(\d{12}):(image|container)-recipe\/./;

/** The recipes of all accounts in a region, as the behaviour has them: there is no Image Builder here. */
export function recipesIn(plane: Plane, region: string): readonly ImageRecipe[] {
  return Object.entries(plane.behaviour(region).imageRecipes).flatMap(([arn, images]): ImageRecipe[] => {
    const [, ofRegion, account = '', kind] = form.exec(arn) ?? [];
    const type = kind === 'image' ? 'imagebuilder:ImageRecipe' : 'imagebuilder:ContainerRecipe';
    return ofRegion === region ? [{ arn, account, type, images }] : [];
  });
}
