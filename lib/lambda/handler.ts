import type { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import type { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { accountId, region, type Target } from '../model/ids.ts';
import { type Clock, type Instant, SECOND } from '../model/time.ts';
import type { PolicyFile } from '../policy/policy.ts';
import type { Action } from '../run/event.ts';
import type { TargetedEvent } from '../run/expand.ts';
import { type Counts, countDecisions, type Outcome, PartialFailureError } from '../run/outcome/outcome.ts';
import type { Aws, Publisher } from '../run/ports.ts';
import { run } from '../run/run.ts';
import { readInvocation } from './payload.ts';
import { tellLateFailure, tellOutcome } from './telemetry.ts';

/** What handlers need of the world; the deployed ones get AWS's, others may bring their own. */
export interface HandlerPorts {
  readonly file: PolicyFile;
  readonly clock: Clock;
  /** AWS for one run of an event, seen from the account and region that the function runs in. */
  readonly aws: (home: Target, event: TargetedEvent, stopAt: Instant) => Aws;
  readonly publisher: Publisher;
  readonly maxCopiesInFlight: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** What an invocation answers to whoever waits for it. */
export type Answer =
  | { readonly requested: number }
  | {
      readonly account: string;
      readonly region: string;
      readonly mode: string;
      readonly counts: Counts;
      readonly unfinished: number;
      readonly failures: readonly string[];
      readonly warnings: readonly string[];
    };

/** Kept back at the end of a function's time, for what is under way to end and to be told. */
const LONGEST_MARGIN = 30 * SECOND;
const MARGIN_SHARE = 0.2;

/**
 * The handler of one action's function: parse the event, run the cycle, tell. A run that failed in part ends with an
 * error, by which Lambda tries its event again, or for copies the next sweep does; but for one that has sent its event on:
 * the successor tries again what failed, and another try of this one would send on another.
 */
export function createHandler(action: Action, ports: HandlerPorts) {
  // Middy's own early time-out is off: it rides on the machine's clock, and the cycle keeps its deadline itself.
  return middy<unknown, Answer>({ timeoutEarlyInMillis: 0 })
    .use(injectLambdaContext(ports.logger, { clearState: true }))
    .handler(async (payload: unknown, context: Context): Promise<Answer> => {
      const { clock, logger } = ports;
      const event = readInvocation(payload, action);
      const home = homeOf(context);
      const left = context.getRemainingTimeInMillis();
      const stopAt = clock.now() + left - Math.min(LONGEST_MARGIN, left * MARGIN_SHARE);
      const aws = (targeted: TargetedEvent, until: Instant) => ports.aws(home, targeted, until);
      const tell = (outcome: Outcome) => tellOutcome(outcome, ports);
      const tellFailure = (problem: string, outcome: Outcome) => tellLateFailure(problem, outcome, ports);
      const result = await run(event, { ...ports, account: home.account, aws, tell, tellFailure }, stopAt);
      if (result.kind === 'expanded') {
        logger.info('expanded into one run for each target', { events: result.events });
        return { requested: result.events.length };
      }
      if (result.outcome.failures.length > 0 && !result.sentOn) throw new PartialFailureError([result.outcome]);
      return answerOf(result.outcome);
    });
}

/** `arn:aws:lambda:eu-central-1:111122223333:function:amikeep-snapshot` */
function homeOf({ invokedFunctionArn }: Context): Target {
  const [, , , place = '', account = ''] = invokedFunctionArn.split(':');
  return { account: accountId(account), region: region(place) };
}

function answerOf({ event, plan, unfinished, failures }: Outcome): Answer {
  return {
    account: event.target.account,
    region: event.target.region,
    mode: event.mode,
    counts: countDecisions(plan.decisions),
    unfinished,
    failures,
    warnings: plan.warnings,
  };
}
