import { z } from 'zod';
import { RUNGS } from '../../model/rungs.ts';
import { ACTIONS } from '../event-schema.ts';

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

/** The details of the events on amikeep's bus, by detail type: what people build rules on. */
export const outcomeDetails = {
  'Image Created': imageDetail.extend({ instanceId: z.string() }).describe('An image was asked for and EC2 makes it.'),
  'Image Copied': imageDetail
    .extend({ sourceImageId: z.string(), sourceRegion: z.string() })
    .describe('A copy was asked for and EC2 makes it.'),
  'Image Retired': imageDetail.extend({ snapshotIds: z.array(z.string()) }).describe('An image was deregistered.'),
  'Image Drilled': imageDetail
    .extend({
      verdict: z.enum(['passed', 'failed', 'inconclusive']),
      instanceId: z.string().optional(),
      rung: z.enum(RUNGS).optional().describe('passed: how far it came.'),
      seconds: z.number().optional().describe('passed: from its launch to the last check.'),
      instanceType: z.string().optional().describe('passed: of which type it ran.'),
      failures: z
        .number()
        .optional()
        .describe(
          'How often in a row images of its lineage have failed in the region; inconclusive drills leave the count as it is.',
        ),
    })
    .describe('An image was started, and what that told of it is written on it.'),
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

/** An event as it is put on the bus, by its detail type. */
export type OutcomeEvent = {
  [Type in DetailType]: { readonly detailType: Type; readonly detail: z.input<(typeof outcomeDetails)[Type]> };
}[DetailType];
