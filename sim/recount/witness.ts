import type { Image } from '@aws-sdk/client-ec2';
import { INSTANCE_STATE_CHANGE, type SandboxEvent } from '../../sandbox/contract.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Effect } from '../../sandbox/watcher.ts';
import { DrillWitness } from './drill-witness.ts';

/** An image that became available or failed once, as it was then. */
export interface SeenImage {
  readonly account: string;
  readonly region: string;
  readonly image: Image;
  readonly availableAt: number;
}

/** What was so at the moment at which an image was deregistered. */
export interface SeenDeregistration {
  readonly region: string;
  readonly imageId: string;
  readonly at: number;
  /** Ids of the instances, not terminated, that were launched from it. */
  readonly instances: readonly string[];
}

/** An instance as it was at the moment of a slot. */
export interface Present {
  readonly id: string;
  readonly region: string;
  readonly state: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A slot that a schedule fired for, with all instances that were there. */
export interface SeenSlot {
  readonly policy: string;
  readonly slot: string;
  readonly instances: readonly Present[];
}

/** Watches the sandbox, and nothing of the deployment, while time passes: what can't be told afterwards. */
export class Witness {
  readonly available = new Map<string, SeenImage>();
  /** Images that failed, as they were then. */
  readonly failed = new Map<string, SeenImage>();
  readonly deregistered: SeenDeregistration[] = [];
  readonly slots: SeenSlot[] = [];
  readonly drills: DrillWitness;
  readonly #sandbox: Sandbox;
  #lastRetireSweep = Number.NEGATIVE_INFINITY;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.drills = new DrillWitness(sandbox);
    sandbox.onEvent((event) => this.#see(event));
  }

  /** The moment at which the last retire sweep began. */
  get lastRetireSweep(): number {
    return this.#lastRetireSweep;
  }

  /** Ids of the instances, not terminated, that were launched from an image. */
  usersNow(imageId: string): readonly string[] {
    return this.#sandbox.ec2.inspect
      .instances()
      .filter(({ instance }) => instance.ImageId === imageId && instance.State?.Name !== 'terminated')
      .map(({ instance }) => instance.InstanceId ?? '');
  }

  /** @param payload as a schedule sends it */
  noteFiring(at: number, payload: { readonly action: string; readonly policy?: string; readonly slot?: string }): void {
    const { action, policy, slot } = payload;
    if (action === 'retire') this.#lastRetireSweep = at;
    if (policy === undefined || slot === undefined) return;
    const instances = this.#sandbox.ec2.inspect.instances().map(
      ({ instance, region }): Present => ({
        id: instance.InstanceId ?? '',
        region,
        state: instance.State?.Name ?? '',
        tags: tagsOf(instance),
      }),
    );
    this.slots.push({ policy, slot, instances });
  }

  /** Told of each call right before it takes effect. */
  noteEffect(effect: Effect): void {
    this.drills.noteEffect(effect);
  }

  /** EC2 tells of an image synchronously, so what is inspected here is what was so at that moment. */
  #see(event: SandboxEvent): void {
    if (event['detail-type'] === INSTANCE_STATE_CHANGE) this.drills.noteState(event);
    if (event['detail-type'] !== 'EC2 AMI State Change') return;
    const imageId = event.resources[0]?.split('/').at(-1) ?? '';
    const { account, region, detail } = event;
    const at = this.#sandbox.clock.now();
    const state = typeof detail === 'object' && detail !== null && 'State' in detail ? detail.State : undefined;
    const seen = state === 'available' ? this.available : state === 'failed' ? this.failed : undefined;
    // One that is enabled after it was disabled becomes available once more.
    if (seen && !seen.has(imageId)) {
      const image = this.#sandbox.ec2.inspect.image(account, region, imageId);
      if (image) seen.set(imageId, { account, region, image, availableAt: at });
    }
    if (state === 'deregistered') {
      this.deregistered.push({ region, imageId, at, instances: this.usersNow(imageId) });
    }
  }
}

/** The tags of any resource of EC2, by key. */
export function tagsOf({ Tags = [] }: { Tags?: Image['Tags'] }): Readonly<Record<string, string>> {
  return Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}
