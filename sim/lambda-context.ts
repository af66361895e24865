import type { Context } from 'aws-lambda';
import type { AccountId } from '../lib/model/ids.ts';
import type { Clock } from '../lib/model/time.ts';
import type { Action } from '../lib/run/event.ts';

/** What Lambda tells a function of its invocation, on a clock of the caller's. */
export function contextFor(
  action: Action,
  account: AccountId,
  clock: Pick<Clock, 'now'>,
  functionTime: number,
): Context {
  const endsAt = clock.now() + functionTime;
  const functionName = `amikeep-${action}`;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:${account}:function:${functionName}`,
    memoryLimitInMB: '512',
    awsRequestId: `${functionName}-${clock.now()}`,
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'sandbox',
    getRemainingTimeInMillis: () => Math.max(0, endsAt - clock.now()),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
