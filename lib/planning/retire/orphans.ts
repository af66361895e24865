import type { SnapshotId, Target } from '../../model/ids.ts';
import { gapOf } from '../../model/reading.ts';
import type { Snapshot } from '../../model/resources.ts';
import { asFarAsKnown } from '../../model/retire-rules.ts';
import { formatInstant, HOUR, type Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import type { Mark } from '../../tagging/mark.ts';
import { readSnapshotOwnership } from '../../tagging/ownership.ts';
import type { Stamp } from '../../tagging/stamp.ts';
import { HOLD, RETIRE } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import type { Decision, Reason, Subject } from '../decision.ts';
import { gapOfOne } from '../evidence.ts';
import { inBrief } from '../in-brief.ts';
import { lineageKey, newestSlot, sortByLineage, whyNotOurs } from '../lineages.ts';
import type { RetireInventory } from './inventory.ts';
import { stampedOn } from './keeping.ts';
import { MARK_REST } from './mark-rest.ts';
import { restored, unreadHere } from './protection.ts';
import { isKeptByBin } from './way-back.ts';

/** A younger one may belong to an image that does not show yet. */
const ORPHAN_AGE = 48 * HOUR;

/**
 * Decides on the snapshots that no image names. As long as an image names one it goes with that image. EC2 deregisters an
 * image even where it could not delete all its snapshots: what is left over bears the mark of its image, which EC2 says it
 * was made for, and goes once that has rested. Of what lost an image that was not marked nothing proves that it was ours,
 * since anybody can copy tags; it stays until a person says otherwise, and is marked then. A hold takes the mark off, and
 * so does an image that names the snapshot again.
 */
export function planSnapshotSweep(
  file: PolicyFile,
  inventory: RetireInventory,
  { suspicion, orphans, now }: SweepRequest,
): Decision[] {
  const unnamed = unnamedSnapshots(inventory);
  return [
    ...unnamed.map((snapshot) => decide(snapshot, file, inventory, { suspicion, orphans, now })),
    ...unmarkNamed(new Set(unnamed), file, inventory, now),
  ];
}

interface SweepRequest {
  /** Why what EC2 shows of the region is not to be believed. */
  readonly suspicion: string | undefined;
  /** Whether a person vouches for what has lost its image. */
  readonly orphans: boolean;
  readonly now: Instant;
}

/**
 * Marks that rest on snapshots alone although an image names them. A younger one may be that of an image which does not
 * show its own yet.
 */
function unmarkNamed(
  unnamed: ReadonlySet<Snapshot>,
  { deployment }: PolicyFile,
  { images, snapshots }: RetireInventory,
  now: Instant,
): Decision[] {
  const leaving = new Set(
    images.value.flatMap(({ tags, devices }) =>
      tags[RETIRE] === undefined ? [] : devices.map(({ snapshot }) => snapshot),
    ),
  );
  return snapshots.value.flatMap((snapshot) => {
    if (snapshot.tags[RETIRE] === undefined || unnamed.has(snapshot) || leaving.has(snapshot.id)) return [];
    const ownership = readSnapshotOwnership(snapshot, deployment);
    if (ownership.kind !== 'ours' || !ownership.mark || now < ownership.mark.at + MARK_REST) return [];
    return [unmark(aboutOf(snapshot, ownership.stamp), 'an image names it again')];
  });
}

type About = Pick<Decision, 'policy' | 'lineage' | 'version'> & { readonly subject: Subject & { kind: 'snapshot' } };

function aboutOf({ id, region }: Snapshot, stamp: Stamp): About {
  const subject = { kind: 'snapshot', id, region } as const;
  return { subject, policy: stamp.policy, lineage: stamp.lineage, version: versionOf(stamp.slot) };
}

function unmark(about: About, text: string): Decision {
  const { id, region } = about.subject;
  const change = { kind: 'unmark-snapshot', region, snapshot: id, tagKeys: [RETIRE] } as const;
  return { ...about, action: 'unmark-snapshot', reason: { code: 'wanted-again', text }, change };
}

/** Those of our snapshots that no image is known to name. */
export function unnamedSnapshots({
  images,
  snapshots,
  snapshotUses,
}: Pick<RetireInventory, 'images' | 'snapshots' | 'snapshotUses'>): Snapshot[] {
  const named = new Set(images.value.flatMap(({ devices }) => devices.map(({ snapshot }) => snapshot)));
  return snapshots.value.filter(({ id }) => !named.has(id) && !snapshotUses.value.has(id));
}

function decide(
  snapshot: Snapshot,
  file: PolicyFile,
  inventory: RetireInventory,
  { suspicion, orphans, now }: SweepRequest,
): Decision {
  const { id, region } = snapshot;
  const ownership = readSnapshotOwnership(snapshot, file.deployment);
  if (ownership.kind !== 'ours') {
    const subject = { kind: 'snapshot', id, region } as const;
    return { subject, action: 'report', reason: whyNotOurs(ownership) };
  }
  const { stamp, hold, mark, binned } = ownership;
  const about = aboutOf(snapshot, stamp);
  if (hold !== undefined) {
    const text = `it is on hold: ${hold}`;
    return mark ? unmark(about, text) : { ...about, action: 'refuse', reason: { code: 'hold', text } };
  }
  if (binned !== undefined) {
    const reason = restored(binned);
    return mark ? unmark(about, reason.text) : { ...about, action: 'refuse', reason };
  }
  const next = stepOf(snapshot, mark, now);
  if (next.kind === 'wait') return { ...about, action: 'wait', reason: next.reason };
  const gap = unread(id, inventory, now);
  if (next.kind === 'mark' && !orphans) {
    return gap
      ? { ...about, action: 'refuse', reason: gap }
      : { ...about, action: 'report', reason: unvouched(next.reason) };
  }
  const isPlanned = modeOf(stamp, file, inventory) === 'plan';
  const refusal = gap ?? forbidden(snapshot, inventory, suspicion);
  // A mark takes nothing away, and a proposal less: what is asked of one snapshot at a time can wait.
  if (refusal && !(refusal.code === 'not-looked-into' && (isPlanned || next.kind === 'mark'))) {
    return { ...about, action: 'refuse', reason: refusal };
  }
  const { reason } = next;
  if (isPlanned) {
    const text = `${reason.text}; policy ${stamp.policy} is in plan mode`;
    return { ...about, action: 'propose', reason: { code: 'policy-in-plan-mode', text } };
  }
  const at = { region, snapshot: id };
  const { deployment } = stamp;
  return next.kind === 'mark'
    ? {
        ...about,
        action: 'mark-snapshot',
        reason,
        change: { kind: 'mark-snapshot', deployment, ...at, text: reason.text },
      }
    : {
        ...about,
        due: next.due,
        action: 'delete-snapshot',
        reason,
        change: { kind: 'delete-snapshot', ...at, binned: isKeptByBin(snapshot, inventory) },
      };
}

function unvouched({ code, text }: Reason): Reason {
  return {
    code,
    text: `${text}, and nothing proves that amikeep made it: it stays until a person says otherwise (amikeep retire --orphans)`,
  };
}

/** Its policy's mode; where that is gone, what was stamped last on its lineage here, as for images. */
function modeOf(stamp: Stamp, { deployment, policies }: PolicyFile, { images }: RetireInventory): 'plan' | 'apply' {
  const policy = policies.find(({ name }) => name === stamp.policy);
  if (policy) return policy.retire.mode;
  const lineage = sortByLineage(images.value, deployment).lineages.get(lineageKey(stamp));
  const rules = lineage && newestSlot(lineage) > stamp.slot ? stampedOn(lineage) : stamp.retire;
  return asFarAsKnown(rules).mode;
}

/** What is to be done about a snapshot if nothing forbids it. */
interface Step {
  readonly kind: 'wait' | 'mark' | 'delete';
  readonly reason: Reason;
  /** From when on it may be marked or go. */
  readonly due: Instant;
}

function stepOf({ startedAt }: Snapshot, mark: Mark | undefined, now: Instant): Step {
  const due = mark ? mark.at + MARK_REST : startedAt + ORPHAN_AGE;
  const code = mark ? 'left-over' : 'orphan';
  if (now < due) {
    const text = `no image names it; it may ${mark ? 'go' : 'be marked'} from ${formatInstant(due)} on`;
    return { kind: 'wait', reason: { code, text }, due };
  }
  if (!mark) return { kind: 'mark', reason: { code, text: 'no image names it any more' }, due };
  const text = `its image is gone; marked ${formatInstant(mark.at)}: ${mark.reason || 'no reason given'}`;
  return { kind: 'delete', reason: { code, text }, due };
}

/**
 * What protects images protects snapshots too: where any of it failed to be read, nothing goes in that region. What is
 * asked of one snapshot holds that one.
 */
function unread(id: SnapshotId, inventory: RetireInventory, now: Instant): Reason | undefined {
  const { snapshots, snapshotUses, snapshotEvidence, binned } = inventory;
  const gaps = [gapOf(snapshots), gapOf(snapshotUses), gapOf(binned), gapOfOne(snapshotEvidence, id)];
  const text = gaps.find((gap) => gap !== undefined) ?? unreadHere(inventory, now);
  return text === undefined ? undefined : { code: 'evidence-incomplete', text };
}

/** What forbids to delete a snapshot that no image names. */
function forbidden(
  { id, madeFor }: Snapshot,
  { images, snapshotEvidence, binned }: RetireInventory,
  suspicion: string | undefined,
): Reason | undefined {
  if (suspicion !== undefined) return { code: 'evidence-suspect', text: suspicion };
  // An image that is still being made may not name its snapshots yet.
  if (images.value.some((image) => image.id === madeFor)) {
    return { code: 'in-use', text: `its image ${madeFor} is there, although it does not name it` };
  }
  if (madeFor !== undefined && binned.value.has(madeFor)) {
    return { code: 'in-recycle-bin', text: `its image ${madeFor} is in the Recycle Bin and needs it to come back` };
  }
  if (madeFor === undefined && binned.value.size > 0) {
    const text =
      'EC2 does not say which image it was made for, and there are images in the Recycle Bin that may need it';
    return { code: 'in-recycle-bin', text };
  }
  const evidence = snapshotEvidence.value.get(id);
  if (!evidence) return { code: 'not-looked-into', text: 'others come first in this run; a later one looks into it' };
  if (evidence.lock !== undefined) return { code: 'locked', text: `it is locked (${evidence.lock})` };
  if (evidence.sharedWith.length > 0) {
    return { code: 'shared', text: `it is shared with ${evidence.sharedWith.slice(0, 3).join(', ')}` };
  }
  return undefined;
}

/** One line for the snapshots of other makes that have lost their image: they cost, and they are not ours to delete. */
export function strayWarnings({ strays, target }: Pick<RetireInventory, 'strays' | 'target'>, now: Instant): string[] {
  const old = strays.value.filter(({ startedAt }) => now >= startedAt + ORPHAN_AGE);
  return told(old, target, 'are of images that are gone and were not made by this deployment, which leaves them alone');
}

/** One line for the snapshots that are on their way out for themselves, and one for those that a person has to judge. */
export function orphanWarnings(
  { snapshots, target }: Pick<RetireInventory, 'snapshots' | 'target'>,
  decisions: readonly Decision[],
): string[] {
  const those = (is: (decision: Decision) => boolean) => {
    const ids = new Set<string>(decisions.filter(is).map(({ subject }) => subject.id));
    return snapshots.value.filter(({ id }) => ids.has(id));
  };
  const going = those(
    ({ action, reason }) => action === 'mark-snapshot' || (action === 'wait' && reason.code === 'left-over'),
  );
  const unjudged = those(({ action, reason }) => action === 'report' && reason.code === 'orphan');
  return [
    ...told(going, target, `have lost their image and go a day after their mark, unless they get the tag ${HOLD}`),
    ...told(unjudged, target, 'have lost their image and stay until a person says otherwise: amikeep retire --orphans'),
  ];
}

function told(snapshots: readonly Snapshot[], { region }: Target, what: string): string[] {
  if (snapshots.length === 0) return [];
  const gib = snapshots.reduce((sum, { size }) => sum + size, 0);
  const named = inBrief(snapshots.map(({ id }) => id));
  return [`${snapshots.length} snapshots in ${region}, of up to ${gib} GiB, ${what}: ${named}`];
}
