import type { InstanceId } from '../../model/ids.ts';
import { problemsOf } from '../../model/reading.ts';
import type { Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { type ConsoleEnd, type Decision, isChange, type Plan } from '../decision.ts';
import { sealProblems, sortByLineage } from '../lineages.ts';
import { type DrillRequest, planLaunches, withoutImages } from './due.ts';
import type { DrillInventory } from './inventory.ts';
import { nameableLineages, planNamed } from './named.ts';
import { passesOf } from './passes.ts';
import { planRemnants } from './remnants.ts';
import { planRunning, type RunningPlan } from './running.ts';

/**
 * Decides what becomes of the drills that are there, and, unless it is a sweep, which images are started next. Where images or
 * lineages are named, of those alone; of the drills that are there all the same, since each run ends those past their lease.
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
  const isNamed = request?.lineages !== undefined || request?.images !== undefined;
  const mine = isNamed ? drillsOf(file, inventory, request) : undefined;
  // Who names what is to be started is not told of all that merely goes on beside it.
  const isTold = (decision: Decision) => mine === undefined || isChange(decision) || mine.has(decision.subject.id);
  const told = { ...running, decisions: running.decisions.filter(isTold) };
  const readings = [drills, remnants, images, networks, ...Object.values(checks)];
  const problems = [
    ...problemsOf(target.region, readings),
    ...sealProblems(target.region, images.value),
    ...running.problems,
  ];
  const decisions = [...told.decisions, ...planRemnants(file, inventory, now)];
  const consoles = consoleEnds(decisions, checks.consoles.value);
  const plan = { warnings: [], problems, consoles, ...(drills.complete && { drillsOverdue: running.overdue }) };
  if (!request) return { ...plan, decisions };
  // Without the drills that are there nobody knows how many more there may be.
  const launches = drills.complete && images.complete ? planLaunches(file, inventory, running, request, now) : [];
  const named = planNamed(file, inventory, request);
  const nameable = request.lineages ? { nameable: nameableLineages(file, inventory) } : {};
  const isWhole = !isNamed && request.policy === undefined;
  return {
    ...plan,
    ...nameable,
    decisions: [...decisions, ...(isNamed ? launches.filter(isUntold(told)) : launches), ...named],
    ...(!isNamed && { imageless: withoutImages(file, inventory, request) }),
    ...(isWhole && { passes: passesOf(file, inventory, now) }),
  };
}

/** The drills of what is named: of an image, or of any image of a lineage. */
function drillsOf(
  { deployment }: PolicyFile,
  { drills, images }: DrillInventory,
  request: DrillRequest,
): ReadonlySet<string> {
  const { lineages } = sortByLineage(images.value, deployment);
  const members = [...lineages.values()].flatMap((one) => (request.lineages?.includes(one.lineage) ? one.images : []));
  const named = new Set([...(request.images ?? []), ...members.map(({ image }) => image.id)]);
  return new Set(drills.value.flatMap(({ id, image }) => (named.has(image) ? [id] : [])));
}

/** Of an image that waits for its own drill, that drill's own decision tells more, where that is to wait as well. */
function isUntold({ decisions, underWay }: RunningPlan): (launch: Decision) => boolean {
  const waiting = new Set<string>(decisions.flatMap(({ action, subject }) => (action === 'wait' ? [subject.id] : [])));
  const drilled = new Set<string>([...underWay].flatMap(([image, { id }]) => (waiting.has(id) ? [image] : [])));
  return ({ subject, reason }) => reason.code !== 'drill-running' || !drilled.has(subject.id);
}

/** What fits into a line of the log beside all else, and tells mostly why a machine did not come up. */
const LONGEST_END = 4_000;

function consoleEnds(decisions: readonly Decision[], consoles: ReadonlyMap<InstanceId, string>): ConsoleEnd[] {
  return decisions.flatMap((decision): ConsoleEnd[] => {
    if (decision.action !== 'judge' || decision.change.verdict.kind !== 'failed') return [];
    const { image, verdict } = decision.change;
    const { instance } = verdict;
    const text = instance && consoles.get(instance);
    return !instance || !text ? [] : [{ image, instance, text: text.slice(-LONGEST_END) }];
  });
}
