import { placeKey, placeName, placeText } from '../../model/ids.ts';
import { problemsOf } from '../../model/reading.ts';
import type { Image } from '../../model/resources.ts';
import type { Instant } from '../../model/time.ts';
import { copiesFrom, placeOfCopy } from '../../policy/places.ts';
import type { CopySettings, Policy } from '../../policy/policy.ts';
import { attemptAt, copyAttemptKey } from '../../tagging/copy-attempts.ts';
import { imageName } from '../../tagging/name.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { inheritTags, NO_ROOM_FOR_RECIPE } from '../../tagging/people-tags.ts';
import { sealedRecipe } from '../../tagging/recipe-tags.ts';
import type { Stamp } from '../../tagging/stamp.ts';
import { HOLD } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import { HIGHEST_ATTEMPT, MAX_ATTEMPTS } from '../attempts.ts';
import type { ChangeDecision, Decision, Plan, StillDecision } from '../decision.ts';
import { holdsByInstance, stampHolds } from '../holds.ts';
import { inBrief } from '../in-brief.ts';
import { endOf, holdsVersion, type LineageInRegion, reportsOf, sealProblems, sortByLineage } from '../lineages.ts';
import { crowdedAmong, withRoomForTags } from '../room-for-tags.ts';
import { stampedRetire } from '../stamped-rules.ts';
import type { CopyImage, ShareImage } from './changes.ts';
import type { CopyInventory, CopyRequest, Destination } from './inventory.ts';
import { keyWarnings } from './keys.ts';
import { beforeCopy, takeBack, whileLent } from './lending.ts';
import { withinLimits } from './limits.ts';
import { type CopiesThere, type CopyState, copiesThere, copyStates } from './wanted-copies.ts';

/** Decides for every version of every lineage, and every place of copies, whether it is copied there. */
export function planCopies(request: CopyRequest, inventory: CopyInventory, now: Instant): Plan {
  const { target } = inventory;
  const problems = [
    ...sealProblems(target.region, inventory.sources.value),
    ...problemsOf(target.region, [inventory.sources, inventory.sharing, inventory.held]),
    ...[...inventory.destinations].flatMap(([place, { copies, inFlight }]) =>
      problemsOf(placeName(place, target), [copies, inFlight]),
    ),
  ];

  const sources = sortByLineage(inventory.sources.value, request.deployment);
  const policies = new Map(request.policies.map((policy) => [policy.name, policy]));
  const copies = new Map(
    [...inventory.destinations].map(([place, { copies: reading }]) => [
      place,
      sortByLineage(reading.value, request.deployment),
    ]),
  );
  const holds = holdsByInstance(inventory.held.value);
  const decisions: Decision[] = reportsOf(sources.notOurs);
  for (const lineage of sources.lineages.values()) {
    // What is a copy here has its source elsewhere, and is copied from there.
    if (placeKey(lineage.source) !== placeKey(target)) continue;
    const policy = policies.get(lineage.policy);
    const wanted = policy ? copiesFrom(policy, target) : [];
    if (!policy || wanted.length === 0) {
      decisions.push(...lineage.images.map(notAskedFor), ...takeBack(lineage.images, [], now));
      continue;
    }
    const decided = wanted.flatMap((settings) => {
      const place = placeKey(placeOfCopy(settings, target));
      const known = copiesThere(copies.get(place), lineage);
      return decideLineage(lineage, known, inventory.destinations.get(place), {
        deployment: request.deployment,
        policy,
        settings,
        sourcesComplete: inventory.sources.complete,
        sharing: inventory.sharing,
        holds,
        now,
      });
    });
    decisions.push(...decided, ...takeBack(lineage.images, decided, now));
  }
  const images = [
    inventory.sources,
    ...[...inventory.destinations.values()].map(({ copies: reading }) => reading),
  ].flatMap(({ value }) => value);
  decisions.push(...stampHolds(request.deployment, target.account, images, inventory.held.value));
  // What lacks room takes no turn.
  const possible = withRoomForTags(decisions, crowdedAmong(images));
  const warnings = keyWarnings(request.policies, target);
  return { decisions: withinLimits(possible, request, inventory), warnings, problems };
}

/** One lineage on its way to one place. */
interface Route {
  readonly deployment: string;
  readonly policy: Policy;
  readonly settings: CopySettings;
  /** Whether all sources were read: of a part, the newest may be an old one. */
  readonly sourcesComplete: boolean;
  readonly sharing: CopyInventory['sharing'];
  readonly holds: ReturnType<typeof holdsByInstance>;
  readonly now: Instant;
}

