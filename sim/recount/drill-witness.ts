import type { Instance } from '@aws-sdk/client-ec2';
import type { SandboxEvent } from '../../sandbox/contract.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Effect } from '../../sandbox/watcher.ts';
import { textsAt } from './texts-at.ts';

/** An instance that was launched to see whether its image comes up. */
export interface SeenDrill {
  readonly region: string;
  /** As it was when it began to run; when it was launched, where it never did. */
  readonly instance: Instance;
  readonly launchedAt: number;
  /** When it was on its way out; absent: it never was. */
  readonly endedAt?: number;
}

/** A verdict as it was written on an image. */
export interface SeenVerdict {
  readonly region: string;
  readonly imageId: string;
  readonly at: number;
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  /** Absent: nothing was launched. */
  readonly instanceId?: string | undefined;
  /** What EC2 itself knew of that instance at that moment; undefined: it did not run. */
  readonly checks?: string | undefined;
}

/** What the tokens of all launches of drills begin with. */
const DRILL_TOKEN = 'amikeep-drill-';
const ENDING = new Set(['shutting-down', 'terminated']);

/** Watches drills come and go, and what was so while a verdict was written, of which an hour later nothing is left. */
export class DrillWitness {
  readonly #sandbox: Sandbox;
  readonly #drills = new Map<string, SeenDrill>();
  readonly verdicts: SeenVerdict[] = [];

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** By the id of the instance, in the order of launching. */
  get drills(): ReadonlyMap<string, SeenDrill> {
    return this.#drills;
  }

  /** Told of each change of the state of an instance, at the moment at which it happens. */
  noteState({ account, region, detail }: SandboxEvent): void {
    const [id = ''] = textsAt(detail, 'instance-id');
    const [state = ''] = textsAt(detail, 'state');
    const now = this.#sandbox.clock.now();
    const known = this.#drills.get(id);
    if (known && ENDING.has(state)) {
      this.#drills.set(id, { ...known, endedAt: known.endedAt ?? now });
      return;
    }
    const instance = this.#sandbox.ec2.inspect.instance(account, region, id);
    if (!instance?.ClientToken?.startsWith(DRILL_TOKEN)) return;
    this.#drills.set(id, { region, instance, launchedAt: known?.launchedAt ?? now });
  }

  /** Told of each call right before it takes effect. */
  noteEffect({ operation, account, region, input, time }: Effect): void {
    if (operation !== 'CreateTags') return;
    const tags = (Array.isArray(input.Tags) ? input.Tags : []).map((tag: unknown) => [
      textsAt(tag, 'Key')[0],
      textsAt(tag, 'Value')[0] ?? '',
    ]);
    for (const [key, text = ''] of tags) {
      if (key !== 'amikeep:passed' && key !== 'amikeep:drilled') continue;
      // `2026-11-24T03:10:00Z failed 1 i-0123456789abcdef0 its status is impaired`
      const verdict = key === 'amikeep:passed' ? 'passed' : / failed /.test(text) ? 'failed' : 'inconclusive';
      const instanceId = /\bi-[0-9a-f]+\b/.exec(text)?.[0];
      const checks = instanceId && this.#sandbox.ec2.inspect.checks(account, region, instanceId);
      for (const imageId of textsAt(input, 'Resources')) {
        this.verdicts.push({ region, imageId, at: time, verdict, instanceId, checks });
      }
    }
  }
}
