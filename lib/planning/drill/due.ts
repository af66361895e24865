import type { ImageId } from '../../model/ids.ts';
import { plural } from '../../model/plural.ts';
import { DAY, formatInstant, type Instant } from '../../model/time.ts';
import type { DrillSettings, PolicyFile } from '../../policy/policy.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { REVOKED } from '../../tagging/tag-keys.ts';
import { type Drilled, lastVerdict, type Pass } from '../../tagging/verdict.ts';
import { versionOf } from '../../tagging/version.ts';
import type { Decision, Reason } from '../decision.ts';
import { FAILED_FOR_GOOD } from '../drill-verdicts.ts';
import { endOf, type LineageInRegion, sortByLineage } from '../lineages.ts';
import type { DrillInventory } from './inventory.ts';
import { INCONCLUSIVE_RESTS, launchOf, sealedNetworkOf } from './launch.ts';
import { failuresOf, isStartable, newestProof } from './proof.ts';
import type { RunningPlan } from './running.ts';

/** What a person asks to be drilled, due or not; absent: what is due. */
export interface DrillRequest {
  readonly policy?: string;
  readonly lineages?: readonly string[];
  readonly images?: readonly ImageId[];
}

/** So many drills of a policy begin in a region in a day for each that may run at a time. */
const A_DAY = 24;

/** Before any verdict. */
const NEVER: Instant = 0;

interface Candidate {
  readonly settings: DrillSettings;
  readonly lineage: LineageInRegion;
  readonly owned: OwnedImage;
  /** The newest pass of the lineage here. */
  readonly pass: Pass | undefined;
  /** Since when its lineage waits for its turn: from its last verdict here on, and at once where that is to be seen again. */
  readonly waitsSince: Instant;
}

/** Decides which images are started now: those whose lineage has gone longest without a drill, whatever that came to. */
export function planLaunches(
  file: PolicyFile,
  inventory: DrillInventory,
  { underWay }: Pick<RunningPlan, 'underWay'>,
  request: DrillRequest,
  now: Instant,
): Decision[] {
  const { target, images } = inventory;
  const { lineages } = sortByLineage(images.value, file.deployment);
  const isAsked = request.lineages !== undefined || request.images !== undefined;
  return file.policies.flatMap((policy) => {
    const settings = policy.drill;
    if (!settings?.regions.includes(target.region)) return [];
    if (request.policy !== undefined && request.policy !== policy.name) return [];
    const own = [...lineages.values()].filter((lineage) => lineage.policy === policy.name);
    const candidates = own.flatMap((lineage) => candidatesOf(lineage, settings, request));
    const idle = isAsked ? [] : own.flatMap(nothingYet);
    const members = own.flatMap((lineage) => lineage.images);
    const drilledLately = members.filter((owned) => isDrilledSince(owned, now - DAY));
    const running = members.filter(({ image }) => underWay.has(image.id));
    let left = settings.atMost - running.length;
    let leftToday = settings.atMost * A_DAY - drilledLately.length - running.length;
    const network = sealedNetworkOf(settings, file.deployment, inventory);
    const launches = candidates.sort(longestWaiting).map((candidate): Decision => {
      const about = {
        subject: { kind: 'image', id: candidate.owned.image.id, region: target.region },
        policy: policy.name,
        lineage: candidate.lineage.lineage,
        version: versionOf(candidate.owned.stamp.slot),
      } as const;
      const unwanted = whyNot(candidate, underWay, isAsked, now);
      if (unwanted) return { ...about, ...unwanted };
      const launch = 'code' in network ? network : launchOf(candidate, settings, file.deployment, network);
      if ('code' in launch) return { ...about, action: 'refuse', reason: launch };
      if (left <= 0) {
        const text = `${plural(settings.atMost, 'drill')} of the policy may run at a time here; others come first`;
        return { ...about, action: 'wait', reason: { code: 'drills-in-flight', text } };
      }
      if (leftToday <= 0) {
        const text = `${settings.atMost * A_DAY} drills of the policy began here within a day, which is as many as it may`;
        return { ...about, action: 'wait', reason: { code: 'cap-reached', text } };
      }
      left--;
      leftToday--;
      return { ...about, action: 'drill', reason: whyNow(candidate, isAsked), change: launch };
    });
    return [...launches, ...idle];
  });
}

/** The policies that are to start images here and have none here at all; none where not all was read that tells. */
export function withoutImages(
  { policies, deployment }: PolicyFile,
  { target: { account, region }, images }: DrillInventory,
  request: DrillRequest,
): string[] {
  if (!images.complete || images.value.some(({ seal }) => seal === 'unread')) return [];
  const stocked = new Set([...sortByLineage(images.value, deployment).lineages.values()].map(({ policy }) => policy));
  return policies.flatMap(({ name, drill, accounts }) => {
    const isAsked = request.policy === undefined || request.policy === name;
    const isHere = drill?.regions.includes(region) && (accounts?.includes(account) ?? true);
    return isAsked && isHere && !stocked.has(name) ? [name] : [];
  });
}

/** Why nothing of a lineage can be started; a lineage that has ended is not missed. */
function nothingYet(lineage: LineageInRegion): Decision[] {
  const { policy, images } = lineage;
  const [newest] = images;
  if (!newest || endOf(lineage) || images.some(isStartable)) return [];
  const made = images.find(isBeingMade);
  const { image, stamp } = made ?? newest;
  const about = {
    subject: { kind: 'image', id: image.id, region: image.region },
    policy,
    lineage: lineage.lineage,
    version: versionOf(stamp.slot),
  } as const;
  if (made) return [{ ...about, action: 'wait', reason: { code: 'pending', text: BEING_MADE } }];
  const text = 'none of its lineage is available, neither marked nor revoked: there is nothing to start';
  return [{ ...about, action: 'skip', reason: { code: 'not-startable', text } }];
}

