import { z } from 'zod';
import { formatInstant } from '../model/time.ts';
import type { AbandonedLineage } from '../planning/decision.ts';
import { ACTIONS, formatRunEvent } from './event.ts';
import { countDecisions, type Outcome } from './outcome.ts';
import type { Carried } from './ports.ts';

/** The `source` of every event that amikeep puts on its bus. */
export const EVENT_SOURCE = 'amikeep';

/**
 * EventBridge takes 256 KiB an entry. The changes in a `Run Finished` are cut off here, which leaves room for the
 * counts and whatever wraps the event on its way.
 */
const LONGEST_CHANGES = 200_000;

const imageDetail = z.object({
  deployment: z.string(),
  policy: z.string(),
  lineage: z.string(),
  version: z.string(),
  account: z.string(),
  region: z.string(),
  imageId: z.string(),
  reason: z.string(),
});

const change = z.object({
  action: z.string(),
  subject: z.string(),
  region: z.string(),
  reason: z.string(),
  result: z.string(),
  imageId: z.string().optional(),
});

/** Of failures and warnings the first are told here, in brief; the log has them all. */
const MOST_TEXTS = 20;
const LONGEST_TEXT = 500;
const inBrief = (text: string) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}...` : text);

/** The details of the events on amikeep's bus, by detail type: what people build rules on. */
export const outcomeDetails = {
  'Image Created': imageDetail.extend({ instanceId: z.string() }).describe('An image was asked for and EC2 makes it.'),
  'Image Copied': imageDetail
    .extend({ sourceImageId: z.string(), sourceRegion: z.string() })
    .describe('A copy was asked for and EC2 makes it.'),
  'Image Retired': imageDetail.extend({ snapshotIds: z.array(z.string()) }).describe('An image was deregistered.'),
  'Run Finished': z
    .object({
      deployment: z.string(),
      action: z.enum(ACTIONS),
      mode: z.enum(['plan', 'apply']),
      account: z.string(),
      region: z.string(),
      policy: z.string().optional(),
      slot: z.string().optional(),
      startedAt: z.string(),
      endedAt: z.string(),
      counts: z.record(z.string(), z.number()).describe('How often each action was decided for each reason.'),
      unfinished: z.number().describe('Changes for which there was no time; the run continues.'),
      failures: z.array(z.string()).describe('The first 20; the log has them all.'),
      warnings: z.array(z.string()).describe('The first 20; the log has them all.'),
      abandoned: z
        .array(z.object({ policy: z.string(), lineage: z.string(), images: z.number(), gib: z.number() }))
        .describe('retire: lineages whose source is gone and that nothing ends, the largest 20; the log has them all.'),
      changes: z.array(change),
      changesLeftOff: z.number().describe('Changes that there was no room for here; the log has them.'),
    })
    .describe('A run of one target has ended.'),
} as const;

export type DetailType = keyof typeof outcomeDetails;

export type OutcomeEvent = {
  [Type in DetailType]: { readonly detailType: Type; readonly detail: z.input<(typeof outcomeDetails)[Type]> };
}[DetailType];

/** What a run has to tell: each image that came or went, then the run itself. */
export function outcomeEvents(outcome: Outcome, deployment: string): OutcomeEvent[] {
  const applied = outcome.carried.filter((entry) => 'applied' in entry);
  return [...applied.flatMap((entry) => imageEvent(entry, outcome, deployment)), runFinished(outcome, deployment)];
}

function imageEvent({ decision, applied }: Carried, { event }: Outcome, deployment: string): OutcomeEvent[] {
  if (applied.kind !== 'done') return [];
  const { policy = '', lineage = '', version = '', reason } = decision;
  const common = { deployment, policy, lineage, version, account: event.target.account, reason: reason.text };
  switch (decision.action) {
    case 'create': {
      const { region, instance } = decision.change;
      const detail = { ...common, region, imageId: applied.image ?? '', instanceId: instance };
      return [{ detailType: 'Image Created', detail }];
    }
    case 'copy': {
      const { region, source, stamp } = decision.change;
      const from = { sourceImageId: source.image, sourceRegion: source.region };
      return [
        {
          detailType: 'Image Copied',
          detail: { ...common, account: stamp.home.account, region, imageId: applied.image ?? '', ...from },
        },
      ];
    }
    case 'deregister': {
      const { region, image, snapshots } = decision.change;
      const detail = { ...common, region, imageId: image, snapshotIds: [...snapshots] };
      return [{ detailType: 'Image Retired', detail }];
    }
    case 'share':
    case 'unshare':
    case 'mark':
    case 'unmark':
    case 'hold':
    case 'end':
    case 'adopt':
    case 'ask-usage':
    case 'deprecate':
    case 'disable':
    case 'bring-back':
    case 'restore':
    case 'delete-snapshot':
      return [];
  }
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