function about(source: OwnedImage) {
  const { stamp } = source;
  return {
    subject: { kind: 'image', id: source.image.id, region: source.image.region },
    policy: stamp.policy,
    lineage: stamp.lineage,
    version: versionOf(stamp.slot),
  } as const;
}

function notAskedFor(source: OwnedImage): Decision {
  const text = `policy ${source.stamp.policy} asks for no copies from here, or is gone`;
  return { ...about(source), action: 'skip', reason: { code: 'no-copies-asked', text } };
}

/** What a decision is about: a source, and its copy to one place. */
function aboutCopy(source: OwnedImage, { region, account }: CopySettings) {
  return { ...about(source), copyRegion: region, ...(account !== undefined && { copyAccount: account }) };
}

function ended(source: OwnedImage, settings: CopySettings): Decision {
  const text = 'its source is gone and its lineage has ended';
  return { ...aboutCopy(source, settings), action: 'skip', reason: { code: 'copy-not-wanted', text } };
}

function decideLineage(
  lineage: LineageInRegion,
  copies: CopiesThere,
  destination: Destination | undefined,
  route: Route,
): Decision[] {
  const { settings } = route;
  const { images: sources } = lineage;
  if (endOf(lineage)) return sources.map((source) => ended(source, settings));
  const failed = sources.filter((source) => !holdsVersion(source));
  const states = copyStates(sources, copies, settings, {
    timeZone: route.policy.schedule.timeZone,
    now: route.now,
  });
  return [
    ...failed.map((source): Decision => {
      const text = `this attempt failed: ${source.image.stateReason ?? 'no reason given'}`;
      return { ...aboutCopy(source, settings), action: 'skip', reason: { code: 'source-not-available', text } };
    }),
    ...states.flatMap(({ source, state }): Decision[] => {
      const verdict = destination?.copies.complete ? decide(source, state, route) : unreadThere(settings);
      return stillLent(source, verdict, route).map((one) => ({ ...aboutCopy(source, settings), ...one }));
    }),
  ];
}

type Verdict =
  | Pick<StillDecision, 'action' | 'reason'>
  | Pick<ChangeDecision<CopyImage>, 'action' | 'reason' | 'change'>
  | Pick<ChangeDecision<ShareImage>, 'action' | 'reason' | 'change'>;

function decide(source: OwnedImage, state: CopyState, route: Route): Verdict {
  switch (state.kind) {
    case 'unwanted':
      return { action: 'skip', reason: { code: 'copy-not-wanted', text: state.text } };
    case 'available':
      return { action: 'skip', reason: { code: 'copied', text: `its copy is ${state.copy.image.id}` } };
    case 'pending':
      return underWay(state.copy.image);
    case 'unsealed': {
      if (state.copy.state === 'pending') return underWay(state.copy);
      const text = `by its name its copy is ${state.copy.id}, but that has no seal that holds: amikeep adopt --unsealed seals it where its tags are whole`;
      return { action: 'skip', reason: { code: 'copy-unsealed', text } };
    }
    case 'missing':
      return decideMissing(source, state.failed, route);
  }
}

function unreadThere({ region, account }: CopySettings): Verdict {
  const text = `what ${placeText(region, account)} holds could not be read whole`;
  return { action: 'refuse', reason: { code: 'evidence-incomplete', text } };
}

/**
 * What is lent has to count until it is taken back. While something can't be read nobody can take it back; a copy may be under way
 * for days; and what is to be copied, or shared for that, may have to wait for its turn.
 */
function stillLent(source: OwnedImage, verdict: Verdict, { settings, now }: Route): Verdict[] {
  const { action, reason } = verdict;
  const goesOn = reason.code === 'evidence-incomplete' || reason.code === 'copy-pending';
  const renewal =
    goesOn || action === 'copy' || action === 'share' ? whileLent(source, settings.account, now) : undefined;
  if (!renewal) return [verdict];
  if (action === 'copy') return [renewal, verdict];
  // What has to be shared again is so as people have left it meanwhile.
  return [action === 'share' ? { ...verdict, reason: renewal.reason } : renewal];
}

function underWay({ id }: Image): Verdict {
  return { action: 'wait', reason: { code: 'copy-pending', text: `${id} is under way` } };
}

