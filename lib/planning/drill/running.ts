import type { DrillInstance } from '../../model/drills.ts';
import type { ImageId, InstanceId } from '../../model/ids.ts';
import { gapOf } from '../../model/reading.ts';
import { formatInstant, HOUR, type Instant, SECOND } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { type DrillTerms, readDrillToken } from '../../tagging/drill-token.ts';
import { type OwnedImage, readOwnership } from '../../tagging/ownership.ts';
import { DEPLOYMENT, DRILL } from '../../tagging/tag-keys.ts';
import { lastVerdict } from '../../tagging/verdict.ts';
import { versionOf } from '../../tagging/version.ts';
import type { Decision, ReasonCode } from '../decision.ts';
import type { JudgeImage, LaunchDrill, Verdict } from './changes.ts';
import { progressOf } from './checks.ts';
import type { DrillInventory } from './inventory.ts';
import { deadline, leaseEnd } from './lease.ts';
import { leaksOf } from './network.ts';
import { drillProfile } from './profile.ts';

/** A drill that was launched, with what its token and its image say. */
interface Running {
  readonly drill: DrillInstance;
  readonly terms: DrillTerms;
  /** Undefined where it is not there, or not known to be ours. */
  readonly owned: OwnedImage | undefined;
  /** Whether all was read that tells whether its image is there and ours. */
  readonly isRead: boolean;
}

/** What a look at the drills that are there comes to. */
export interface RunningPlan {
  readonly decisions: readonly Decision[];
  /** What is amiss and cannot be mended from here: it rings. */
  readonly problems: readonly string[];
  /** Of each image that a drill is under way of, that drill. */
  readonly underWay: ReadonlyMap<ImageId, DrillInstance>;
  /** How many drills live an hour after their lease. */
  readonly overdue: number;
}

/** Decides on each drill that is there: to wait, to judge its image, to end it. */
export function planRunning(file: PolicyFile, inventory: DrillInventory, now: Instant): RunningPlan {
  const { deployment } = file;
  const known = new Map(inventory.images.value.map((image) => [image.id, image]));
  const all = inventory.drills.value.flatMap((drill): Running[] => {
    const terms = readDrillToken(drill.token, deployment);
    if (!terms) return [];
    const image = known.get(drill.image);
    const ownership = image && readOwnership(image, deployment);
    const isRead = inventory.images.complete && image?.seal !== 'unread';
    return [{ drill, terms, owned: ownership?.kind === 'ours' ? ownership : undefined, isRead }];
  });
  const eldest = eldestByImage(all);
  const look = new Look(file, inventory, eldest, now);
  return {
    decisions: all.flatMap((running) => look.decide(running)),
    problems: all.flatMap(({ drill }) => {
      const lacking = isLiving(drill) ? lackingTags(drill, deployment) : undefined;
      return lacking === undefined ? [] : [`drill ${drill.id} in ${drill.region}: ${lacking}`];
    }),
    underWay: new Map([...eldest].map(([image, { drill }]) => [image, drill])),
    overdue: all.filter(({ drill, terms }) => isLiving(drill) && now >= leaseEnd(drill, terms) + HOUR).length,
  };
}

function isLiving({ state }: DrillInstance): boolean {
  return state !== 'terminated' && state !== 'shutting-down';
}

/** Of two drills of one image, as two runs at a time may launch in two zones, the younger goes. */
function eldestByImage(all: readonly Running[]): ReadonlyMap<ImageId, Running> {
  const found = new Map<ImageId, Running>();
  for (const running of all.filter(({ drill }) => isLiving(drill))) {
    const { image } = running.drill;
    const other = found.get(image);
    if (!other || isElder(running.drill, other.drill)) found.set(image, running);
  }
  return found;
}

function isElder(one: DrillInstance, other: DrillInstance): boolean {
  return one.launchedAt < other.launchedAt || (one.launchedAt === other.launchedAt && one.id < other.id);
}

/** IAM lets us end, and look into, what bears our tags alone. */
export function isOurs({ tags }: DrillInstance, deployment: string): boolean {
  return tags[DEPLOYMENT] === deployment && tags[DRILL] !== undefined;
}

