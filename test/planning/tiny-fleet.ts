import type { Region } from '../../lib/model/ids.ts';
import type { Image } from '../../lib/model/resources.ts';
import type { Instant } from '../../lib/model/time.ts';
import type { Change } from '../../lib/planning/change.ts';
import { planCopies } from '../../lib/planning/copy/copy.ts';
import { isChange, type Plan } from '../../lib/planning/decision.ts';
import { planRetirement } from '../../lib/planning/retire/retire.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { markTag } from '../../lib/tagging/mark.ts';
import { RETIRE } from '../../lib/tagging/tag-keys.ts';
import { anImageOf, aStamp, DR, HERE } from '../builders.ts';
import { AT_DR, ami, copyInventory, destination, read, retireInventory, snap } from './fleet.ts';

/** How an image that is asked for turns out: after so many sweeps, well or badly. */
export interface Fate {
  readonly sweeps: number;
  readonly fails: boolean;
}

/**
 * One instance's images in its region and in a DR region, and nothing else of EC2: enough to carry out what the
 * planners decide and to see where it leads.
 */
export class TinyFleet {
  readonly markedAt = new Map<Image['id'], Instant>();
  /** Every change that was carried out. */
  readonly history: Change[] = [];
  readonly #file: PolicyFile;
  readonly #fates: Iterator<Fate>;
  #images: Image[] = [];
  #pending = new Map<Image['id'], Fate>();
  #made = 0;

  constructor(file: PolicyFile, fates: readonly Fate[]) {
    this.#file = file;
    this.#fates = cycle(fates);
  }

  images(region: Region): Image[] {
    return this.#images.filter((image) => image.region === region);
  }

  /** A backup's image, as the snapshot job makes it. */
  backUp(slot: Instant): void {
    this.#add(anImageOf(aStamp({ slot })));
  }

  /** One turn of all sweeps; the changes that it made. */
  sweep(now: Instant): Change[] {
    this.#proceed();
    const inFlight = this.images(DR.region).filter(({ state }) => state === 'pending').length;
    const request = { deployment: this.#file.deployment, policies: this.#file.policies, maxInFlight: 2, maxStarted: 2 };
    const destinations = new Map([[AT_DR, destination(this.images(DR.region), { inFlight: read(inFlight) })]]);
    return [
      ...this.#apply(planCopies(request, copyInventory(this.images(HERE.region), [], { destinations }), now), now),
      ...this.#apply(
        planRetirement(
          this.#file,
          retireInventory(this.images(HERE.region), { copies: new Map([[AT_DR, read(this.images(DR.region))]]) }),
          now,
        ),
        now,
      ),
      ...this.#apply(planRetirement(this.#file, retireInventory(this.images(DR.region), { target: DR }), now), now),
    ];
  }

  #add(image: Image): void {
    const number = ++this.#made;
    const fate = this.#fates.next().value;
    const devices = [{ device: '/dev/xvda', snapshot: snap(number), size: 8, encrypted: true }];
    this.#images.push({ ...image, id: ami(number), devices, state: 'pending' });
    this.#pending.set(ami(number), fate);
  }

  #proceed(): void {
    this.#images = this.#images.map((image) => {
      const fate = this.#pending.get(image.id);
      if (!fate) return image;
      if (fate.sweeps > 0) {
        this.#pending.set(image.id, { ...fate, sweeps: fate.sweeps - 1 });
        return image;
      }
      this.#pending.delete(image.id);
      return { ...image, state: fate.fails ? 'failed' : 'available' };
    });
  }

  #apply(plan: Plan, now: Instant): Change[] {
    const changes = plan.decisions.filter(isChange).map(({ change }) => change);
    for (const change of changes) this.#carryOut(change, now);
    this.history.push(...changes);
    return changes;
  }

  #carryOut(change: Change, now: Instant): void {
    switch (change.kind) {
      case 'copy':
        this.#add(anImageOf(change.stamp, { tags: change.tags }));
        break;
      case 'deregister':
        this.#images = this.#images.filter(({ id }) => id !== change.image);
        break;
      case 'mark':
        this.markedAt.set(change.image, now);
        this.#retag(change.image, (tags) => ({ ...tags, ...markTag({ at: now, reason: change.text }) }));
        break;
      case 'unmark':
        this.#retag(change.image, ({ [RETIRE]: _, ...tags }) => tags);
        break;
      default:
        throw new Error(`nobody decides to ${change.kind} here`);
    }
  }

  #retag(id: Image['id'], retag: (tags: Image['tags']) => Image['tags']): void {
    this.#images = this.#images.map((image) => (image.id === id ? { ...image, tags: retag(image.tags) } : image));
  }
}

function* cycle<T>(items: readonly T[]): Generator<T, never> {
  for (;;) yield* items;
}
