/**
 * One resource: what it is, and what reads show of it. The two differ while a change has not reached the read
 * side yet. Views are frozen and shared between answers, so a change replaces the view and never touches it.
 */
export interface Entry<View extends object> {
  readonly id: string;
  /** Rises in the order of creation; pages go by it. */
  readonly seq: number;
  current: View;
  shown: View | undefined;
}

/**
 * The resources of one kind, in the order of creation, found by id and by the terms of what reads show of them.
 */
export class Collection<View extends object, E extends Entry<View>> {
  readonly #indexed: ReadonlySet<string>;
  readonly #termsOf: (view: View) => readonly string[];
  readonly #byId = new Map<string, E>();
  readonly #inOrder: E[] = [];
  readonly #byTerm = new Map<string, E[]>();

  /**
   * @param indexed the filters whose values are terms, besides `tag:<key>`, which always is one.
   * @param termsOf all terms of a view, for each of those filters and each tag.
   */
  constructor(indexed: readonly string[], termsOf: (view: View) => readonly string[]) {
    this.#indexed = new Set(indexed);
    this.#termsOf = termsOf;
  }

  indexes(filter: string): boolean {
    return filter.startsWith('tag:') || this.#indexed.has(filter);
  }

  get size(): number {
    return this.#byId.size;
  }

  get inOrder(): readonly E[] {
    return this.#inOrder;
  }

  get(id: string): E | undefined {
    return this.#byId.get(id);
  }

  /** Takes in a new resource, with what it already shows. */
  add(entry: E): void {
    this.#byId.set(entry.id, entry);
    insert(this.#inOrder, entry);
    if (entry.shown) for (const one of this.#termsOf(entry.shown)) this.#index(one, entry);
  }

  /** Lets reads see this view of the resource: what it is now, unless another is given. */
  show(entry: E, view: View = entry.current): void {
    if (entry.shown === view) return;
    const before = entry.shown ? this.#termsOf(entry.shown) : [];
    const after = this.#termsOf(view);
    for (const one of before) if (!after.includes(one)) this.#unindex(one, entry);
    for (const one of after) if (!before.includes(one)) this.#index(one, entry);
    entry.shown = view;
  }

  hide(entry: E): void {
    if (!entry.shown) return;
    for (const one of this.#termsOf(entry.shown)) this.#unindex(one, entry);
    entry.shown = undefined;
  }

  remove(entry: E): void {
    this.hide(entry);
    this.#byId.delete(entry.id);
    extract(this.#inOrder, entry);
  }

  /** How many resources `withTerms` gives, one that shows several of the terms counted as often. */
  countWithTerms(terms: readonly string[]): number {
    let count = 0;
    for (const one of terms) count += this.#byTerm.get(one)?.length ?? 0;
    return count;
  }

  /** The resources that show one of the terms at least, in the order of creation. */
  withTerms(terms: readonly string[]): readonly E[] {
    const [only] = terms;
    if (terms.length === 1 && only !== undefined) return this.#byTerm.get(only) ?? [];
    const found = new Set<E>();
    for (const one of terms) for (const entry of this.#byTerm.get(one) ?? []) found.add(entry);
    return [...found].sort((a, b) => a.seq - b.seq);
  }

  #index(key: string, entry: E): void {
    const list = this.#byTerm.get(key);
    if (list) insert(list, entry);
    else this.#byTerm.set(key, [entry]);
  }

  #unindex(key: string, entry: E): void {
    const list = this.#byTerm.get(key);
    if (!list) return;
    extract(list, entry);
    if (list.length === 0) this.#byTerm.delete(key);
  }
}

/** What a filter finds a resource by: the filter's name and a value, which can't run into each other. */
export function term(filter: string, value: string): string {
  return `${filter}\0${value}`;
}

/** The index of the first entry whose `seq` is at least the one given. */
export function firstFrom(list: readonly { readonly seq: number }[], seq: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = list[middle];
    if (entry && entry.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

function insert<E extends { readonly seq: number }>(list: E[], entry: E): void {
  const last = list.at(-1);
  if (!last || last.seq < entry.seq) {
    list.push(entry);
    return;
  }
  const place = firstFrom(list, entry.seq);
  if (list[place] !== entry) list.splice(place, 0, entry);
}

function extract<E extends { readonly seq: number }>(list: E[], entry: E): void {
  const place = firstFrom(list, entry.seq);
  if (list[place] === entry) list.splice(place, 1);
}
