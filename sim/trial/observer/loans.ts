import type { Effect } from '../../../sandbox/watcher.ts';
import type { ImageRecord } from './image-record.ts';
import type { RunEnd } from './outcomes.ts';
import type { RunRecord } from './run-record.ts';
import { textsAt } from './texts.ts';

const HOUR = 60 * 60 * 1_000;
/** A loan counts for two days, less what a run takes from its last read until it decides. */
const COUNTS = 47 * HOUR;
/** After half a day a run that copies writes it anew or takes it back. */
const RENEWED = 12 * HOUR;
const LENT = 'amikeep:lent:';

interface Look {
  /** When it read the last of the images. */
  readonly time: number;
  /** What it was not allowed to write on. */
  readonly refused: ReadonlySet<string>;
}

/** What is lent to vaults, and whether anybody could still take it back as ours. */
export class Loans {
  readonly #lentAt = new Map<string, number>();
  /** The runs that copied and had read the images of a place, by `prod 111122223333 eu-central-1`. */
  readonly #looks = new Map<string, Look[]>();

  /** Takes down that a run has written, or written anew, to whom it lends an image. */
  note({ input }: Effect, now: number): void {
    if (!textsAt(input, 'Tags', 'Key').some((key) => key.startsWith(LENT))) return;
    for (const id of textsAt(input, 'Resources')) this.#lentAt.set(id, now);
  }

  /** One that died, or that was cut short among its reads or its changes, had no time for all that there is. */
  runEnds({ begun, lastRead, isCutShort, told, failedChanges }: RunRecord, end: RunEnd): void {
    const hadTime = end !== 'died' && !isCutShort && !told.some((text) => text.includes('OutOfTime'));
    if (begun.event.action !== 'copy' || begun.event.mode !== 'apply' || !hadTime) return;
    for (const [key, time] of lastRead) {
      if (!key.startsWith('DescribeImages ')) continue;
      const place = `${begun.deployment} ${key.slice('DescribeImages '.length)}`;
      const refused = new Set([...failedChanges.values()].flatMap(({ input }) => textsAt(input, 'Resources')));
      this.#looks.set(place, [...(this.#looks.get(place) ?? []), { time, refused }]);
    }
  }

  /**
   * Whether the word that an image is lent grew too old before any run could see the image as ours: whose share that is then
   * only people know, and each run tells them.
   */
  isForgotten({ id, maker, account, region, intact, state }: ImageRecord): boolean {
    const lentAt = this.#lentAt.get(id);
    if (lentAt === undefined) return false;
    return !(this.#looks.get(`${maker} ${account} ${region}`) ?? []).some(
      ({ time, refused }) =>
        time >= lentAt + RENEWED &&
        time < lentAt + COUNTS &&
        intact.at(time).value &&
        state.at(time).value !== 'gone' &&
        !refused.has(id),
    );
  }
}
