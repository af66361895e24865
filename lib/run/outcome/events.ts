import { formatInstant } from '../../model/time.ts';
import { CHANGE_KINDS, type Change, type ToldKind } from '../../planning/change.ts';
import type { AbandonedLineage } from '../../planning/decision.ts';
import { formatRunEvent } from '../event.ts';
import type { Carried } from '../ports.ts';
import type { OutcomeEvent } from './details.ts';
import { countDecisions, type Outcome } from './outcome.ts';

/** The `source` of every event that amikeep puts on its bus. */
export const EVENT_SOURCE = 'amikeep';

/**
 * EventBridge takes 256 KiB an entry. The changes in a `Run Finished` are cut off here, which leaves room for the
 * counts and whatever wraps the event on its way.
 */
const LONGEST_CHANGES = 200_000;

/** Of failures and warnings the first are told here, in brief; the log has them all. */
const MOST_TEXTS = 20;
const LONGEST_TEXT = 500;
const inBrief = (text: string) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text);

/** What a run has to tell: each image that came or went, then the run itself. */
export function outcomeEvents(outcome: Outcome, deployment: string): OutcomeEvent[] {
  const applied = outcome.carried.filter((entry) => 'applied' in entry);
  return [...applied.flatMap((entry) => imageEvent(entry, outcome, deployment)), runFinished(outcome, deployment)];
}

function imageEvent({ decision, applied }: Carried, { event }: Outcome, deployment: string): OutcomeEvent[] {
  if (applied.kind !== 'done') return [];
  const { policy = '', lineage = '', version = '', reason, change } = decision;
  const of = { deployment, policy, lineage, version, account: event.target.account, reason: reason.text };
  const made = applied.image ?? '';
  switch (change.kind) {
    case 'create':
      return [
        {
          detailType: CHANGE_KINDS.create.event,
          detail: { ...of, region: change.region, imageId: made, instanceId: change.instance },
        },
      ];
    case 'copy':
      return [
        {
          detailType: CHANGE_KINDS.copy.event,
          detail: {
            ...of,
            account: change.stamp.home.account,
            region: change.region,
            imageId: made,
            sourceImageId: change.source.image,
            sourceRegion: change.source.region,
          },
        },
      ];
    case 'deregister':
      return [
        {
          detailType: CHANGE_KINDS.deregister.event,
          detail: { ...of, region: change.region, imageId: change.image, snapshotIds: [...change.snapshots] },
        },
      ];
    case 'judge': {
      const { verdict } = change;
      const { instance } = verdict;
      return [
        {
          detailType: CHANGE_KINDS.judge.event,
          detail: {
            ...of,
            region: change.region,
            imageId: change.image,
            verdict: verdict.kind,
            ...(instance !== undefined && { instanceId: instance }),
            ...(verdict.kind === 'passed'
              ? { rung: verdict.rung, seconds: verdict.seconds, instanceType: verdict.type }
              : { failures: verdict.failures }),
          },
        },
      ];
    }
    default:
      return untold(change);
  }
}

/** Only `Run Finished` tells of these; a kind that has an event of its own must not come here. */
function untold(_: Exclude<Change, { kind: ToldKind }>): OutcomeEvent[] {
  return [];
}

function runFinished(outcome: Outcome, deployment: string): OutcomeEvent {
  const { event, plan, carried } = outcome;
  const { policy, slot } = formatRunEvent(event);
  const all = carried.map((entry) => ({
    action: entry.decision.action,
    subject: entry.decision.subject.id,
    region: entry.decision.change.region,
    reason: entry.decision.reason.text,
    result: 'applied' in entry ? entry.applied.kind : `withdrawn: ${entry.withdrawn}`,
    ...('applied' in entry && entry.applied.kind === 'done' && entry.applied.image && { imageId: entry.applied.image }),
  }));
  const changes = withinBytes(all, LONGEST_CHANGES);
  return {
    detailType: 'Run Finished',
    detail: {
      deployment,
      action: event.action,
      mode: event.mode,
      account: event.target.account,
      region: event.target.region,
      ...(typeof policy === 'string' && { policy }),
      ...(typeof slot === 'string' && { slot }),
      startedAt: formatInstant(outcome.startedAt),
      endedAt: formatInstant(outcome.endedAt),
      counts: countDecisions(plan.decisions),
      unfinished: outcome.unfinished,
      failures: outcome.failures.slice(0, MOST_TEXTS).map(inBrief),
      warnings: plan.warnings.slice(0, MOST_TEXTS).map(inBrief),
      abandoned: largest(plan.abandoned ?? []),
      changes,
      changesLeftOff: all.length - changes.length,
    },
  };
}

function largest(abandoned: readonly AbandonedLineage[]) {
  return abandoned
    .toSorted((one, other) => other.gib - one.gib)
    .slice(0, MOST_TEXTS)
    .map(({ policy, lineage, images, gib }) => ({ policy, lineage, images, gib }));
}

/** As many items from the front as fit into so many bytes of JSON. */
function withinBytes<T>(items: readonly T[], bytes: number): T[] {
  let used = 2;
  const fitting: T[] = [];
  for (const item of items) {
    used += new TextEncoder().encode(JSON.stringify(item)).length + 1;
    if (used > bytes) break;
    fitting.push(item);
  }
  return fitting;
}