/**
 * The newest version of a lineage that can be started; of images that were named, those. One that has failed and not yet for good
 * comes before newer ones: where each run finds a new version, no image would ever fail twice, and nothing would ring.
 */
function candidatesOf(
  lineage: LineageInRegion,
  settings: DrillSettings,
  { lineages, images: ids }: DrillRequest,
): Candidate[] {
  const { images } = lineage;
  const pass = newestProof(lineage, settings.check);
  const last = Math.max(...images.map((owned) => lastVerdict(owned)?.at ?? NEVER));
  const of = (owned: OwnedImage): Candidate => {
    const isSecond = isInDoubt(owned, pass) && owned.drilled?.verdict === 'failed';
    return { settings, lineage, owned, pass, waitsSince: isSecond ? NEVER : last };
  };
  const named = images.filter(({ image }) => ids?.includes(image.id));
  if ((ids || lineages) && !lineages?.includes(lineage.lineage)) return named.map(of);
  const startable = images.filter(isStartable);
  const inDoubt = ids || lineages ? undefined : startable.find((owned) => isInDoubt(owned, pass));
  const newest = inDoubt ?? startable[0];
  return newest && !endOf(lineage) ? [...new Set([newest, ...named])].map(of) : named.map(of);
}

/** What will be startable. */
export function isBeingMade({ image, mark }: OwnedImage): boolean {
  return image.state === 'pending' && mark === undefined && image.tags[REVOKED] === undefined;
}

export const BEING_MADE = 'it is still being made: wait until it is available';

/** Whether an image has failed once, so that a second drill is to tell whether that was chance, and none has passed since. */
function isInDoubt(owned: OwnedImage, pass: Pass | undefined): boolean {
  const last = lastVerdict(owned);
  if (!last || !('failures' in last) || last.failures === 0 || last.failures >= FAILED_FOR_GOOD) return false;
  return last.at > (pass?.at ?? NEVER);
}

/**
 * By the last drill, not by the last pass: a server that cannot be launched never passes and is due again within hours, so that a few
 * of them would take each place from all others. Only a first failure is looked into at once, which a second drill ends.
 */
function longestWaiting(one: Candidate, other: Candidate): number {
  return one.waitsSince - other.waitsSince || (one.owned.image.id < other.owned.image.id ? -1 : 1);
}

function isDrilledSince(owned: OwnedImage, since: Instant): boolean {
  return (lastVerdict(owned)?.at ?? NEVER) > since;
}

/** Why an image is not started now although its lineage's newest can be; a person's word overrules what is for its own good. */
function whyNot(
  { owned, settings, pass }: Candidate,
  underWay: RunningPlan['underWay'],
  isAsked: boolean,
  now: Instant,
): Pick<Decision & { action: 'skip' | 'wait' | 'refuse' }, 'action' | 'reason'> | undefined {
  const drill = underWay.get(owned.image.id);
  if (drill) return { action: 'wait', reason: { code: 'drill-running', text: `${drill.id} is a drill of it` } };
  if (isAsked) {
    const { state } = owned.image;
    const revoked = owned.image.tags[REVOKED];
    const text = isBeingMade(owned)
      ? BEING_MADE
      : state !== 'available'
        ? `it is ${state}: only what is available can be started`
        : revoked !== undefined
          ? `it is revoked (${revoked}); take its tag ${REVOKED} off to start it`
          : undefined;
    return text === undefined ? undefined : { action: 'refuse', reason: { code: 'not-startable', text } };
  }
  const every = settings.every.days * DAY;
  const last = lastVerdict(owned);
  const rest = last && 'verdict' in last ? restAfter(last, every) : undefined;
  const hasFailed = last && 'failures' in last && last.failures >= FAILED_FOR_GOOD;
  if (pass && now - pass.at < every && !(hasFailed && last.at > pass.at)) {
    const text = `its lineage passed ${formatInstant(pass.at)} (${pass.rung}); the next is due ${formatInstant(pass.at + every)}`;
    return { action: 'skip', reason: { code: 'verified', text } };
  }
  if (!last || !rest || now - last.at >= rest.lasts) return undefined;
  const until = `it is started again from ${formatInstant(last.at + rest.lasts)} on`;
  return { action: 'wait', reason: { code: rest.code, text: `${rest.text}; ${until}` } };
}

/** For how long an image is left alone after a drill that it did not pass. */
function restAfter({ verdict, failures, reason }: Drilled, every: number) {
  if (verdict === 'inconclusive') {
    const text = `its last drill told nothing of it (${reason})`;
    return { lasts: INCONCLUSIVE_RESTS, code: 'drilled', text } as const;
  }
  if (failures < FAILED_FOR_GOOD) return undefined;
  return {
    lasts: every,
    code: 'failed-drill',
    text: `it has failed ${failures} times in a row (${reason})`,
  } as const;
}

function whyNow({ pass, settings, lineage }: Candidate, isAsked: boolean): Reason {
  if (isAsked) return { code: 'drill-asked', text: 'somebody asked for it' };
  const again =
    failuresOf(lineage) > 0 ? '; its last drill failed, and a second one tells whether that was chance' : '';
  const text = pass
    ? `the newest pass of its lineage here is of ${formatInstant(pass.at)}, over ${plural(settings.every.days, 'day')} ago`
    : 'no image of its lineage has passed a drill here yet';
  return { code: 'drill-due', text: text + again };
}
