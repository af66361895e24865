import type { Book } from './book.ts';
import { History } from './history.ts';
import { type ImageRecord, isGood } from './image-record.ts';

const PASSED = 'amikeep:passed';

/** The passes that deployments have given, and for how long each has stood on its image. */
export class Verified {
  readonly #book: Book;
  /** By image: the texts that runs wrote on it. What anybody else writes is no pass, unless it is one of these again. */
  readonly #given = new Map<string, Set<string>>();
  readonly #standing = new Map<string, History<boolean>>();

  constructor(book: Book) {
    this.#book = book;
  }

  /** A run is about to write a pass on an image. */
  give(image: string, text: string): void {
    const known = this.#given.get(image);
    if (known) known.add(text);
    else this.#given.set(image, new Set([text]));
  }

  /** Takes down whether a pass stands on an image whose tags have changed. */
  note({ id }: ImageRecord, tags: ReadonlyMap<string, string>, now: number): void {
    const given = this.#given.get(id);
    if (!given) return;
    const stands = given.has(tags.get(PASSED) ?? '');
    const history = this.#standing.get(id) ?? new History(now, false);
    this.#standing.set(id, history);
    if (stands !== history.now) history.set(now, stands);
  }

  /** Whether an image is the newest of its lineage in its region that was seen to come up, at a moment. */
  isLast(record: ImageRecord, moment: number): boolean {
    if (!this.#isVerified(record, moment)) return false;
    return !this.#book
      .lineageOf(record)
      .some(
        (other) =>
          other !== record &&
          other.region === record.region &&
          other.stamp.slot >= record.stamp.slot &&
          this.#isVerified(other, moment),
      );
  }

  #isVerified({ id, state, intact }: ImageRecord, moment: number): boolean {
    const history = this.#standing.get(id);
    const isThere = isGood(state.at(moment).value) && intact.at(moment).value;
    return history !== undefined && isThere && history.at(moment).value;
  }
}
