import type { LaunchSettings } from '../../model/launch-settings.ts';
import type { Image, Instance } from '../../model/resources.ts';
import { readRecipe } from '../../tagging/recipe.ts';
import type { Wanted } from './request.ts';

/** What is known of the old machine. */
export interface Known {
  readonly settings: LaunchSettings;
  /** What a launch goes by: of what nothing proves, nothing that decides on rights and reach. */
  readonly taken: LaunchSettings;
  readonly source: 'instance' | 'recipe';
  /** Whether nobody else can have written it. */
  readonly proven: boolean;
  /** Whether some of it had no room in the recipe, so that it is not known. */
  readonly cut: boolean;
  /** What the machine is now and was not when the image was made, each by its name; of two that are both proven. */
  readonly changed: readonly (keyof LaunchSettings)[];
  /** Whether a person goes back to a moment, and only the machine of now could be asked: nothing proves what it was then. */
  readonly ofNow: boolean;
}

/** Whether a person goes back to a moment, so that what was then counts. */
export function goesBack({ at, version, image }: Wanted): boolean {
  return at !== undefined || version !== undefined || image !== undefined;
}

/**
 * The living machine tells most. Where a person goes back to a moment, what the machine was then counts, if that is proven:
 * whoever broke into it since may have changed what it is. A machine that is going tells no more than half of what it was.
 */
export function knownOf(
  { recipe }: Pick<Image, 'recipe'>,
  instance: Instance | undefined,
  wanted: Wanted,
): Known | undefined {
  const isBack = goesBack(wanted);
  const isThere = instance && instance.state !== 'terminated' && instance.state !== 'shutting-down';
  const now = isThere ? instance.launch : undefined;
  const then = recipe && readRecipe(recipe);
  const changed = now && then && recipe?.sealed ? differences(now, then.settings) : [];
  if (then && recipe && (!now || (isBack && recipe.sealed))) {
    const { settings, cut } = then;
    const taken = recipe.sealed ? settings : harmlessOf(settings);
    return { settings, taken, source: 'recipe', proven: recipe.sealed, cut: cut.length > 0, changed, ofNow: false };
  }
  return now && { settings: now, taken: now, source: 'instance', proven: true, cut: false, changed, ofNow: isBack };
}

/**
 * What decides neither who gets in nor whose rights the machine has. A zone does, where the policy file names subnets by zones;
 * an address does, where others let it in.
 */
const HARMLESS = [
  'type',
  'tenancy',
  'ebsOptimized',
  'monitoring',
  'hibernation',
  'enclave',
] as const satisfies (keyof LaunchSettings)[];

function harmlessOf(settings: LaunchSettings): LaunchSettings {
  let taken: LaunchSettings = {};
  for (const key of HARMLESS) {
    if (settings[key] !== undefined) taken = { ...taken, [key]: settings[key] };
  }
  return taken;
}

/** What decides on whose rights and in which network a machine runs. */
const TELLING = ['type', 'subnet', 'groups', 'profile', 'key', 'imds'] as const satisfies (keyof LaunchSettings)[];

function differences(now: LaunchSettings, then: LaunchSettings): (keyof LaunchSettings)[] {
  return TELLING.filter((key) => then[key] !== undefined && String(now[key]) !== String(then[key]));
}
