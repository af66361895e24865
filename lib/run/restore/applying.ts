import { gapOf } from '../../model/reading.ts';
import { type Clock, formatInstant, HOUR } from '../../model/time.ts';
import { usableOf } from '../../planning/restore/earlier-volumes.ts';
import type { Making, RestorePlan } from '../../planning/restore/plan.ts';
import type { RestoreRequest } from '../../planning/restore/request.ts';
import { stillThere } from '../../planning/restore/restore.ts';
import { hasTaskEnded } from '../../planning/restore/root-tasks.ts';
import { snapshotsOf } from '../../planning/snapshots.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { Aws } from '../ports.ts';
import type { Made } from './ports.ts';
import { type Chosen, earlierMachines, placeOf, type RestorePorts } from './restoring.ts';

/** What came of a restore. */
export interface Restored {
  readonly plan: RestorePlan;
  /** Absent where nothing was tried. */
  readonly made?: Made;
  /** What an earlier try has made already, so that nothing was made. */
  readonly found?: readonly string[];
  /** Whether the image got a hold for it. */
  readonly held: boolean;
  /** Why nothing was tried. */
  readonly problem?: string;
}

/**
 * Carries a plan out. What an earlier try has made is looked for first, by tags and by what EC2 itself tells, since EC2's
 * token finds a machine in its own zone only. Then the image is held, so that no sweep takes it away meanwhile.
 */
export async function carryOut(
  plan: RestorePlan,
  request: RestoreRequest,
  chosen: Chosen,
  ports: RestorePorts,
): Promise<Restored> {
  const nothing = { plan, held: false };
  if (plan.verdict === 'blocked') return { ...nothing, problem: 'it is blocked' };
  const found = request.another ? [] : await earlierOf(plan.making, chosen, ports);
  if (typeof found === 'string')
    return { ...nothing, problem: `what an earlier restore has left is not known: ${found}` };
  if (found.length > 0) return { ...nothing, found };
  const problem = await hold(chosen.image, ports.aws, ports.clock);
  if (problem !== undefined) return { ...nothing, problem: `the image could not be held: ${problem}` };
  const held = chosen.image.hold === undefined;
  return { plan, held, made: await ports.writes.make(placeOf(chosen), plan.making) };
}

/** A task that began longer ago is nobody's lost answer. */
const RECENT = HOUR;

/** The ids of what is there of the same restore already; a text where that could not be read. */
async function earlierOf(
  making: Making,
  chosen: Chosen,
  { reads, clock, file }: RestorePorts,
): Promise<readonly string[] | string> {
  const target = placeOf(chosen);
  const { id } = chosen.image.image;
  switch (making.kind) {
    case 'machine': {
      const earlier = await earlierMachines(target, chosen, { reads, file });
      return gapOf(earlier) ?? stillThere(earlier.value).map((instance) => instance.id);
    }
    case 'volume': {
      const volumes = await reads.restoredVolumes(target, id);
      return gapOf(volumes) ?? usableOf(volumes.value, making.volume?.snapshot).map((volume) => volume.id);
    }
    case 'root': {
      if (!making.replacement) return [];
      const tasks = await reads.rootTasks(target, making.replacement.instance);
      const same = tasks.value.filter(
        (task) =>
          task.image === id &&
          (!hasTaskEnded(task) || (task.state === 'succeeded' && task.startedAt > clock.now() - RECENT)),
      );
      return gapOf(tasks) ?? same.map((task) => task.id);
    }
  }
}

const RESTORED = 'restored';

/** Whether a hold is one that a restore has written, and nobody's own. */
export function isHoldOfRestore(hold: string | undefined): boolean {
  return hold?.startsWith(`${RESTORED} `) === true;
}

/** Why the image could not be held; undefined where it is. */
async function hold(owned: OwnedImage, { applier }: Pick<Aws, 'applier'>, clock: Clock): Promise<string | undefined> {
  if (owned.hold !== undefined) return undefined;
  const { id: image, region } = owned.image;
  const text = `${RESTORED} ${formatInstant(clock.now())}`;
  const [applied] = await applier.tag([{ kind: 'hold', region, image, snapshots: snapshotsOf(owned), text }]);
  if (!applied || applied.kind === 'done') return undefined;
  return 'problem' in applied ? applied.problem : applied.kind;
}
