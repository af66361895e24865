import {
  GetScheduleCommand,
  paginateListSchedules,
  ScheduleState,
  type ScheduleSummary,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { Account } from './account.ts';

/**
 * Turns the hourly sweeps off, so that what a check sees does not depend on the minute in which it is made. Schedules
 * of policies go on.
 */
export async function withoutSweeps({ scheduler }: Account): Promise<void> {
  for await (const { Schedules = [] } of paginateListSchedules({ client: scheduler }, {})) {
    for (const schedule of Schedules) await turnOffSweep(schedule);
  }

  async function turnOffSweep({ GroupName, Name }: ScheduleSummary): Promise<void> {
    const { ScheduleExpression, FlexibleTimeWindow, Target, ...rest } = await scheduler.send(
      new GetScheduleCommand({ GroupName, Name }),
    );
    const payload: unknown = JSON.parse(Target?.Input ?? '{}');
    if (typeof payload !== 'object' || payload === null || 'policy' in payload) return;
    const { Description, ScheduleExpressionTimezone } = rest;
    await scheduler.send(
      new UpdateScheduleCommand({
        GroupName,
        Name,
        Description,
        ScheduleExpression,
        ScheduleExpressionTimezone,
        FlexibleTimeWindow,
        Target,
        State: ScheduleState.DISABLED,
      }),
    );
  }
}
