import type { AccessKey, SandboxClock } from '../contract.ts';
import { SeededRandom } from '../seeded.ts';

/** A role that somebody has assumed, until it ends. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly role: string;
  readonly name: string;
  readonly account: string;
  readonly endsAt: number;
}

/** What a service makes of a key before it looks at the call. */
export type Verdict = 'valid' | 'invalid' | 'expired';

/** Capitals and digits, as in ids of IAM. */
const DIGITS = 36;
/** `ASIA` and the account's twelve digits leave so many of the twenty characters of an access key. */
const KEY_SUFFIX = 4;

/** The temporary keys that the sandbox has given out. A key that it does not know is as good as any other. */
export class Sessions {
  readonly #clock: SandboxClock;
  readonly #seed: number;
  readonly #byKey = new Map<string, Session>();
  #random: SeededRandom;

  constructor(clock: SandboxClock, seed: number) {
    this.#clock = clock;
    this.#seed = seed;
    this.#random = new SeededRandom(seed);
  }

  open({ account, role, name, endsAt }: Pick<Session, 'account' | 'role' | 'name' | 'endsAt'>): Session {
    // Counted, so that no two are alike.
    const suffix = this.#byKey.size.toString(DIGITS).toUpperCase().padStart(KEY_SUFFIX, '0');
    const session: Session = {
      accessKeyId: `ASIA${account}${suffix}`,
      secretAccessKey: this.#random.uuid(),
      sessionToken: this.#random.uuid(),
      ...{ account, role, name, endsAt },
    };
    this.#byKey.set(session.accessKeyId, session);
    return session;
  }

  find(accessKeyId: string): Session | undefined {
    return this.#byKey.get(accessKeyId);
  }

  judge({ accessKeyId, sessionToken }: AccessKey): Verdict {
    const session = this.#byKey.get(accessKeyId);
    if (session === undefined) return 'valid';
    if (session.sessionToken !== sessionToken) return 'invalid';
    return this.#clock.now() < session.endsAt ? 'valid' : 'expired';
  }

  reset(): void {
    this.#byKey.clear();
    this.#random = new SeededRandom(this.#seed);
  }
}
