import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { HttpResponse } from '@smithy/core/protocols';
import type { Introduction } from '../../doctor/ports.ts';
import { accountId } from '../../model/ids.ts';
import { SECOND } from '../../model/time.ts';
import { describeFailure } from './caller.ts';
import { type PatiencePorts, patiently } from './patiently.ts';

/** Asks whose the credentials are, and looks at the time that the answer bears, be it a refusal. */
export async function introduce(sts: STSClient, { clock, random }: PatiencePorts): Promise<Introduction> {
  let skew: number | undefined;
  sts.middlewareStack.add(
    (next) => async (args) => {
      const sent = clock.now();
      const result = await next(args);
      skew = skewOf(result.response, sent, clock.now());
      return result;
    },
    { step: 'deserialize', priority: 'low', name: 'amikeepSkew', override: true },
  );
  const answer = await patiently('GetCallerIdentity', () => sts.send(new GetCallerIdentityCommand({})), {
    clock,
    random,
  });
  if (!answer.ok) {
    const denied = answer.failure.meaning === 'denied';
    return { identity: { known: false, denied, problem: describeFailure(answer.failure) }, skew };
  }
  const { Account = '', Arn = '' } = answer.value;
  return { identity: { known: true, value: { account: accountId(Account), arn: Arn } }, skew };
}

/** The answer was written at some moment between sending and receiving, and its header cuts the second off. */
function skewOf(response: unknown, sent: number, received: number): number | undefined {
  if (!HttpResponse.isInstance(response)) return undefined;
  const date = Date.parse(response.headers.date ?? '');
  return Number.isNaN(date) ? undefined : date + SECOND / 2 - (sent + received) / 2;
}
