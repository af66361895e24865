import type { SandboxClock } from '../contract.ts';
import { digest } from '../ec2/plane/digest.ts';

export type KeySpec = 'SYMMETRIC_DEFAULT' | 'ECC_NIST_EDWARDS25519';

/** A key that a call has made or changed. Plain data. */
export interface KeyEntry {
  readonly arn: string;
  readonly spec: KeySpec;
  readonly description: string;
  /** Milliseconds since the Unix epoch; absent for a key that a setting has brought. */
  readonly createdAt?: number;
  readonly enabled: boolean;
  /** Milliseconds since the Unix epoch at which the key goes; absent unless that is scheduled. */
  readonly deletedAt?: number;
}

const format = 'kms/1';

interface KmsDump {
  readonly format: typeof format;
  readonly issued: number;
  readonly keys: readonly KeyEntry[];
  /** The ARN of the key by the ARN of the alias. */
  readonly aliases: readonly (readonly [string, string])[];
}

/** The keys and aliases that calls have made, of all accounts and regions. */
export class KeyState {
  readonly clock: SandboxClock;
  readonly #seed: number;
  readonly #keys = new Map<string, KeyEntry>();
  readonly #aliases = new Map<string, string>();
  #issued = 0;

  constructor(clock: SandboxClock, seed: number) {
    this.clock = clock;
    this.#seed = seed;
  }

  /** Also a key that is gone: nothing else may take its place. */
  key(arn: string): KeyEntry | undefined {
    return this.#keys.get(arn);
  }

  isGone({ deletedAt }: KeyEntry): boolean {
    return deletedAt !== undefined && deletedAt <= this.clock.now();
  }

  /** The ARN of the key that an alias stands for. An alias goes with its key. */
  target(aliasArn: string): string | undefined {
    const arn = this.#aliases.get(aliasArn);
    const entry = arn === undefined ? undefined : this.#keys.get(arn);
    return entry !== undefined && this.isGone(entry) ? undefined : arn;
  }

  put(entry: KeyEntry): void {
    this.#keys.set(entry.arn, entry);
  }

  name(aliasArn: string, keyArn: string): void {
    this.#aliases.set(aliasArn, keyArn);
  }

  /** A UUID that follows from the seed and from how many there were before. */
  newKeyId(): string {
    this.#issued += 1;
    const hex = digest(`${this.#seed} key ${this.#issued}`);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  }

  clear(): void {
    this.#keys.clear();
    this.#aliases.clear();
    this.#issued = 0;
  }

  /** Plain JSON. */
  dump(): unknown {
    return {
      format,
      issued: this.#issued,
      keys: [...this.#keys.values()],
      aliases: [...this.#aliases],
    } satisfies KmsDump;
  }

  /** @throws TypeError for anything but what `dump` gave. */
  load(state: unknown): void {
    if (!isDump(state)) throw new TypeError(`the state of KMS must be of the format '${format}'`);
    this.clear();
    this.#issued = state.issued;
    for (const entry of structuredClone(state.keys)) this.put(entry);
    for (const [alias, key] of state.aliases) this.name(alias, key);
  }
}

function isDump(state: unknown): state is KmsDump {
  return typeof state === 'object' && state !== null && 'format' in state && state.format === format;
}
