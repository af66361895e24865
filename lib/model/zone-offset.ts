import { DAY, HOUR, type Instant, MINUTE, SECOND } from './time.ts';

/** How far a zone's clocks are ahead of UTC at a moment, in milliseconds; negative where they are behind. */
export type OffsetAt = (at: Instant) => number;

const zones = new Map<string, OffsetAt>();

/**
 * The offsets of an IANA time zone, as `Intl` knows them. Asking `Intl` takes over a microsecond, so the answers
 * are kept: two a UTC day, and on a day on which the clocks change also the moment at which they do.
 *
 * That finds every change except two on one day that cancel each other out, which no zone has ever had.
 *
 * @throws RangeError if there is no such zone.
 */
export function offsetsOf(timeZone: string): OffsetAt {
  const known = zones.get(timeZone);
  if (known) return known;
  const offsetAt = daywise(offsetsByIntl(timeZone));
  zones.set(timeZone, offsetAt);
  return offsetAt;
}

/** A UTC day: `before` holds until `change`, `after` from then on. On nearly all days the two are the same. */
interface OffsetDay {
  readonly before: number;
  readonly change: Instant;
  readonly after: number;
}

function daywise(ask: OffsetAt): OffsetAt {
  const days = new Map<number, OffsetDay>();
  return (at) => {
    const number = Math.floor(at / DAY);
    let day = days.get(number);
    if (!day) {
      day = offsetDay(number * DAY, ask);
      days.set(number, day);
    }
    return at < day.change ? day.before : day.after;
  };
}

function offsetDay(start: Instant, ask: OffsetAt): OffsetDay {
  const before = ask(start);
  const after = ask(start + DAY);
  if (before === after) return { before, change: start, after };
  // Some zones change at half an hour or, long ago, at an odd second: so the search goes down to the second.
  let [last, change] = [start, start + DAY];
  while (change - last > SECOND) {
    const middle = last + Math.floor((change - last) / SECOND / 2) * SECOND;
    if (ask(middle) === before) last = middle;
    else change = middle;
  }
  return { before, change, after };
}

/** `GMT+10:30`, and in the days of local mean time `GMT-00:25:21`. */
const OFFSET = /GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/;

/** As far from the epoch as dates go, either way; a span of keep rules may reach further back. */
const FURTHEST = 100_000_000 * DAY;

function offsetsByIntl(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (at) => {
    const text = format.format(Math.min(Math.max(at, -FURTHEST), FURTHEST));
    const match = OFFSET.exec(text);
    if (!match) throw new TypeError(`Intl's offset of ${timeZone} can't be read: '${text}'`);
    const [, sign, hours, minutes, seconds = '0'] = match;
    const size = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
    return sign === '-' ? -size : size;
  };
}