function decideMissing(source: OwnedImage, failed: readonly OwnedImage[], route: Route): Verdict {
  const { deployment, policy, settings } = route;
  if (source.image.state !== 'available') {
    const text = `it is ${source.image.state}; only an available image can be copied`;
    return { action: 'wait', reason: { code: 'source-not-available', text } };
  }
  if (!route.sourcesComplete) {
    const text = `the images of ${source.image.region} could not be read whole`;
    return { action: 'refuse', reason: { code: 'evidence-incomplete', text } };
  }
  const to = placeText(settings.region, settings.account);
  const lastFailed = Math.max(0, ...failed.map(({ stamp }) => stamp.attempt));
  if (failed.length >= MAX_ATTEMPTS || lastFailed >= HIGHEST_ATTEMPT) {
    return { action: 'refuse', reason: { code: 'attempts-exhausted', text: exhausted(source, failed, settings) } };
  }
  const attempt = nextAttempt(source, lastFailed, settings);
  const stamp: Stamp = {
    ...source.stamp,
    deployment,
    attempt,
    home: { account: settings.account ?? source.stamp.home.account, region: settings.region },
    keep: { rules: settings.retention, timeZone: policy.schedule.timeZone },
    retire: stampedRetire(policy.retire),
  };
  // It is written on the source in this run, and the copy has to be held as the source is.
  const hold = route.holds.get(stamp.source.instance);
  const held = hold === undefined ? {} : { [HOLD]: hold };
  const sealed = sealedRecipe(source.image);
  const ofPolicy = [...Object.keys(policy.image.tags), ...policy.image.instanceTags];
  const { tags, recipe, leftOut } = inheritTags({ ...held, ...source.image.tags }, stamp, ofPolicy, sealed);
  const without = [
    leftOut.length > 0 ? `; without ${inBrief(leftOut)} of its tags, for which there is no room` : '',
    sealed && !recipe ? `; ${NO_ROOM_FOR_RECIPE}` : '',
  ].join('');
  if (settings.account !== undefined) {
    const encrypted = settings.encrypt === 'always' || source.image.devices.some((device) => device.encrypted);
    if (encrypted && settings.kmsKey === undefined) {
      const text = `its copy to ${to} would be encrypted, and copies has no kmsKey for it: the key that AWS keeps for EBS there could never be shared back to restore it; name a key of that account`;
      return { action: 'refuse', reason: { code: 'key-missing', text } };
    }
    const first = beforeCopy(source, settings.account, route.sharing, route.now);
    if (first) return first;
  }
  return {
    action: 'copy',
    reason:
      attempt === 1
        ? { code: 'copy-wanted', text: `${to} is to have this version and has not${without}` }
        : {
            code: 'retry-after-failure',
            text: `attempt ${attempt - 1} to copy it to ${to} came to nothing${without}`,
          },
    change: {
      kind: 'copy',
      region: settings.region,
      ...(settings.account !== undefined && { account: settings.account }),
      source: { image: source.image.id, region: source.image.region },
      name: imageName(stamp),
      stamp,
      ...(attempt > attemptAt(source.copyAttempts, settings) && { lastFailure: reasonOf(failed) }),
      encrypt: settings.encrypt === 'always' || settings.kmsKey !== undefined,
      ...(settings.kmsKey !== undefined && { kmsKey: settings.kmsKey }),
      tags,
      ...(recipe && { recipe }),
    },
  };
}

/** Why the last of the failed attempts failed. */
function reasonOf(failed: readonly OwnedImage[]): string {
  const [last] = failed.toSorted((one, other) => other.stamp.attempt - one.stamp.attempt);
  return last?.image.stateReason ?? '';
}

/**
 * The attempt that is due. One that is written on the source but not seen failed may be under way and not readable
 * yet: it is asked for again, which its name and token make harmless, instead of starting one more. Anybody may have
 * written it, so it uses no attempt up: only copies that EC2 shows as failed do.
 */
function nextAttempt(source: OwnedImage, lastFailed: number, settings: CopySettings): number {
  return Math.max(lastFailed + 1, Math.min(MAX_ATTEMPTS, attemptAt(source.copyAttempts, settings)));
}

/** What is said of a copy that is given up, with what a person has to do to have it tried again. */
function exhausted({ image }: OwnedImage, failed: readonly OwnedImage[], settings: CopySettings): string {
  const seen = failed.map(({ image: copy }) => `${copy.id}: ${copy.stateReason ?? 'no reason given'}`).join('; ');
  const commands = [
    ...failed.map(({ image: { id, region } }) => `aws ec2 deregister-image --region ${region} --image-id ${id}`),
    `aws ec2 delete-tags --region ${image.region} --resources ${image.id} --tags Key=${copyAttemptKey(settings)}`,
  ];
  return `${failed.length} attempts at this copy have failed (${seen}); mend what they failed of, then have it tried again: ${commands.join(' && ')}`;
}
