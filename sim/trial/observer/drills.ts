import type { RecordedCall } from '../../../sandbox/calls.ts';
import type { Effect } from '../../../sandbox/watcher.ts';
import { checkAddresses, checkLaunch, checkLaunched } from './drill-launches.ts';
import { bearsItsTags, type DrillRecord, drillOf, hasCome, isLiving } from './drill-record.ts';
import type { Place } from './image-record.ts';
import type { RunEnd } from './outcomes.ts';
import type { PromisedNetwork } from './promised.ts';
import type { RunRecord } from './run-record.ts';
import { hasAnswered, isWell, LAST_LOOKS, LOOKS } from './rungs.ts';
import type { Scene } from './scene.ts';
import { NETWORK_CHANGES, type Network, Networks } from './sealed.ts';
import { textAt, textsAt } from './texts.ts';
import { type Verdict, Verdicts } from './verdicts.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What a sweep takes from its event to the call that ends a drill, where nothing strikes. */
const SWEEP_TAKES = 2 * MINUTE;
/** The longest that a call is tried again for: what a run has less time for than that it leaves. */
const LONGEST_PAUSE = 20_000;
/** EC2 lists what has ended for an hour; drills are looked after a little longer than they live. */
const LOOKED_AFTER = 15 * MINUTE;

/** What changes nothing but drills, and what they leave behind. */
const CALLS: ReadonlySet<string> = new Set([
  'RunInstances',
  'TerminateInstances',
  'SendCommand',
  'DeleteVolume',
  'DeleteNetworkInterface',
]);

/** What an observer of drills is told of the world. */
export interface DrillTerms {
  /** How often drills are looked after while there are any, in milliseconds. */
  readonly sweptEvery: number;
  /** From when on nothing strikes: then a drill's time is reckoned by the clock. */
  readonly quietFrom: number;
}

/** How many drills there were, and what they came to. */
export type DrillCounts = Readonly<Record<'launched' | Verdict, number>>;

/**
 * P16, P17 and P19: what deployments launch to see whether images come up. All that is known of it was seen in their calls and
 * in what the sandbox really holds.
 */
export class Drills {
  readonly verdicts: Verdicts;
  readonly #scene: Scene;
  readonly #networks: Networks;
  readonly #drills = new Map<string, DrillRecord>();
  /** Those that have not ended an hour ago. */
  readonly #open = new Set<DrillRecord>();
  /** Those that people took volumes off, as long as these are there. */
  readonly #robbed = new Set<DrillRecord>();
  #terms: DrillTerms = { sweptEvery: 5 * MINUTE, quietFrom: Number.POSITIVE_INFINITY };

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#networks = new Networks(scene.sandbox);
    this.verdicts = new Verdicts(scene, this.#drills);
  }

