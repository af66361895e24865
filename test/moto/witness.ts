import { AutoScalingClient, AutoScalingServiceException } from '@aws-sdk/client-auto-scaling';
import { EC2Client, EC2ServiceException } from '@aws-sdk/client-ec2';
import { SSMClient, SSMServiceException } from '@aws-sdk/client-ssm';
import { STSClient, STSServiceException } from '@aws-sdk/client-sts';
import { ACCOUNT, clientOf, type Emulator, OTHER_ACCOUNT } from './emulators.ts';
import { type Comparable, normalise } from './normalise.ts';

/** What a step came to, without what differs from run to run. */
export type Outcome =
  | { readonly kind: 'success'; readonly output: Comparable }
  /** @property code with the HTTP status: `InvalidAMIID.NotFound 400` */
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/** What is done to both emulators alike. */
export type Scenario = (witness: Witness) => Promise<void>;

/** Goes through a scenario on one emulator and notes what every step of it came to. */
export class Witness {
  readonly #emulator: Emulator;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #names = new Map<string, string>();
  readonly #clients: { destroy(): void }[] = [];

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** By the sentence of the step. */
  get outcomes(): ReadonlyMap<string, Outcome> {
    return this.#outcomes;
  }

  /** A client of EC2 in the home region, or in another. */
  async ec2(region?: string): Promise<EC2Client> {
    return this.#keep(clientOf(EC2Client, this.#emulator, await this.#emulator.credentialsOf(ACCOUNT), region));
  }

  async ec2OfOtherAccount(): Promise<EC2Client> {
    return this.#keep(clientOf(EC2Client, this.#emulator, await this.#emulator.credentialsOf(OTHER_ACCOUNT)));
  }

  async autoScaling(): Promise<AutoScalingClient> {
    return this.#keep(clientOf(AutoScalingClient, this.#emulator, await this.#emulator.credentialsOf(ACCOUNT)));
  }

  async ssm(): Promise<SSMClient> {
    return this.#keep(clientOf(SSMClient, this.#emulator, await this.#emulator.credentialsOf(ACCOUNT)));
  }

  async sts(account = ACCOUNT): Promise<STSClient> {
    return this.#keep(clientOf(STSClient, this.#emulator, await this.#emulator.credentialsOf(account)));
  }

  /** Notes what a call comes to. @returns its output, or nothing where it ended with an error */
  async step<Output extends object>(sentence: string, call: Promise<Output>): Promise<Output | undefined> {
    if (this.#outcomes.has(sentence)) throw new Error(`there are two steps "${sentence}"`);
    try {
      const output = await call;
      this.#outcomes.set(sentence, { kind: 'success', output: normalise(output, this.#names) });
      return output;
    } catch (error) {
      this.#outcomes.set(sentence, this.#errorOf(error));
      return undefined;
    }
  }

  /**
   * Gives an id a name, which stands in its place in all steps from now on.
   *
   * @throws Error where there is no id, so that the scenario can't go on
   */
  name(name: string, id: string | undefined): string {
    if (id === undefined) throw new Error(`${this.#emulator.name} gives no id for ${name}`);
    this.#names.set(id, name);
    return id;
  }

  /** Lets everything that is under way come to its end. */
  settle(): Promise<void> {
    return this.#emulator.settle();
  }

  close(): void {
    for (const client of this.#clients) client.destroy();
  }

  #errorOf(error: unknown): Outcome {
    if (isServiceError(error)) {
      const message = String(normalise(error.message, this.#names));
      return { kind: 'error', code: `${error.name} ${error.$metadata.httpStatusCode}`, message };
    }
    // A web page in the place of an answer, which is how moto tells of its own exceptions, can't be parsed.
    if (error instanceof Error && '$response' in error) return { kind: 'error', code: 'a crash', message: '' };
    throw error;
  }

  #keep<Client extends { destroy(): void }>(client: Client): Client {
    this.#clients.push(client);
    return client;
  }
}

/** An error that a service answered with, and no failure of getting or reading an answer. */
function isServiceError(error: unknown) {
  return (
    error instanceof EC2ServiceException ||
    error instanceof STSServiceException ||
    error instanceof AutoScalingServiceException ||
    error instanceof SSMServiceException
  );
}
