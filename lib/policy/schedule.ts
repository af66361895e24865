import { DAY, formatInstant, HOUR, type Instant, MINUTE } from '../model/time.ts';
import type { CronCalendar } from './calendar.ts';
import { parseCron } from './cron.ts';
import type { Schedule } from './policy.ts';
import { firstInstantOf, gapsBetween, latestLocalTimeBy, localTimeAt, timeZoneProblem } from './zone.ts';

/**
 * The slots of a schedule, exactly as EventBridge Scheduler fires it: a local time that does not exist on a day is
 * skipped, and one that occurs twice fires once, at its first occurrence.
 *
 * The slots of `rate(...)` are counted from the Unix epoch, whatever the time zone; a day is 24 hours. Scheduler
 * counts from the schedule's start, so what is deployed for a rate is a cron on these slots (deploy/schedules.ts).
 */
export interface SlotSchedule {
  /** The first slot strictly after an instant; undefined if the schedule never fires again. */
  next(after: Instant): Instant | undefined;
  /** The latest slot at or before an instant; undefined if the schedule had not fired by then. */
  current(now: Instant): Instant | undefined;
  /** All slots in [from, to), oldest first. */
  between(from: Instant, to: Instant): Instant[];
  /**
   * The local times, such as `2027-03-28T02:30`, at which the schedule would have fired in [from, to) had the
   * clocks not been put forward over them; oldest first.
   */
  skippedLocalTimes(from: Instant, to: Instant): string[];
}

export type ParsedSchedule =
  | { readonly ok: true; readonly schedule: SlotSchedule }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads AWS's `cron(...)` or `rate(...)`.
 * @param timeZone an IANA time zone
 * @returns the schedule, or the problem as a clause that says what to write instead
 */
export function parseSchedule(expression: string, timeZone: string): ParsedSchedule {
  const zoneProblem = timeZoneProblem(timeZone);
  if (zoneProblem !== undefined) return { ok: false, problem: zoneProblem };
  const [, kind, body = ''] = /^(cron|rate)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return parseRate(body);
  if (kind === undefined) {
    return { ok: false, problem: 'write cron(...) or rate(...), in quotes if it has a comma within { }' };
  }
  const cron = parseCron(body);
  return cron.ok ? { ok: true, schedule: new CronSchedule(cron.value, timeZone) } : cron;
}

const checked = new WeakMap<Schedule, SlotSchedule>();

/**
 * The slots of several schedules as those of one: a moment that is in more than one of them is one slot, and a local time
 * that one of them skips is told, whatever the others do.
 */
export function unionOf(schedules: readonly SlotSchedule[]): SlotSchedule {
  const [first, ...others] = schedules;
  return first && others.length === 0 ? first : new UnionSchedule(schedules);
}

/**
 * The slots of a policy's schedule. Each schedule is read once, so this may be called as often as one likes.
 * @throws TypeError if the schedule is none that {@link parseSchedule} takes, so never for one of a parsed policy file
 */
export function slotScheduleOf(schedule: Schedule): SlotSchedule {
  const known = checked.get(schedule);
  if (known !== undefined) return known;
  const parts = schedule.expressions.map((expression) => {
    const parsed = parseSchedule(expression, schedule.timeZone);
    if (!parsed.ok) throw new TypeError(`'${expression}' in ${schedule.timeZone}: ${parsed.problem}`);
    return parsed.schedule;
  });
  const slots = unionOf(parts);
  checked.set(schedule, slots);
  return slots;
}

/** As many slots hold every pattern of a day, or the days of more than two years with their changes of the clocks. */
const SLOTS_LOOKED_AT = 1000;
/** Any time will do at which zones change their clocks as they do today. */
const LOOKED_AT_FROM: Instant = Date.UTC(2026, 0, 1);

/** The shortest time between two slots that follow each other; undefined where there are not two. */
export function shortestGap(schedule: Pick<SlotSchedule, 'next'>): number | undefined {
  let shortest: number | undefined;
  let slot = schedule.next(LOOKED_AT_FROM);
  for (let looked = 0; slot !== undefined && looked < SLOTS_LOOKED_AT; looked++) {
    const next = schedule.next(slot);
    if (next !== undefined) shortest = Math.min(shortest ?? Number.POSITIVE_INFINITY, next - slot);
    slot = next;
  }
  return shortest;
}