function lackingTags({ tags }: DrillInstance, deployment: string): string | undefined {
  const wanted = `put ${DEPLOYMENT}=${deployment} and ${DRILL} back, or end it yourself`;
  const off = [DEPLOYMENT, DRILL].filter((key) => tags[key] === undefined);
  if (off.length > 0) return `it cannot be ended, since ${off.join(' and ')} is off it: ${wanted}`;
  return tags[DEPLOYMENT] === deployment
    ? undefined
    : `it cannot be ended, since its ${DEPLOYMENT} was changed: ${wanted}`;
}

class Look {
  readonly #file: PolicyFile;
  readonly #inventory: DrillInventory;
  readonly #eldest: ReadonlyMap<ImageId, Running>;
  readonly #now: Instant;

  constructor(file: PolicyFile, inventory: DrillInventory, eldest: ReadonlyMap<ImageId, Running>, now: Instant) {
    this.#file = file;
    this.#inventory = inventory;
    this.#eldest = eldest;
    this.#now = now;
  }

  decide(running: Running): Decision[] {
    const { drill, terms, owned, isRead } = running;
    if (!isLiving(drill)) return this.#ofEnded(running);
    const lacking = lackingTags(drill, this.#file.deployment);
    if (lacking !== undefined) {
      return [{ ...this.#about(running), action: 'report', reason: { code: 'drill-untagged', text: lacking } }];
    }
    if (isRead && !owned) {
      return [this.#end(running, 'drill-over', `its image ${drill.image} is not there any more, or not ours`)];
    }
    const isOver = this.#now >= leaseEnd(drill, terms);
    const given = owned && lastVerdict(owned);
    if (given && given.at >= drill.launchedAt) {
      return [this.#end(running, 'drill-over', `the verdict on ${drill.image} was given ${formatInstant(given.at)}`)];
    }
    const elder = this.#eldest.get(drill.image);
    if (elder && elder.drill.id !== drill.id) {
      return [this.#end(running, 'drill-over', `${elder.drill.id} is a drill of the same image and older`)];
    }
    const leaks = this.#leaks(drill);
    if (leaks.length > 0) {
      const text = `it must not run there: ${leaks.join('; ')}`;
      return [this.#judge(running, inconclusive(text), 'network-open', text, true)];
    }
    if (drill.state === 'stopping' || drill.state === 'stopped') {
      const text = 'somebody has stopped it';
      return [this.#judge(running, inconclusive(text), 'drilled', text, isOver)];
    }
    return [this.#ofChecks(running, isOver)];
  }

  #ofChecks(running: Running, isOver: boolean): Decision {
    const { drill, terms, owned } = running;
    const settings = this.#file.policies.find(({ name }) => name === owned?.stamp.policy)?.drill;
    const progress =
      drill.state === 'running'
        ? progressOf(drill, terms.rung, settings, this.#inventory.checks)
        : ({ kind: 'waits', text: 'it is being launched', late: 'inconclusive' } as const);
    switch (progress.kind) {
      case 'passed': {
        const seconds = Math.max(0, Math.round((this.#now - drill.launchedAt) / SECOND));
        const verdict = { kind: 'passed', rung: terms.rung, seconds, type: drill.type, instance: drill.id } as const;
        return this.#judge(running, verdict, 'passed', `it came up: ${terms.rung} after ${seconds} s`, isOver);
      }
      case 'failed':
        return this.#judge(running, failed(progress.text), 'failed-drill', progress.text, isOver);
      case 'ask':
      case 'waits': {
        const since = `${terms.leaseMinutes} minutes from ${formatInstant(drill.launchedAt)} on`;
        if (this.#now >= deadline(drill, terms)) {
          const text = `${progress.text}, and it has ${since}`;
          const isFailed = progress.kind === 'waits' && progress.late === 'failed';
          const verdict = isFailed ? failed(progress.text) : inconclusive(progress.text);
          return this.#judge(running, verdict, isFailed ? 'failed-drill' : 'drilled', text, isOver);
        }
        if (progress.kind === 'ask') {
          const { document, text } = progress;
          const change = { kind: 'ask', region: drill.region, instance: drill.id, document } as const;
          return { ...this.#about(running), action: 'ask', reason: { code: 'drill-running', text }, change };
        }
        const text = `${progress.text}; it has ${since}`;
        return { ...this.#about(running), action: 'wait', reason: { code: 'drill-running', text } };
      }
    }
  }

  /** What ended before its verdict: EC2 or somebody ended it, or it shut itself down. */
  #ofEnded(running: Running): Decision[] {
    const { drill, owned } = running;
    const given = owned && lastVerdict(owned);
    if (!owned || this.#eldest.has(drill.image) || (given && given.at >= drill.launchedAt)) return [];
    const reason = drill.stateReason ?? 'EC2 does not say why';
    // An image whose machine shuts itself down has not come up; all else is EC2's own trouble, a key's or a person's doing.
    const isFailed = SHUT_ITSELF_DOWN.test(reason) || SNAPSHOT_GONE.test(reason);
    const text = `it ended before its verdict: ${reason}`;
    return [
      this.#judge(
        running,
        isFailed ? failed(text) : inconclusive(text),
        isFailed ? 'failed-drill' : 'drilled',
        text,
        false,
      ),
    ];
  }

  #leaks({ subnet = 'of none', groups, publicAddress, profile, state }: DrillInstance): string[] {
    // What is not shown yet is shown in the next look.
    if (state === 'pending' && groups.length === 0) return [];
    const { networks } = this.#inventory;
    const profiles = profile === undefined || profile === drillProfile(this.#file.deployment) ? [] : [profile];
    return [
      ...(publicAddress === undefined ? [] : [`it has the public address ${publicAddress}`]),
      ...profiles.map((name) => `it has the instance profile ${name}`),
      ...(gapOf(networks) === undefined
        ? groups.flatMap((group) => leaksOf(this.#file.deployment, { subnet, group }, networks.value))
        : []),
    ];
  }

  #about({ drill, owned }: Running): Pick<Decision, 'subject' | 'policy' | 'lineage' | 'version'> {
    return {
      subject: { kind: 'instance', id: drill.id, region: drill.region },
      ...(owned && {
        policy: owned.stamp.policy,
        lineage: owned.stamp.lineage,
        version: versionOf(owned.stamp.slot),
      }),
    };
  }

  #end(running: Running, code: ReasonCode, text: string): Decision {
    const { id: instance, region } = running.drill;
    const change = { kind: 'end-drill', region, instance } as const;
    return { ...this.#about(running), action: 'end-drill', reason: { code, text }, change };
  }

  /** Without an image to write on, all that is left is to end it, once its lease is over or it must not go on. */
  #judge(running: Running, found: Found, code: ReasonCode, text: string, endsAnyway: boolean): Decision {
    const { drill, owned } = running;
    const { id, region, image } = drill;
    if (!owned) {
      return endsAnyway
        ? this.#end(running, code, text)
        : { ...this.#about(running), action: 'wait', reason: { code: 'drill-running', text } };
    }
    const change = {
      kind: 'judge',
      region,
      image,
      deployment: this.#file.deployment,
      verdict: verdictOf(found, id, owned),
      ...(isLiving(drill) && { ends: id }),
      endsAnyway,
    } as const;
    return { ...this.#about(running), action: 'judge', reason: { code, text }, change };
  }
}

/** EC2's StateReason of a machine that ended by a shutdown within. */
const SHUT_ITSELF_DOWN = /^Client\.InstanceInitiatedShutdown\b/;
const SNAPSHOT_GONE = /^Client\.InvalidSnapshot\.NotFound\b/;

type Found =
  | Extract<Verdict, { kind: 'passed' }>
  | { readonly kind: 'failed' | 'inconclusive'; readonly reason: string };

function failed(reason: string): Found {
  return { kind: 'failed', reason };
}

function inconclusive(reason: string): Found {
  return { kind: 'inconclusive', reason };
}

function verdictOf(found: Found, instance: InstanceId, owned: OwnedImage): Verdict {
  if (found.kind === 'passed') return found;
  const before = failuresOf(owned);
  return { ...found, failures: found.kind === 'failed' ? before + 1 : before, instance };
}

/** That nothing could be launched of an image, which says nothing of it. */
export function unlaunched({ region, image, deployment, failures }: LaunchDrill, reason: string): JudgeImage {
  const verdict = { kind: 'inconclusive', failures, reason } as const;
  return { kind: 'judge', region, image, deployment, verdict, endsAnyway: false };
}

/** How often in a row an image has failed: a pass ends the row. */
export function failuresOf(owned: OwnedImage): number {
  const last = lastVerdict(owned);
  return last && 'failures' in last ? last.failures : 0;
}
