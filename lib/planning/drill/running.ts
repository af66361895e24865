import { type DrillInstance, isLiving } from '../../model/drills.ts';
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
  /** `gone`: it is not there, or not ours. `unread`: nobody knows. */
  readonly image: OwnedImage | 'gone' | 'unread';
}

/** What a look at the drills that are there comes to. */
export interface RunningPlan {
  readonly decisions: readonly Decision[];
  /** What is amiss and cannot be mended from here: it rings. */
  readonly problems: readonly string[];
  /** Of each image that a drill is under way of, or is judged right now, that drill. */
  readonly underWay: ReadonlyMap<ImageId, DrillInstance>;
  /** How many drills live an hour after their lease. */
  readonly overdue: number;
}

/** Decides on each drill that is there: to wait, to judge its image, to end it. */
export function planRunning(file: PolicyFile, inventory: DrillInventory, now: Instant): RunningPlan {
  const { deployment } = file;
  const all = inventory.drills.value.flatMap((drill): Running[] => {
    const terms = readDrillToken(drill.token, deployment);
    return terms ? [{ drill, terms, image: imageOf(drill, inventory, deployment) }] : [];
  });
  const living = eldestByImage(all.filter(({ drill }) => isLiving(drill)));
  // Of those that have ended one is judged for each image, where none lives: the eldest, as the younger are ended for it.
  const heads = new Map([...eldestByImage(all.filter(({ drill }) => !isLiving(drill))), ...living]);
  const look = new Look(file, inventory, heads, now);
  const decided = all.map((running) => ({ running, decisions: look.decide(running) }));
  const judged = decided.flatMap(({ running, decisions }) =>
    decisions.some(({ action }) => action === 'judge') ? [running] : [],
  );
  return {
    decisions: decided.flatMap(({ decisions }) => decisions),
    problems: all.flatMap(({ drill }) => {
      const lacking = isLiving(drill) ? lackingTags(drill, deployment) : undefined;
      return lacking === undefined ? [] : [`drill ${drill.id} in ${drill.region}: ${lacking}`];
    }),
    underWay: new Map([...living.values(), ...judged].map(({ drill }) => [drill.image, drill])),
    overdue: all.filter(({ drill, terms }) => isLiving(drill) && now >= leaseEnd(drill, terms) + HOUR).length,
  };
}

function imageOf({ image: id }: DrillInstance, { images }: DrillInventory, deployment: string): Running['image'] {
  const image = images.value.find((one) => one.id === id);
  if (!image) return images.complete ? 'gone' : 'unread';
  const owned = readOwnership(image, deployment);
  if (owned.kind === 'ours') return owned;
  return image.seal === 'unread' ? 'unread' : 'gone';
}

/** Of two drills of one image, as two runs at a time may launch in two zones, the younger goes. */
function eldestByImage(all: readonly Running[]): ReadonlyMap<ImageId, Running> {
  const found = new Map<ImageId, Running>();
  for (const running of all) {
    const { image } = running.drill;
    const other = found.get(image);
    if (!other || isElder(running.drill, other.drill)) found.set(image, running);
  }
  return found;
}

function isElder(one: DrillInstance, other: DrillInstance): boolean {
  return one.launchedAt < other.launchedAt || (one.launchedAt === other.launchedAt && one.id < other.id);
}

/** IAM lets us look into, and end, what bears our tags alone. */
export function isOurs({ tags }: DrillInstance, deployment: string): boolean {
  return tags[DEPLOYMENT] === deployment && tags[DRILL] !== undefined;
}

function lackingTags(drill: DrillInstance, deployment: string): string | undefined {
  if (isOurs(drill, deployment)) return undefined;
  const wanted = `put ${DEPLOYMENT}=${deployment} and ${DRILL} back, or end it yourself`;
  const off = [DEPLOYMENT, DRILL].filter((key) => drill.tags[key] === undefined);
  return off.length > 0
    ? `it cannot be ended, since ${off.join(' and ')} is off it: ${wanted}`
    : `it cannot be ended, since its ${DEPLOYMENT} was changed: ${wanted}`;
}

class Look {
  readonly #file: PolicyFile;
  readonly #inventory: DrillInventory;
  /** Of each image the drill that tells of it. */
  readonly #heads: ReadonlyMap<ImageId, Running>;
  readonly #now: Instant;

  constructor(file: PolicyFile, inventory: DrillInventory, heads: ReadonlyMap<ImageId, Running>, now: Instant) {
    this.#file = file;
    this.#inventory = inventory;
    this.#heads = heads;
    this.#now = now;
  }