  get counts(): DrillCounts {
    return { launched: this.#drills.size, ...this.verdicts.counts };
  }

  expectSweeps(terms: DrillTerms): void {
    this.#terms = terms;
  }

  /** Whether a deployment has drills, or had one until lately. */
  areThere(maker: string): boolean {
    return [...this.#open].some(
      (drill) => drill.maker === maker && (drill.endedAt ?? this.#scene.now) >= this.#scene.now - LOOKED_AFTER,
    );
  }

  find(id: string): DrillRecord | undefined {
    return this.#drills.get(id);
  }

  /** Whether the drills of a deployment have had somewhere to go since a moment. */
  hadNetwork(deployment: string, region: string, network: PromisedNetwork | undefined, moment: number): boolean {
    const { account, now } = this.#scene;
    const { subnets = [], securityGroup: group = '' } = network ?? {};
    return subnets.some((subnet) => {
      return this.#networks.isClosedSince({ deployment, account, region, subnet, group }, moment, now);
    });
  }

  /** Those that live. */
  get living(): readonly DrillRecord[] {
    return [...this.#open].filter(({ endedAt }) => endedAt === undefined);
  }

  /** Whether an instance, a volume or an interface is of a drill. */
  owns(id: string): boolean {
    return this.#owning(id) !== undefined;
  }

  runBegins({ begun }: RunRecord): void {
    const { deployment, promised, event } = begun;
    const region = event.target?.region;
    if (event.action !== 'drill' || region === undefined) return;
    const place = { deployment, account: this.#scene.account, region };
    for (const { drill } of promised.policies) {
      const { subnets = [], securityGroup: group = '' } = drill?.network[region] ?? {};
      for (const subnet of subnets) this.#networks.watch({ ...place, subnet, group }, this.#scene.now);
    }
  }

  /** Time has passed: what lives too long, and what was left behind. */
  tick(): void {
    const { now } = this.#scene;
    for (const drill of this.#open) {
      this.#see(drill);
      if (drill.endedAt !== undefined && now >= drill.endedAt + HOUR) {
        this.#open.delete(drill);
        this.#expectNothingLeft(drill);
      } else if (drill.endedAt === undefined) this.#expectInTime(drill);
    }
  }

  /** Takes down how a drill is. */
  #see(drill: DrillRecord): void {
    const { sandbox, now } = this.#scene;
    const instance = sandbox.ec2.inspect.instance(drill.account, drill.region, drill.id);
    if (!isLiving(instance)) drill.endedAt ??= now;
    else if (instance && bearsItsTags(instance, drill.maker) !== drill.isOurs.now) {
      drill.isOurs.set(now, !drill.isOurs.now);
    }
  }

  /** P16 by the clock, where nothing strikes. */
  #expectInTime(drill: DrillRecord): void {
    const { now } = this.#scene;
    const { sweptEvery, quietFrom } = this.#terms;
    const due = Math.max(drill.leaseEnd, drill.isOurs.since);
    if (due < quietFrom || !drill.isOurs.now || drill.isReported) return;
    const isInTime = now <= due + sweptEvery + SWEEP_TAKES;
    if (!isInTime) drill.isReported = true;
    this.#scene.expect(isInTime, 'P16', [drill.id, drill.image], () => {
      return `${nameOf(drill)} lives on, and its lease ended at ${new Date(drill.leaseEnd).toISOString()}`;
    });
  }

