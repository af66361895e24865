import type { InstanceId } from '../../model/ids.ts';
import type { Instance, Recipe } from '../../model/resources.ts';
import { writeRecipe } from '../../tagging/recipe.ts';

/** What living instances are, by their ids: what is terminated tells nothing any more. */
export function recipesOf(instances: readonly Instance[]): ReadonlyMap<InstanceId, Recipe> {
  return new Map(
    instances.flatMap(({ id, state, launch }): [InstanceId, Recipe][] =>
      launch && state !== 'terminated' && state !== 'shutting-down' ? [[id, writeRecipe(launch)]] : [],
    ),
  );
}
