import type { DrillRemnant } from '../../model/drills.ts';
import { CLOCK_SKEW, type Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { DRILL } from '../../tagging/tag-keys.ts';
import type { Decision } from '../decision.ts';
import type { DrillInventory } from './inventory.ts';

/** EC2 takes what goes with an instance away a little after it. */
const SETTLES = 2 * CLOCK_SKEW;

/**
 * Deletes the volumes and interfaces of drills that hang on nothing: their instance is gone, and was to take them along.
 * Nearly everybody may put a drill's tag on what is theirs or another's, so only what EC2 bears out is deleted.
 */
export function planRemnants(file: PolicyFile, inventory: DrillInventory, now: Instant): Decision[] {
  const { region } = inventory.target;
  return inventory.remnants.value.flatMap((remnant): Decision[] => {
    const { kind, id, launch } = remnant;
    const subject = { kind, id, region };
    const doubt = doubtOf(remnant, file, inventory);
    if (doubt !== undefined) {
      const text = `it has the tag of a drill, and ${doubt}: it is left alone; delete it, or take the tag ${DRILL} off`;
      return [{ subject, action: 'report', reason: { code: 'left-over', text } }];
    }
    if (!launch || now - launch.at < SETTLES) return [];
    const text = `it is of a drill of ${launch.image}, whose instance is gone`;
    const change = { kind: 'clear', region, what: kind, remnant: id } as const;
    return [{ subject, action: 'clear', reason: { code: 'left-over', text }, change }];
  });
}

/** What EC2 itself tells that is otherwise than with what a drill leaves behind. */
function doubtOf(remnant: DrillRemnant, file: PolicyFile, { images }: DrillInventory): string | undefined {
  const { launch } = remnant;
  if (!launch) return 'no seal proves that';
  if (remnant.kind === 'interface') {
    const networks = file.policies.flatMap(({ drill }) => Object.values(drill?.network ?? {}));
    return networks.some(({ subnets }) => subnets.includes(remnant.subnet))
      ? undefined
      : `its subnet ${remnant.subnet} is none of a policy's drill networks`;
  }
  const image = images.value.find(({ id }) => id === launch.image);
  if (!image) return `${launch.image} is not there to tell whether it is of that image`;
  if (!image.devices.some(({ snapshot }) => snapshot === remnant.snapshot)) {
    return `it was not made of a snapshot of ${launch.image}`;
  }
  return Math.abs(remnant.createdAt - launch.at) > CLOCK_SKEW ? 'it was not made when that was launched' : undefined;
}
