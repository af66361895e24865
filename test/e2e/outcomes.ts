import {
  DeleteRuleCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import type { Account } from './account.ts';
import { until } from './until.ts';

/** As much of the event as is looked at here; docs/events.md has all of it. */
const runFinished = z.object({
  detail: z.object({
    action: z.enum(['snapshot', 'copy', 'retire', 'drill']),
    mode: z.enum(['plan', 'apply']),
    region: z.string(),
    counts: z.record(z.string(), z.number()),
    failures: z.array(z.string()),
  }),
});

export type RunFinished = z.infer<typeof runFinished>['detail'];

const RULE = 'outcomes';

/** What a deployment's runs tell on its bus, taken down by a queue of the test's own. */
export class Outcomes {
  readonly #account: Account;
  readonly #bus: string;
  readonly #queue: string;
  #finished: RunFinished[] = [];

  private constructor(account: Account, bus: string, queue: string) {
    this.#account = account;
    this.#bus = bus;
    this.#queue = queue;
  }

  static async of(account: Account, bus: string): Promise<Outcomes> {
    const { events, sqs } = account;
    const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: `${bus}-outcomes` }));
    const about = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] });
    const { Attributes } = await sqs.send(about);
    const EventPattern = JSON.stringify({ source: ['amikeep'], 'detail-type': ['Run Finished'] });
    await events.send(new PutRuleCommand({ Name: RULE, EventBusName: bus, EventPattern }));
    const Targets = [{ Id: 'queue', Arn: Attributes?.QueueArn }];
    await events.send(new PutTargetsCommand({ Rule: RULE, EventBusName: bus, Targets }));
    return new Outcomes(account, bus, QueueUrl);
  }

  /**
   * Waits until so many runs that match have finished since this was asked last.
   *
   * @param what they are, for the error
   */
  async finished(what: string, count: number, matches: (run: RunFinished) => boolean): Promise<RunFinished[]> {
    const found = await until(what, async () => {
      this.#finished.push(...(await this.#receive()));
      const matching = this.#finished.filter(matches);
      return matching.length >= count ? matching : undefined;
    });
    this.#finished = this.#finished.filter((run) => !found.includes(run));
    return found;
  }

  /** Leaves nothing of it behind. */
  async close(): Promise<void> {
    const { events, sqs } = this.#account;
    await events.send(new RemoveTargetsCommand({ Rule: RULE, EventBusName: this.#bus, Ids: ['queue'] }));
    await events.send(new DeleteRuleCommand({ Name: RULE, EventBusName: this.#bus }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl: this.#queue }));
  }

  async #receive(): Promise<RunFinished[]> {
    const { sqs } = this.#account;
    const QueueUrl = this.#queue;
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return [];
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    return Messages.map(({ Body = '' }) => runFinished.parse(JSON.parse(Body)).detail);
  }
}
