import { DAY, type Instant } from '../../model/time.ts';
import type { DailyCap, Policy } from '../../policy/policy.ts';
import type { LineageInRegion } from '../lineages.ts';

/** Where no policy speaks for an image any more. */
const DEFAULT_CAP: DailyCap = { percent: 20 };

interface Account {
  readonly cap: number;
  /** Images a day, over the last week. */
  readonly arrivals: number;
  left: number;
  refused: number;
  /** What is told where nothing is left. */
  readonly refusal: string;
}

const WEEK = 7 * DAY;

/**
 * How many images of each policy may still be marked in a region. The marks of the last 24 hours count against the
 * cap, and they are all still there to be counted, since nothing goes within 24 hours of its mark: a run that is
 * repeated or doubled gets no fresh cap.
 */
export class DailyCaps {
  readonly #accounts: ReadonlyMap<string, Account>;

  constructor(policies: readonly Policy[], lineages: readonly LineageInRegion[], now: Instant) {
    const totals = new Map<string, { images: number; marked: number; arrivals: number }>();
    for (const { policy, images } of lineages) {
      const total = totals.get(policy) ?? { images: 0, marked: 0, arrivals: 0 };
      for (const { image, mark, stamp } of images) {
        total.images++;
        if (mark && mark.at > now - DAY) total.marked++;
        if (stamp.slot > now - WEEK && image.state !== 'failed') total.arrivals++;
      }
      totals.set(policy, total);
    }
    this.#accounts = new Map(
      [...totals].map(([name, { images, marked, arrivals }]) => {
        const setting = policies.find((policy) => policy.name === name)?.retire.maxPerDay ?? DEFAULT_CAP;
        const cap = 'count' in setting ? setting.count : Math.max(1, Math.floor((images * setting.percent) / 100));
        const refusal = `${cap} images of policy ${name} were marked here within 24 hours, which is its cap`;
        return [name, { cap, arrivals: arrivals / 7, left: cap - marked, refused: 0, refusal }];
      }),
    );
  }

  /** Takes one mark off what a policy has left; where nothing is left, says so instead. */
  spend(policy: string): string | undefined {
    const account = this.#accounts.get(policy);
    if (!account) throw new TypeError(`no image of policy ${policy} was counted`);
    if (account.left > 0) {
      account.left--;
      return undefined;
    }
    account.refused++;
    return account.refusal;
  }

  /** The policies that were refused marks and whose images, over a week, come in faster than the cap lets them go. */
  warnings(): string[] {
    return [...this.#accounts].flatMap(([policy, { cap, arrivals, refused }]) =>
      refused > 0 && arrivals > cap
        ? [
            `policy ${policy} makes ${arrivals.toFixed(1)} images a day here and may retire ${cap}, so they pile up: raise retire.maxPerDay`,
          ]
        : [],
    );
  }
}
