import { problemsOf } from '../../model/reading.ts';
import type { Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import type { Plan } from '../decision.ts';
import { sealProblems } from '../lineages.ts';
import { type DrillRequest, planLaunches } from './due.ts';
import type { DrillInventory } from './inventory.ts';
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
  const plan = { warnings: [], problems, ...(drills.complete && { drillsOverdue: running.overdue }) };
  if (!request) return { ...plan, decisions };
  // Without the drills that are there nobody knows how many more there may be.
  const launches = drills.complete && images.complete ? planLaunches(file, inventory, running, request, now) : [];
  const isWhole = request.lineages === undefined && request.images === undefined && request.policy === undefined;
  return { ...plan, decisions: [...decisions, ...launches], ...(isWhole && { passes: passesOf(file, inventory) }) };
}
