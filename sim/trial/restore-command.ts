import { IAMClient } from '@aws-sdk/client-iam';
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import { oneEach } from '../../cli/one-each.ts';
import { hasFailed, restore } from '../../cli/restore/restore.ts';
import { Caller } from '../../lib/aws/calls/caller.ts';
import { Pace } from '../../lib/aws/calls/pace.ts';
import { createRestoreReads } from '../../lib/aws/restore/reads.ts';
import { createRestoreWrites } from '../../lib/aws/restore/writes.ts';
import { region as toRegion } from '../../lib/model/ids.ts';
import type { Restorable } from '../../lib/planning/restore/request.ts';
import type { Mode, RunEvent } from '../../lib/run/event.ts';
import { InputError } from '../../lib/run/input-error.ts';
import { type AwsClient, connectInProcess } from '../../sandbox/in-process.ts';
import type { AffairPorts } from './affair.ts';

/** What a person asks to have back, as far as people in trials ask for it. */
export interface RestoreWish {
  /** What is written on the command line: an instance or an image. */
  readonly word: string;
  /** The instance that it is of. */
  readonly of: string;
  readonly what: Restorable;
  readonly region?: string;
  readonly takeOver: boolean;
}

/** Of a retire run, as it goes where images are. */
const LISTING: RunEvent = { action: 'retire', mode: 'plan', continuation: 0 };

/** `amikeep restore` by a person's rights, each of whose calls takes its chances as those of runs do. */
export class RestoreCommand {
  readonly #ports: AffairPorts;
  readonly #quotas: ReturnType<typeof oneEach<ServiceQuotasClient>>;
  readonly #iam: ReturnType<typeof oneEach<IAMClient>>;
  readonly #asked = new Map<RestoreWish, string>();

  constructor(ports: AffairPorts) {
    this.#ports = ports;
    const credentials = { accessKeyId: ports.account, secretAccessKey: 'sandbox' };
    const settings = (region: string) => ({ region, credentials, maxAttempts: 1 });
    this.#quotas = oneEach((region) => this.#connected(new ServiceQuotasClient(settings(region))));
    this.#iam = oneEach((region) => this.#connected(new IAMClient(settings(region))));
  }

  /** @returns what it came to, in words */
  async run(wish: RestoreWish, mode: Mode): Promise<string> {
    const { runs, site, observer } = this.#ports;
    const asked = this.#asked.get(wish) ?? `restore ${this.#asked.size + 1}`;
    this.#asked.set(wish, asked);
    let came = '';
    const end = await runs.inPerson(site, { action: 'restore', mode, restore: { ...wish, asked } }, async (caller) => {
      try {
        const answered = await this.#restore(wish, mode);
        observer.planned(caller, answered.plan);
        const { made, found, problem, plan } = answered;
        came =
          problem ??
          (found ? `found ${found.join(', ')}` : `${plan.verdict}, ${JSON.stringify(made ?? 'nothing made')}`);
        return { kind: 'ended', failed: hasFailed(answered) };
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        came = error.problems.join('; ');
        return { kind: 'ended', failed: true };
      }
    });
    if (end.kind === 'died') return end.how;
    return end.failed ? `failed: ${came}` : 'well';
  }

  close(): void {
    this.#quotas.close();
    this.#iam.close();
  }

  #restore({ word, what, region, takeOver }: RestoreWish, mode: Mode) {
    const { site, account, clock, clients, chance } = this.#ports;
    const instance = site.take();
    const { file } = instance;
    const caller = new Caller(
      { clients, pace: new Pace(clock, 1), clock, random: () => chance.next() },
      Number.POSITIVE_INFINITY,
      'ec2',
    );
    const reads = createRestoreReads(caller, { quotas: this.#quotas.of, iam: this.#iam.of });
    const writes = createRestoreWrites(caller, (ms) => clock.sleep(ms));
    const wanted = region === undefined ? {} : { region: toRegion(region) };
    const request = {
      deployment: file.deployment,
      wanted,
      what,
      flags: { keepAddress: false, isPublic: false },
      takeOver,
    };
    return restore(
      { event: LISTING, word, request: { ...request, another: false }, mode },
      {
        file,
        clock,
        connection: { account, aws: (event, stopAt) => site.aws(instance, event, stopAt) },
        onStart: () => {},
      },
      { file, clock, ...site.restoring({ reads, writes }) },
    );
  }

  #connected<Client extends AwsClient>(client: Client): Client {
    const { runs, account } = this.#ports;
    connectInProcess(runs.answering, client, { account });
    return client;
  }
}
