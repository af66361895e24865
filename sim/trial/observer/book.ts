import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { HOLD, type ImageRecord, lineageKey, type Place } from './image-record.ts';

/** An instance, with what became of it. */
export interface InstanceRecord {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly launchedAt: number;
  readonly type: string;
  /** When its tags or its state last changed. */
  changedAt: number;
}

/** Something that uses an image, and since when. */
export interface Pinned {
  readonly by: string;
  /** From when on anybody could know. */
  readonly since: number;
}

/** How people keep a snapshot from going. */
export type Keeping = 'held' | 'locked' | 'shared';

/** All that there ever was, as far as promises are about it. */
export class Book {
  readonly images = new Map<string, ImageRecord>();
  readonly instances = new Map<string, InstanceRecord>();
  /** Which image a snapshot was made for. */
  readonly madeFor = new Map<string, ImageRecord>();
  /** What uses an image, by the image's id; whoever takes a use away says so. */
  readonly pins = new Map<string, Pinned[]>();
  readonly #lineages = new Map<string, ImageRecord[]>();
  readonly #policies = new Map<string, ImageRecord[]>();
  /** Images that others may use: who does is told late, and for a while nobody is believed that none does. */
  readonly shared = new Set<string>();
  /** What people did to snapshots so that they are not deleted, and since when. */
  readonly kept = new Map<string, { readonly how: Keeping; readonly since: number }[]>();
  /** The machines that were launched for a restore, by what was asked for. */
  readonly restores = new Map<string, Set<string>>();
  /** Images and snapshots that a run let go, and that nobody else did since. */
  readonly goneByRun = new Set<string>();
  /** What a person took out of the Recycle Bin since a run had let it go, and when, unless they have let it go by now. */
  readonly restored = new Map<string, number>();
  readonly #sandbox: Sandbox;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  add(record: ImageRecord): void {
    this.images.set(record.id, record);
    for (const id of record.snapshots) {
      this.madeFor.set(id, record);
      if (record.hold.now !== undefined) this.keep(id, 'held', record.createdAt);
    }
    addTo(this.#lineages, lineageKey(record), record);
    addTo(this.#policies, policyKey(record.maker, record.stamp.policy, record), record);
  }

  /** What an image is from now on, by what stands there once it has been sealed anew. */
  restamp(record: ImageRecord, { stamp, written, isCopy }: Pick<ImageRecord, 'stamp' | 'written' | 'isCopy'>): void {
    takeFrom(this.#lineages, lineageKey(record), record);
    takeFrom(this.#policies, policyKey(record.maker, record.stamp.policy, record), record);
    const isAltered = record.isAltered || lineageKey(record) !== lineageKey({ ...record, stamp });
    Object.assign(record, { stamp, written, isCopy, isAltered });
    addTo(this.#lineages, lineageKey(record), record);
    addTo(this.#policies, policyKey(record.maker, stamp.policy, record), record);
  }

  addInstance(
    { id, account, region, type }: Pick<InstanceRecord, 'id' | 'account' | 'region' | 'type'>,
    now: number,
  ): void {
    this.instances.set(id, { id, account, region, type, launchedAt: now, changedAt: now });
  }

  pin(imageId: string, by: string, now: number): void {
    const known = this.pins.get(imageId);
    if (known) known.push({ by, since: now });
    else this.pins.set(imageId, [{ by, since: now }]);
  }

  unpin(by: string): void {
    for (const [imageId, pins] of this.pins)
      this.pins.set(
        imageId,
        pins.filter((pin) => pin.by !== by),
      );
  }

  /** Of an image that is shared no more: what other accounts have of it is not known from then on. */
  unpinElsewhere(imageId: string, account: string): void {
    const isHere = ({ by }: Pinned) => (this.instances.get(by)?.account ?? account) === account;
    this.pins.set(imageId, (this.pins.get(imageId) ?? []).filter(isHere));
  }

  keep(snapshotId: string, how: Keeping, now: number): void {
    const known = this.kept.get(snapshotId);
    if (known) known.push({ how, since: now });
    else this.kept.set(snapshotId, [{ how, since: now }]);
  }

  /** Of a snapshot whose hold is lifted: another hold counts from then on. */
  lift(snapshotId: string): void {
    const others = (this.kept.get(snapshotId) ?? []).filter(({ how }) => how !== 'held');
    if (others.length > 0) this.kept.set(snapshotId, others);
    else this.kept.delete(snapshotId);
  }

  /** Whether people keep a snapshot from being deleted. A lock ends, a share is ended by nobody here, a hold is lifted. */
  isKept(snapshotId: string, { account, region }: Place): boolean {
    const isHeld = () => {
      const { Tags = [] } = this.#sandbox.ec2.inspect.snapshot(account, region, snapshotId)?.snapshot ?? {};
      return Tags.some(({ Key }) => Key === HOLD);
    };
    return isHeld() || (this.kept.get(snapshotId) ?? []).some(({ how }) => how !== 'held');
  }

  /** All images of a lineage that there ever were, in all regions. */
  lineageOf(record: ImageRecord): readonly ImageRecord[] {
    return this.#lineages.get(lineageKey(record)) ?? [];
  }

  /** All images that a deployment ever made under a policy in a region, copies too. */
  underPolicy(maker: string, policy: string, place: Place): readonly ImageRecord[] {
    return this.#policies.get(policyKey(maker, policy, place)) ?? [];
  }

  /** Every lineage of a deployment. */
  lineages(): Iterable<readonly ImageRecord[]> {
    return this.#lineages.values();
  }

  /** What has been using an image since a moment, or longer. */
  usersOf(imageId: string, since: number): readonly string[] {
    return (this.pins.get(imageId) ?? [])
      .filter((pin) => pin.since <= since && (!pin.by.startsWith('i-') || this.isLiving(pin.by)))
      .map(({ by }) => by);
  }

  /** Whether a region has had no instance in any state but terminated since a moment. */
  isEmptySince({ account, region }: Place, moment: number): boolean {
    return ![...this.instances.values()].some(
      (one) => one.account === account && one.region === region && (this.isLiving(one.id) || one.changedAt > moment),
    );
  }

  /** Since when an instance that lives has had its present tags, where a hold is among them. */
  heldInstance(id: string): { readonly account: string; readonly since: number } | undefined {
    const instance = this.instances.get(id);
    if (!instance || !this.isLiving(id)) return undefined;
    const { Tags = [] } = this.#sandbox.ec2.inspect.instance(instance.account, instance.region, id) ?? {};
    return Tags.some(({ Key }) => Key === HOLD) ? { account: instance.account, since: instance.changedAt } : undefined;
  }

  /** Whether an instance is in any state but terminated. */
  isLiving(id: string): boolean {
    const instance = this.instances.get(id);
    if (!instance) return false;
    const state = this.#sandbox.ec2.inspect.instance(instance.account, instance.region, id)?.State?.Name;
    return state !== undefined && state !== 'terminated';
  }
}

function policyKey(maker: string, policy: string, { account, region }: Place): string {
  return `${maker}\n${policy}\n${account}\n${region}`;
}

function takeFrom(lists: Map<string, ImageRecord[]>, key: string, record: ImageRecord): void {
  const known = lists.get(key) ?? [];
  lists.set(
    key,
    known.filter((one) => one !== record),
  );
}

function addTo(lists: Map<string, ImageRecord[]>, key: string, record: ImageRecord): void {
  const known = lists.get(key);
  if (known) known.push(record);
  else lists.set(key, [record]);
}