  /** P16: nothing of a drill is there an hour after it, unless people took that off it before it ended. */
  #expectNothingLeft(drill: DrillRecord): void {
    if (this.#robbed.has(drill)) return;
    const left = this.#leftOf(drill);
    this.#scene.expect(left.length === 0, 'P16', [drill.id, ...left], () => {
      return `${nameOf(drill)} has ended an hour ago, and ${left.join(', ')} is still there`;
    });
  }

  #leftOf({ account, region, volumes, interfaces }: DrillRecord): readonly string[] {
    const { ec2 } = this.#scene.sandbox;
    const context = { account, region, requestId: 'observer' };
    const { NetworkInterfaces = [] } = ec2.operations.DescribeNetworkInterfaces.run({}, context);
    const ids = [
      ...ec2.inspect
        .volumes({ account, region })
        .flatMap(({ volume }) => (volume.State === 'deleting' ? [] : (volume.VolumeId ?? []))),
      ...NetworkInterfaces.map(({ NetworkInterfaceId = '' }) => NetworkInterfaceId),
    ];
    const own = new Set([...volumes, ...interfaces]);
    return ids.filter((id) => own.has(id));
  }

  /**
   * Checks a change of a run's that is about drills, before it happens.
   *
   * @returns whether it is
   */
  check(effect: Effect, run: RunRecord): boolean {
    const { operation, input } = effect;
    if (!CALLS.has(operation)) return false;
    if (operation === 'RunInstances') checkLaunch(effect, run, this.#networks, this.#scene);
    const touched = [
      ...textsAt(input, 'InstanceIds'),
      ...textsAt(input, 'VolumeId'),
      ...textsAt(input, 'NetworkInterfaceId'),
    ];
    for (const id of touched) {
      const drill = this.#owning(id);
      this.#scene.expect(drill?.maker === run.begun.deployment, 'P17', [id, run.begun.caller], () => {
        return `${operation} of ${id} by ${run.begun.caller}: it is no drill that ${run.begun.deployment} has launched, nor of one`;
      });
      if (!drill) continue;
      if (operation === 'TerminateInstances') this.#checkEnd(drill, run);
      if (operation === 'SendCommand') {
        const document = textAt(input, 'DocumentName');
        this.#scene.expect(document === drill.asked.document, 'P17', [id], () => {
          return `SendCommand of ${document} to ${id} by ${run.begun.caller}: ${drill.asked.document} was asked for`;
        });
      }
    }
    return true;
  }

  #owning(id: string): DrillRecord | undefined {
    const known = this.#drills.get(id);
    if (known) return known;
    return [...this.#drills.values()].find(
      ({ volumes, interfaces }) => volumes.includes(id) || interfaces.includes(id),
    );
  }

  /** P19: what has come up is not ended before that is written, as long as there is time and somewhere to write it. */
  #checkEnd(drill: DrillRecord, run: RunRecord): void {
    const { now, book } = this.#scene;
    const cutoff = this.#scene.cutoff(run, false);
    const image = book.images.get(drill.image);
    const isThere = image?.state.now !== 'gone' && image?.intact.alwaysSo(cutoff, (intact) => intact);
    const isMissing =
      !this.verdicts.isGivenOn(drill) &&
      hasCome(drill, run) &&
      now < drill.leaseEnd &&
      isThere &&
      !this.#hasElder(drill, cutoff) &&
      this.#networks.isClosedSince(networkOf(drill), cutoff, now);
    this.#scene.expect(!isMissing, 'P19', [drill.id, drill.image], () => {
      return `${nameOf(drill)} has come up and is ended by ${run.begun.caller} before that stands on its image`;
    });
  }

  /** Of two of one image one goes. */
  #hasElder(drill: DrillRecord, cutoff: number): boolean {
    return [...this.#open].some(
      (other) => other !== drill && other.image === drill.image && (other.endedAt ?? cutoff) >= cutoff,
    );
  }

  /** What is to be remembered of a call that has happened. */
  happened(effect: Effect, output: object, run: RunRecord | undefined): void {
    const { operation, input } = effect;
    const { now } = this.#scene;
    if (operation === 'RunInstances' && run) this.#launched(effect, output, run);
    if (NETWORK_CHANGES.has(operation)) this.#networks.lookAgain(now);
    const ids = [...textsAt(input, 'Resources'), ...textsAt(input, 'InstanceIds')];
    if (ids.some((id) => id.startsWith('subnet-') || id.startsWith('sg-'))) this.#networks.lookAgain(now);
    for (const drill of ids.flatMap((id) => this.#drills.get(id) ?? [])) this.#see(drill);
    const robbed = operation === 'DetachVolume' ? this.#owning(textAt(input, 'VolumeId')) : undefined;
    if (robbed) this.#robbed.add(robbed);
  }

  #launched(effect: Effect, output: object, run: RunRecord): void {
    const record = this.#scene.book.images.get(textAt(effect.input, 'ImageId'));
    const policy = run.begun.promised.policies.find(({ name }) => name === record?.stamp.policy);
    if (!policy?.drill) return;
    const drill = drillOf(effect, output, run.begun.deployment, policy.drill, this.#scene.now);
    // A token gives what it gave before.
    if (!drill || this.#drills.has(drill.id)) return;
    this.#drills.set(drill.id, drill);
    this.#open.add(drill);
    checkLaunched(drill, this.#scene);
  }

  /** Told of each call of a run's once it is answered: what it may go by now. */
  answered({ operation, account, region, caller = '', outcome, lost }: RecordedCall): void {
    if (!LOOKS.has(operation)) return;
    const { sandbox, now } = this.#scene;
    for (const drill of this.#open) {
      if (drill.account !== account || drill.region !== region || drill.endedAt !== undefined) continue;
      const [well, answered] = [isWell(drill, sandbox), hasAnswered(drill, drill.asked, sandbox)];
      if (well) drill.wellAt = now;
      if (answered) drill.answeredAt = now;
      const isShown = well && answered && outcome === 'ok' && !lost && operation === LAST_LOOKS[drill.asked.check];
      if (isShown) drill.shownTo.add(caller);
    }
  }

  /** P16 and P17 by what a run of drills leaves: what was over, or open, when it began is on its way out when it has ended. */
  runEnds(run: RunRecord, end: RunEnd): void {
    const { event, deployment } = run.begun;
    const { account = this.#scene.account, region } = event.target ?? {};
    const isDone = end !== 'died' && run.told.length > 0 && !run.isCutShort;
    if (event.action !== 'drill' || event.mode !== 'apply' || region === undefined || !isDone) return;
    const hadTime = end === 'well' || this.#scene.now < run.begun.stopAt - LONGEST_PAUSE;
    for (const drill of this.#open) {
      const isThere = drill.account === account && drill.region === region;
      if (drill.maker !== deployment || !isThere || drill.launchedAt >= run.startedAt) continue;
      this.#see(drill);
      if (drill.endedAt === undefined) this.#expectLookedAfter(drill, run, end, hadTime);
    }
    if (end === 'well' && !event.sweep) this.#expectCleared(run, { account, region });
  }

  /** P16: what people took off a drill, and what stayed when that ended, goes once new ones are started. */
  #expectCleared({ begun, startedAt }: RunRecord, { account, region }: Place): void {
    for (const drill of this.#robbed) {
      const image = this.#scene.book.images.get(drill.image);
      const isThere = drill.account === account && drill.region === region;
      const isKnown = drill.maker === begun.deployment && isThere && image?.state.now !== 'gone';
      if (!isKnown || !image?.intact.now || startedAt < (drill.endedAt ?? startedAt) + HOUR) continue;
      this.#robbed.delete(drill);
      const left = this.#leftOf(drill);
      this.#scene.expect(left.length === 0, 'P16', [drill.id, begun.caller, ...left], () => {
        return `${nameOf(drill)} has ended an hour ago, and ${left.join(', ')} outlives ${begun.caller}`;
      });
    }
  }

  #expectLookedAfter(drill: DrillRecord, run: RunRecord, end: RunEnd, hadTime: boolean): void {
    checkAddresses(drill, this.#scene);
    const cutoff = this.#scene.cutoff(run, false);
    const subjects = [drill.id, drill.image, run.begun.caller];
    const isOurs = drill.isOurs.now && drill.isOurs.at(cutoff).value;
    // Whoever takes its tags off has it on their hands, and is told so by each run.
    const isTold = drill.isOurs.now || drill.isOurs.at(cutoff).value || end === 'failed';
    this.#scene.expect(isTold, 'P16', subjects, () => {
      return `${nameOf(drill)} has lost its tags, and ${run.begun.caller} ended well`;
    });
    const isHindered =
      !hadTime ||
      [...run.failedReads.values()].some(({ call }) => call.operation === 'DescribeInstances') ||
      [...run.failedChanges.values()].some(
        ({ operation, input }) =>
          operation === 'TerminateInstances' && textsAt(input, 'InstanceIds').includes(drill.id),
      );
    if (!isOurs || isHindered) return;
    const isOver = run.startedAt > drill.leaseEnd;
    this.#scene.expect(!isOver, 'P16', subjects, () => {
      return `${nameOf(drill)} outlives ${run.begun.caller}, and its lease ended at ${new Date(drill.leaseEnd).toISOString()}`;
    });
    const open = end === 'well' ? this.#networks.openSince(networkOf(drill), cutoff, this.#scene.now) : '';
    this.#scene.expect(open === '', 'P17', subjects, () => `${nameOf(drill)} outlives ${run.begun.caller}: ${open}`);
  }
}

function networkOf({ maker, account, region, subnet, group }: DrillRecord): Network {
  return { deployment: maker, account, region, subnet, group };
}

function nameOf({ id, image, region }: DrillRecord): string {
  return `drill ${id} of ${image} in ${region}`;
}
