import type { InstanceId } from '../../model/ids.ts';
import { problemsOf } from '../../model/reading.ts';
import type { Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import type { ConsoleEnd, Decision, Plan } from '../decision.ts';
import { sealProblems } from '../lineages.ts';
import { type DrillRequest, planLaunches, withoutImages } from './due.ts';
import type { DrillInventory } from './inventory.ts';
import { nameableLineages, planNamed } from './named.ts';
import { passesOf } from './passes.ts';
import { planRemnants } from './remnants.ts';
import { planRunning } from './running.ts';

/**
 * Decides what becomes of the drills that are there, and, unless it is a sweep, which images are started next.
 *
 * @param request undefined in a sweep, which only goes on with what is there
 */
export function planDrills(
  file: PolicyFile,
  inventory: DrillInventory,
  request: DrillRequest | undefined,
  now: Instant,
): Plan {
  const { target, drills, remnants, images, networks, checks } = inventory;
  const running = planRunning(file, inventory, now);
  const readings = [drills, remnants, images, networks, ...Object.values(checks)];
  const problems = [
    ...problemsOf(target.region, readings),
    ...sealProblems(target.region, images.value),
    ...running.problems,
  ];
  const decisions = [...running.decisions, ...planRemnants(file, inventory, now)];
  const consoles = consoleEnds(decisions, checks.consoles.value);
  const plan = { warnings: [], problems, consoles, ...(drills.complete && { drillsOverdue: running.overdue }) };
  if (!request) return { ...plan, decisions };
  // Without the drills that are there nobody knows how many more there may be.
  const launches = drills.complete && images.complete ? planLaunches(file, inventory, running, request, now) : [];
  const named = planNamed(file, inventory, request);
  const nameable = request.lineages ? { nameable: nameableLineages(file, inventory) } : {};
  const isNamed = request.lineages !== undefined || request.images !== undefined;
  const isWhole = !isNamed && request.policy === undefined;
  return {
    ...plan,
    ...nameable,
    decisions: [...decisions, ...launches, ...named],
    ...(!isNamed && { imageless: withoutImages(file, inventory, request) }),
    ...(isWhole && { passes: passesOf(file, inventory, now) }),
  };
}

/** What fits into a line of the log beside all else, and tells mostly why a machine did not come up. */
const LONGEST_END = 4_000;

function consoleEnds(decisions: readonly Decision[], consoles: ReadonlyMap<InstanceId, string>): ConsoleEnd[] {
  return decisions.flatMap((decision): ConsoleEnd[] => {
    if (decision.action !== 'judge' || decision.change.verdict.kind !== 'failed') return [];
    const { image, ends: instance } = decision.change;
    const text = instance && consoles.get(instance);
    return !instance || !text ? [] : [{ image, instance, text: text.slice(-LONGEST_END) }];
  });
}
