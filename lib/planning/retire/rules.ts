import type { Instant } from '../../model/time.ts';
import { sharesOfOthers } from '../../tagging/loans.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { ENDED, RETIRE } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import type { Decision, Reason, StillDecision } from '../decision.ts';
import { gapOfOne } from '../evidence.ts';
import { holdDecision } from '../holds.ts';
import { lineageNameOf } from '../lineages.ts';
import { lackOfRoom } from '../room-for-tags.ts';
import { snapshotsOf } from '../snapshots.ts';
import { isStaged, whatWasDone } from './bring-back.ts';
import type { AskUsage } from './changes.ts';
import type { DailyCaps } from './daily-cap.ts';
import type { RetireInventory } from './inventory.ts';
import type { Candidate } from './judge.ts';
import type { Governance } from './keeping.ts';
import { nextStep } from './ladder.ts';
import { accountsToAsk, isEstablished, protectionOf, type Spared, type Surroundings } from './protection.ts';
import { keptByBin, wayBack } from './way-back.ts';

/** What a rule looks at: the image, what its lineage makes of it, and what spares it. */
interface Case {
  readonly candidate: Candidate;
  readonly about: About;
  /** Why it stays, by its lineage or by what protects it; undefined where nothing speaks for it. */
  readonly spared: Spared | undefined;
  readonly surroundings: Surroundings;
  readonly caps: DailyCaps;
}

interface Rule {
  readonly name: string;
  readonly decide: (one: Case) => Decision | undefined;
}

/** What is decided on an image, in this order: the first rule that has something to say decides. */
const RULES: readonly Rule[] = [
  { name: 'the hold of its instance is written on it', decide: stampHold },
  { name: 'what is wanted again is brought back', decide: bringBack },
  { name: 'a lineage that lives again is no longer ended', decide: unend },
  {
    name: 'what its lineage keeps stays',
    decide: ({ candidate: { verdict }, about }) =>
      verdict.kept ? { ...about, action: 'keep', reason: verdict.reason } : undefined,
  },
  { name: 'a policy in plan mode proposes', decide: proposeOnly },
  {
    name: 'what is protected stays for now',
    decide: ({ candidate, about, spared, surroundings }) =>
      spared && leave(candidate, spared.reason, about, surroundings),
  },
];

/** What is left when no rule speaks: the image goes a stage further. */
export function decide(candidate: Candidate, surroundings: Surroundings, caps: DailyCaps): Decision {
  const { image, verdict } = candidate;
  const { stamp } = image;
  const about = {
    subject: { kind: 'image', id: image.image.id, region: image.image.region },
    policy: stamp.policy,
    lineage: stamp.lineage,
    version: versionOf(stamp.slot),
    ...(image.passed && { passed: image.passed }),
  } as const;
  const spared = verdict.kept ? { reason: verdict.reason, isSingle: false } : protectionOf(image, surroundings);
  for (const rule of RULES) {
    const decision = rule.decide({ candidate, about, spared, surroundings, caps });
    if (decision) return decision;
  }
  return takeStep(candidate, about, surroundings, caps);
}

function stampHold({ candidate: { image }, surroundings: { holds, inventory } }: Case): Decision | undefined {
  const held = holds.get(image.stamp.source.instance);
  if (held === undefined || image.hold !== undefined) return undefined;
  return holdDecision(image, held, inventory.target.account);
}

function bringBack({ candidate, about, spared, surroundings }: Case): Decision | undefined {
  const { image } = candidate;
  const forgotten = spared ? toForget(candidate, spared, surroundings) : [];
  if (!spared || forgotten.length === 0) return undefined;
  const { region, id } = image.image;
  const reason: Reason = { code: 'wanted-again', text: `${spared.reason.text}; it is brought back` };
  const change = { region, image: id, snapshots: snapshotsOf(image), tagKeys: forgotten };
  if (!isStaged(image, surroundings.now)) {
    return { ...about, action: 'unmark', reason, change: { ...change, kind: 'unmark' } };
  }
  const done = whatWasDone(image, surroundings.now);
  return { ...about, action: 'bring-back', reason, change: { ...change, kind: 'bring-back', ...done } };
}

/** It may go all the same; but as long as it says that its lineage has ended, nothing of that lineage is copied. */
function unend({ candidate: { image, end }, about, surroundings }: Case): Decision | undefined {
  if (!image.ended || end !== 'lasting' || !surroundings.inventory.images.complete) return undefined;
  const { region, id } = image.image;
  const reason: Reason = { code: 'wanted-again', text: 'its lineage, which had ended, goes on' };
  const change = { kind: 'unmark', region, image: id, snapshots: snapshotsOf(image), tagKeys: [ENDED] } as const;
  return { ...about, action: 'unmark', reason, change };
}

/** A proposal costs nobody anything, so it need not wait until everything has been asked. */
function proposeOnly({ candidate, about, spared, surroundings }: Case): Decision | undefined {
  const { image, verdict, governance } = candidate;
  if (governance.retire.mode !== 'plan') return undefined;
  return !spared || NOT_ASKED.has(spared.reason.code)
    ? propose(about, verdict.reason, governance, wayBack(image, surroundings.inventory))
    : { ...about, action: 'refuse', reason: spared.reason };
}

/** What only time and questions stand in the way of. */
const NOT_ASKED: ReadonlySet<Reason['code']> = new Set(['not-looked-into', 'usage-unasked', 'usage-unknown'] as const);

