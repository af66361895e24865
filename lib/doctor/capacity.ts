import { rateOf } from '../model/call-rates.ts';
import type { Region } from '../model/ids.ts';
import { counted } from '../model/plural.ts';
import type { Instance } from '../model/resources.ts';
import { DAY, HOUR, SECOND } from '../model/time.ts';
import { shareOf } from '../policy/places.ts';
import { regionsWithImages } from '../run/expand.ts';
import { ROW_LASTS } from '../run/outcome/outcome.ts';
import type { Capacity, Facts } from './facts.ts';
import { type Line, linesAbout } from './line.ts';
import { needADay } from './need.ts';

/** How often the retire sweep of a deployment comes in a day. */
export const RETIRE_SWEEPS_A_DAY = 4;
/** How often that of copies comes. */
export const COPY_SWEEPS_A_DAY = 96;

/** What a copy is reckoned to take. The first one of a large volume takes hours, and each later one minutes. */
const COPY_TAKES = HOUR;

/** EC2 User Guide, "How Amazon EC2 AMI copy works". */
export const CONCURRENT_COPIES = 300;

/** Of what can be carried: a fleet grows, and a night that was missed comes on top of the next one. */
const NEARLY_ALL = 0.8;

/** How many images a day the settings carry in each region, against what the policies ask for. */
export function capacityLines(facts: Facts, instances: ReadonlyMap<Region, readonly Instance[]>): Line[] {
  const { file, capacity, at } = facts;
  const carried = retirementsADay(capacity);
  return regionsWithImages(file).flatMap((region): Line[] => {
    const { copies, retirements, capped } = needADay(region, file, instances, at);
    return [
      ...(copies.size > 0 ? [copyLine(region, copies, facts)] : []),
      ...(retirements > 0 ? [retireLine(region, retirements, carried, capacity)] : []),
      ...capped.map(({ policy, count, cap }) =>
        linesAbout('capacity', `${policy} in ${region}`).problem(
          `up to ${counted(Math.ceil(count))} images a day expire, and retire.maxPerDay lets ${counted(cap)} go: they pile up`,
          'raise retire.maxPerDay, or write a percentage, which grows with them',
        ),
      ),
    ];
  });
}

/** To one region, in one account. */
function copiesADay({ maxCopiesInFlight, rateShare }: Capacity): number {
  const begun = rateOf('CopyImage').perSecond * rateShare * (DAY / SECOND);
  return Math.floor(Math.min(maxCopiesInFlight * (DAY / COPY_TAKES), begun));
}

/** Each sweep goes on for so long, continuations and all, and every image takes one of the slowest of its calls. */
function retirementsADay({ rateShare }: Capacity): number {
  const { perSecond } = rateOf('DeregisterImage');
  return Math.floor(RETIRE_SWEEPS_A_DAY * (ROW_LASTS / SECOND) * perSecond * rateShare);
}

function copyLine(region: Region, due: ReadonlyMap<Region, number>, { file, capacity }: Facts): Line {
  const { maxCopiesInFlight } = capacity;
  const { ok, problem } = linesAbout('capacity', `copies to ${region}`);
  const more = `set AMIKEEP_MAX_COPIES_IN_FLIGHT to more, up to ${CONCURRENT_COPIES}`;
  const fewer = 'let part of the fleet copy to another region or account, or by a schedule with fewer slots';
  const remedy = maxCopiesInFlight < CONCURRENT_COPIES ? more : fewer;
  const share = shareOf(maxCopiesInFlight, file);
  const ofOne = share * COPY_SWEEPS_A_DAY;
  for (const [from, count] of due) {
    if (count <= ofOne * NEARLY_ALL) continue;
    const text = `up to ${counted(Math.ceil(count))} a day are due from ${from} alone, whose ${share} of ${maxCopiesInFlight} in flight carry ${counted(ofOne)}`;
    return problem(text, remedy);
  }
  const total = Math.ceil([...due.values()].reduce((sum, count) => sum + count, 0));
  const carried = copiesADay(capacity);
  const text = `up to ${counted(total)} a day are due; ${maxCopiesInFlight} in flight carry ${counted(carried)}, where a copy takes an hour`;
  return total <= carried * NEARLY_ALL ? ok(text) : problem(text, remedy);
}

function retireLine(region: Region, due: number, carried: number, { rateShare }: Capacity): Line {
  const { ok, problem } = linesAbout('capacity', `retirement in ${region}`);
  const text = `up to ${counted(Math.ceil(due))} images a day expire; ${RETIRE_SWEEPS_A_DAY} sweeps carry ${counted(carried)} at a rate share of ${rateShare}`;
  if (due <= carried * NEARLY_ALL) return ok(text);
  return problem(text, 'raise AMIKEEP_RATE_SHARE, make fewer images, or split the fleet by account or region');
}