  decide(running: Running): Decision[] {
    const { drill, terms, image } = running;
    if (!isLiving(drill)) return this.#ofEnded(running);
    const lacking = lackingTags(drill, this.#file.deployment);
    if (lacking !== undefined) {
      return [{ ...this.#about(running), action: 'report', reason: { code: 'drill-untagged', text: lacking } }];
    }
    if (image === 'gone') {
      return [this.#end(running, 'drill-over', `its image ${drill.image} is not there any more, or not ours`)];
    }
    const isOver = this.#now >= leaseEnd(drill, terms);
    const given = image === 'unread' ? undefined : lastVerdict(image);
    if (given && given.at >= drill.launchedAt) {
      return [this.#end(running, 'drill-over', `the verdict on ${drill.image} was given ${formatInstant(given.at)}`)];
    }
    const elder = this.#heads.get(drill.image);
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
    const { drill, terms, image } = running;
    const policy = typeof image === 'string' ? undefined : image.stamp.policy;
    const settings = this.#file.policies.find(({ name }) => name === policy)?.drill;
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
    const { drill, image } = running;
    if (typeof image === 'string' || this.#heads.get(drill.image) !== running) return [];
    const given = lastVerdict(image);
    if (given && given.at >= drill.launchedAt) return [];
    const reason = drill.stateReason ?? 'EC2 does not say why';
    // An image whose machine shuts itself down has not come up; all else is EC2's own trouble, a key's or a person's doing.
    const isFailed = hasShutDown(drill) || SNAPSHOT_GONE.test(reason);
    const text = `it ended before its verdict: ${reason}`;
    const verdict = isFailed ? failed(text) : inconclusive(text);
    return [this.#judge(running, verdict, isFailed ? 'failed-drill' : 'drilled', text, false)];
  }

  #leaks({ networks: where, publicAddresses, profile, state }: DrillInstance): string[] {
    const { networks } = this.#inventory;
    const { deployment } = this.#file;
    const isUnread = gapOf(networks) !== undefined;
    return [
      ...publicAddresses.map((address) => `it has the public address ${address}`),
      ...(profile === undefined || profile === drillProfile(deployment)
        ? []
        : [`it has the instance profile ${profile}`]),
      // Of one that is being launched they may not be shown yet.
      ...(state === 'running' && (where.length === 0 || where.some(({ groups }) => groups.length === 0))
        ? ['which network it is in is not shown']
        : []),
      ...(isUnread
        ? []
        : where.flatMap(({ subnet, groups }) =>
            groups.flatMap((group) => leaksOf(deployment, { subnet, group }, networks.value)),
          )),
    ];
  }

  #about({ drill, image }: Running): Pick<Decision, 'subject' | 'policy' | 'lineage' | 'version'> {
    return {
      subject: { kind: 'instance', id: drill.id, region: drill.region },
      ...(typeof image !== 'string' && {
        policy: image.stamp.policy,
        lineage: image.stamp.lineage,
        version: versionOf(image.stamp.slot),
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
    const { drill, terms } = running;
    const { id, region, image } = drill;
    if (typeof running.image === 'string') {
      return endsAnyway
        ? this.#end(running, code, text)
        : { ...this.#about(running), action: 'wait', reason: { code: 'drill-running', text } };
    }
    const change = {
      kind: 'judge',
      region,
      image,
      deployment: this.#file.deployment,
      verdict: verdictOf(found, id, terms),
      ...(isLiving(drill) && { ends: id }),
      endsAnyway,
    } as const;
    return { ...this.#about(running), action: 'judge', reason: { code, text }, change };
  }
}

/** Whether its machine ended by a shutdown within: by EC2's StateReason. */
export function hasShutDown({ stateReason = '' }: Pick<DrillInstance, 'stateReason'>): boolean {
  return /^Client\.InstanceInitiatedShutdown\b/.test(stateReason);
}

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

/** How often its lineage had failed before stands in the token of the launch, which saw all of the lineage. */
function verdictOf(found: Found, instance: InstanceId, { failures }: DrillTerms): Verdict {
  if (found.kind === 'passed') return found;
  return { ...found, failures: found.kind === 'failed' ? failures + 1 : failures, instance };
}

/** That nothing could be launched of an image, which says nothing of it. */
export function unlaunched({ region, image, deployment, failures }: LaunchDrill, reason: string): JudgeImage {
  const verdict = { kind: 'inconclusive', failures, reason } as const;
  return { kind: 'judge', region, image, deployment, verdict, endsAnyway: false };
}
