import type { Book } from './book.ts';
import { History } from './history.ts';
import { type ImageRecord, isGood } from './image-record.ts';

const PASSED = 'amikeep:passed';
const DRILLED = 'amikeep:drilled';

/** The passes that deployments have given, and for how long each has stood on its image. */
export class Verified {
  readonly #book: Book;
  /** By image: the texts that runs wrote on it. What anybody else writes is no pass, unless it is one of these again. */
  readonly #given = new Map<string, Set<string>>();
  readonly #standing = new Map<string, History<boolean>>();
  /** The same of the failures that came after them, by which another image proves more. */
  readonly #failures = new Map<string, Set<string>>();
  readonly #doubted = new Map<string, History<boolean>>();

  constructor(book: Book) {
    this.#book = book;
  }

  /** A run is about to write a pass on an image. */
  give(image: string, text: string): void {
    add(this.#given, image, text);
  }

  /** A run is about to write on an image that it has failed. */
  doubt(image: string, text: string): void {
    add(this.#failures, image, text);
  }

  /** Takes down whether a pass stands on an image whose tags have changed. */
  note({ id }: ImageRecord, tags: ReadonlyMap<string, string>, now: number): void {
    const given = this.#given.get(id);
    if (!given) return;
    const [passed = '', drilled = ''] = [tags.get(PASSED), tags.get(DRILLED)];
    const stands = given.has(passed);
    // Both begin with their moment.
    const isDoubted = stands && this.#failures.get(id)?.has(drilled) === true && drilled > passed;
    set(this.#standing, id, stands, now);
    set(this.#doubted, id, isDoubted, now);
  }

  /**
   * Whether an image is the newest of its lineage in its region that was seen to come up, at a moment; of those that have not failed
   * since, where there are any.
   */
  isLast(record: ImageRecord, moment: number): boolean {
    if (!this.#isVerified(record, moment)) return false;
    const isDoubted = this.#isDoubted(record, moment);
    return !this.#book.lineageOf(record).some((other) => {
      if (other === record || other.region !== record.region || !this.#isVerified(other, moment)) return false;
      const otherIsDoubted = this.#isDoubted(other, moment);
      return isDoubted === otherIsDoubted ? other.stamp.slot >= record.stamp.slot : isDoubted;
    });
  }

  #isDoubted({ id }: ImageRecord, moment: number): boolean {
    return this.#doubted.get(id)?.at(moment).value === true;
  }

  #isVerified({ id, state, intact }: ImageRecord, moment: number): boolean {
    const history = this.#standing.get(id);
    const isThere = isGood(state.at(moment).value) && intact.at(moment).value;
    return history !== undefined && isThere && history.at(moment).value;
  }
}

function add(texts: Map<string, Set<string>>, image: string, text: string): void {
  const known = texts.get(image);
  if (known) known.add(text);
  else texts.set(image, new Set([text]));
}

function set(histories: Map<string, History<boolean>>, image: string, value: boolean, now: number): void {
  const history = histories.get(image) ?? new History(now, false);
  histories.set(image, history);
  if (value !== history.now) history.set(now, value);
}