const UNITS = new Map([
  ['minute', MINUTE],
  ['hour', HOUR],
  ['day', DAY],
]);

function parseRate(body: string): ParsedSchedule {
  const [, count, unit = '', plural] = /^([1-9]\d{0,4}) (minute|hour|day)(s?)$/.exec(body) ?? [];
  const length = UNITS.get(unit);
  if (length === undefined || (count === '1') !== (plural === '')) {
    return {
      ok: false,
      problem:
        'write rate(1 minute), rate(1 hour) or rate(1 day), or rate(n minutes|hours|days) with n from 2 to 99999',
    };
  }
  return { ok: true, schedule: new RateSchedule(Number(count) * length) };
}

class RateSchedule implements SlotSchedule {
  readonly #period: number;

  /** @param period in milliseconds */
  constructor(period: number) {
    this.#period = period;
  }

  next(after: Instant): Instant {
    return this.current(after) + this.#period;
  }

  current(now: Instant): Instant {
    return Math.floor(now / this.#period) * this.#period;
  }

  between(from: Instant, to: Instant): Instant[] {
    return slotsBetween(this, from, to);
  }

  skippedLocalTimes(): string[] {
    return [];
  }
}

class CronSchedule implements SlotSchedule {
  readonly #calendar: CronCalendar;
  readonly #timeZone: string;

  constructor(calendar: CronCalendar, timeZone: string) {
    this.#calendar = calendar;
    this.#timeZone = timeZone;
  }

  next(after: Instant): Instant | undefined {
    let local = this.#calendar.next(localTimeAt(this.#timeZone, after));
    while (local !== undefined) {
      const slot = firstInstantOf(this.#timeZone, local);
      // Where clocks were put back, local times that are yet to be shown again have fired already.
      if (slot !== undefined && slot > after) return slot;
      local = this.#calendar.next(local);
    }
    return undefined;
  }

  current(now: Instant): Instant | undefined {
    // The calendar answers strictly before, and local times count whole milliseconds.
    let local = this.#calendar.previous(latestLocalTimeBy(this.#timeZone, now) + 1);
    while (local !== undefined) {
      const slot = firstInstantOf(this.#timeZone, local);
      if (slot !== undefined && slot <= now) return slot;
      local = this.#calendar.previous(local);
    }
    return undefined;
  }

  between(from: Instant, to: Instant): Instant[] {
    return slotsBetween(this, from, to);
  }

  skippedLocalTimes(from: Instant, to: Instant): string[] {
    const skipped: string[] = [];
    for (const gap of gapsBetween(this.#timeZone, from, to)) {
      let local = this.#calendar.next(gap.start - 1);
      while (local !== undefined && local < gap.end) {
        skipped.push(formatInstant(local).slice(0, '2027-03-28T02:30'.length));
        local = this.#calendar.next(local);
      }
    }
    return skipped;
  }
}

class UnionSchedule implements SlotSchedule {
  readonly #parts: readonly SlotSchedule[];

  constructor(parts: readonly SlotSchedule[]) {
    this.#parts = parts;
  }

  next(after: Instant): Instant | undefined {
    const [earliest] = this.#inOrder((part) => [part.next(after)]);
    return earliest;
  }

  current(now: Instant): Instant | undefined {
    return this.#inOrder((part) => [part.current(now)]).at(-1);
  }

  between(from: Instant, to: Instant): Instant[] {
    return this.#inOrder((part) => part.between(from, to));
  }

  skippedLocalTimes(from: Instant, to: Instant): string[] {
    return [...new Set(this.#parts.flatMap((part) => part.skippedLocalTimes(from, to)))].sort();
  }

  /** What the parts say, each moment once, earliest first. */
  #inOrder(ask: (part: SlotSchedule) => readonly (Instant | undefined)[]): Instant[] {
    const slots = this.#parts.flatMap(ask).filter((slot) => slot !== undefined);
    return [...new Set(slots)].sort((one, other) => one - other);
  }
}

function slotsBetween(schedule: Pick<SlotSchedule, 'next'>, from: Instant, to: Instant): Instant[] {
  const slots: Instant[] = [];
  // Instants are whole milliseconds, so nothing lies between the one before and `from` itself.
  let slot = schedule.next(from - 1);
  while (slot !== undefined && slot < to) {
    slots.push(slot);
    slot = schedule.next(slot);
  }
  return slots;
}
