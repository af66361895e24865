import type { Permission, Sharing } from './permissions.ts';

interface Shareable {
  readonly id: string;
  readonly seq: number;
  sharing?: Sharing;
}

/**
 * The resources of one kind that their owners share, by region and id: what an account sees of others is found
 * here, without a look into every account.
 */
export class SharedBook<E extends Shareable> {
  readonly #byRegion = new Map<string, Map<string, E>>();

  /** Shares a resource with these and nobody else; reads go on showing what they showed until `show`. */
  set(region: string, entry: E, permissions: readonly Permission[]): void {
    entry.sharing = { current: permissions, shown: entry.sharing?.shown ?? [] };
    this.note(region, entry);
  }

  /** Lets reads see whom the resource is shared with. */
  show(region: string, entry: E): void {
    if (!entry.sharing) return;
    entry.sharing = { current: entry.sharing.current, shown: entry.sharing.current };
    this.note(region, entry);
  }

  /** Takes the resource in if it is shared, or shown to be. */
  note(region: string, entry: E): void {
    const { current, shown } = entry.sharing ?? { current: [], shown: [] };
    if (current.length + shown.length === 0) {
      this.forget(region, entry.id);
      return;
    }
    const known = this.#byRegion.get(region);
    if (known) known.set(entry.id, entry);
    else this.#byRegion.set(region, new Map([[entry.id, entry]]));
  }

  /** Leaves out a resource that is gone. */
  forget(region: string, id: string): void {
    this.#byRegion.get(region)?.delete(id);
  }

  get(region: string, id: string): E | undefined {
    return this.#byRegion.get(region)?.get(id);
  }

  /** In the order of creation. */
  in(region: string): readonly E[] {
    return [...(this.#byRegion.get(region)?.values() ?? [])].sort((a, b) => a.seq - b.seq);
  }

  clear(): void {
    this.#byRegion.clear();
  }
}
