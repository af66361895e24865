import type { Drills } from './drills.ts';
import { type ImageRecord, lineageKey, tagsOf } from './image-record.ts';
import { governanceOf } from './kept.ts';
import type { Promised, PromisedPolicy } from './promised.ts';
import type { Scene } from './scene.ts';
import { hasEnded, nameOf } from './stages.ts';

const HOUR = 60 * 60 * 1_000;
const DAY = 24 * HOUR;
/** The last sweeps, after the schedules have ended, take so long; nothing is started meanwhile. */
const LAST_SWEEPS = 28 * HOUR;
/** Starts are so far apart at most, and one lineage may have to wait for the others. */
const TURN = 12 * HOUR;
/** For so long nothing strikes at the end, less what is under way when that begins. */
const QUIET = 3 * DAY;

/** Checks that images were started when they were due, and that nothing is left of it, now that nothing strikes any more. */
export function checkDrilled(promised: Promised, drills: Drills, scene: Scene): void {
  for (const { id, image, maker } of drills.living) {
    if (maker === promised.deployment)
      scene.expect(false, 'P16', [id, image], () => `drill ${id} still lives in the end`);
  }
  for (const policy of promised.policies) {
    for (const region of policy.drill?.regions ?? []) checkRegion(promised, policy, region, drills, scene);
  }
}

function checkRegion(
  promised: Promised,
  { name, drill }: PromisedPolicy,
  region: string,
  drills: Drills,
  scene: Scene,
): void {
  if (!drill) return;
  const { deployment } = promised;
  const all = scene.book.underPolicy(deployment, name, { account: scene.account, region });
  const lineages = [...Map.groupBy(all, lineageKey).values()].map((members) => members.filter(isStartable));
  const wait = LAST_SWEEPS + lineages.filter(({ length }) => length > 0).length * TURN;
  // What is set apart for another deployment takes nothing.
  const hasPlace = drills.hadNetwork(deployment, region, drill.network[region], scene.now - wait);
  if (wait > QUIET || !hasPlace) return;
  for (const members of lineages) {
    const newest = members.reduce<ImageRecord | undefined>((one, other) => {
      return one && one.stamp.slot >= other.stamp.slot ? one : other;
    }, undefined);
    if (!newest || newest.createdAt > scene.now - wait || isExcused(newest, scene)) continue;
    // Nobody restores what has ended, though holds keep some of it.
    if (hasEnded(newest, governanceOf(newest, promised, scene.book.lineageOf(newest)), scene)) continue;
    const since = scene.now - drill.every.days * DAY - wait;
    const lineage = all.filter((one) => lineageKey(one) === lineageKey(newest));
    const isProven = lineage.some(({ id }) => drills.verdicts.passedAt(id) >= since);
    // One that has failed is started again after days, and what has failed just now at its next turn.
    const last = drills.verdicts.on(newest.id);
    const hasFailed = last?.kind === 'failed' && last.at >= since;
    scene.expect(isProven || hasFailed, 'convergence', [newest], () => {
      return `${nameOf(newest)} is the newest of its lineage there, and nobody has seen any of it come up for ${drill.every.days} days`;
    });
  }
}

function isStartable({ state, mark, intact }: ImageRecord): boolean {
  return state.now === 'available' && intact.now && (mark.now === undefined || mark.now.by === 'people');
}

/**
 * A recipe that is not as it was written names no type, nor does one that the seal says nothing of, as on an image that a
 * person had sealed.
 */
function isExcused({ id, region, written }: ImageRecord, scene: Scene): boolean {
  const tags = tagsOf(scene.sandbox.ec2.inspect.image(scene.account, region, id) ?? {});
  const isWhole = ['amikeep:shape', 'amikeep:address'].every((key) => tags.get(key) === written.get(key));
  const isSealed = tags.get('amikeep:seal')?.startsWith('2.') === true;
  return !isWhole || !isSealed || !written.has('amikeep:shape');
}