type About = Omit<StillDecision, 'action' | 'reason'>;

/** What becomes of an image that no rule wants and that stays for now. */
function leave(
  { image, governance }: Candidate,
  spared: Reason,
  about: About,
  { inventory, now }: Surroundings,
): Decision {
  switch (spared.code) {
    case 'usage-unasked':
      return { ...about, action: 'ask-usage', reason: spared, change: askUsage(image, inventory, now) };
    case 'usage-unknown':
      return { ...about, action: 'wait', reason: spared };
    case 'not-looked-into': {
      // Only what is due is looked into. Whom it is shared with has no say in when that is.
      const step = nextStep(image, governance.retire, false, now);
      return { ...about, action: 'wait', reason: step.kind === 'wait' ? step.reason : spared };
    }
    default:
      return { ...about, action: 'refuse', reason: spared };
  }
}

function askUsage({ image: { region, id }, loans }: OwnedImage, { evidence }: RetireInventory, now: Instant): AskUsage {
  const accounts = accountsToAsk(sharesOfOthers(id, evidence.value.get(id)?.sharedWith ?? [], loans, now));
  return { kind: 'ask-usage', region, image: id, ...(accounts && { accounts }) };
}

function takeStep(
  { image, verdict, governance }: Candidate,
  about: About,
  { inventory, crowded, now }: Surroundings,
  caps: DailyCaps,
): Decision {
  const { region, id } = image.image;
  const expired = verdict.reason;
  const sharedWith = sharesOfOthers(id, inventory.evidence.value.get(id)?.sharedWith ?? [], image.loans, now);
  const step = nextStep(image, governance.retire, image.image.public || sharedWith.length > 0, now);
  switch (step.kind) {
    case 'wait':
      return { ...about, action: 'wait', reason: step.reason };
    case 'mark': {
      const change = {
        kind: 'mark',
        region,
        image: id,
        snapshots: snapshotsOf(image),
        deployment: image.stamp.deployment,
        text: expired.text,
        ...(expired.code === 'source-gone' && { ends: lineageNameOf(image.stamp) }),
      } as const;
      // Before the cap, of which it would take the place of another each day.
      const full = lackOfRoom(change, crowded);
      if (full) return { ...about, action: 'refuse', reason: full };
      const capReached = caps.spend(image.stamp.policy);
      if (capReached) return { ...about, action: 'refuse', reason: { code: 'cap-reached', text: capReached } };
      return {
        ...about,
        action: 'mark',
        reason: { ...expired, text: expired.text + wayBack(image, inventory) },
        change,
      };
    }
    case 'deprecate': {
      const change = { kind: 'deprecate', region, image: id } as const;
      return { ...about, due: step.due, action: 'deprecate', reason: expired, change };
    }
    case 'disable': {
      const change = { kind: 'disable', region, image: id } as const;
      return { ...about, due: step.due, action: 'disable', reason: expired, change };
    }
    case 'deregister': {
      const refusal = keptSnapshots(image, inventory, now);
      if (refusal) return { ...about, action: 'refuse', reason: refusal };
      const binned = keptByBin(image, inventory);
      const change = { kind: 'deregister', region, image: id, snapshots: snapshotsOf(image), binned } as const;
      return {
        ...about,
        due: step.due,
        action: 'deregister',
        reason: { ...expired, text: expired.text + wayBack(image, inventory) },
        change,
      };
    }
  }
}

/** An image whose snapshots have to stay stays with them: without it nobody would know what they are of. */
function keptSnapshots(image: OwnedImage, { snapshotEvidence }: RetireInventory, now: Instant): Reason | undefined {
  for (const id of snapshotsOf(image)) {
    const gap = gapOfOne(snapshotEvidence, id);
    if (gap !== undefined) return { code: 'evidence-incomplete', text: gap };
    const evidence = snapshotEvidence.value.get(id);
    if (!evidence) return { code: 'evidence-incomplete', text: `whether its snapshot ${id} may go was not read` };
    if (evidence.lock !== undefined) return { code: 'locked', text: `its snapshot ${id} is locked (${evidence.lock})` };
    const sharedWith = sharesOfOthers(id, evidence.sharedWith, image.loans, now);
    if (sharedWith.length > 0) {
      const text = `its snapshot ${id} is shared with ${sharedWith.slice(0, 3).join(', ')}`;
      return { code: 'shared', text };
    }
  }
  return undefined;
}

/**
 * The keys of the tags that say that an image is leaving, where it is certain that it is not; that its lineage has ended
 * is forgotten only once it has not. A mark is written without what EC2 tells of single images, so that does not take it
 * off either: the next sweep would write it again.
 */
function toForget({ image, verdict, end }: Candidate, spared: Spared, surroundings: Surroundings): string[] {
  if (!isEstablished(spared.reason, surroundings) || (verdict.kept && end === 'unsure')) return [];
  if (spared.isSingle && !isStaged(image, surroundings.now)) return [];
  return [...(image.mark ? [RETIRE] : []), ...(image.ended && end === 'lasting' ? [ENDED] : [])];
}

function propose(about: About, expired: Reason, { source }: Governance, back: string): Decision {
  const text = `${expired.text}; it would be retired, but ${source} says retire.mode: plan${back}`;
  return { ...about, action: 'propose', reason: { code: 'policy-in-plan-mode', text } };
}
