import type { SandboxClock } from '../contract.ts';
import type { Ec2Service } from '../ec2/index.ts';
import { digest } from '../ec2/plane/digest.ts';

interface Entity {
  /** Rises in the order of creation. */
  readonly seq: number;
  readonly id: string;
  readonly name: string;
  readonly path: string;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

export interface RoleEntry extends Entity {
  /** As JSON. */
  readonly trust: string;
}

export interface ProfileEntry extends Entity {
  /** The names of its roles: one at most. */
  roles: readonly string[];
}

/** What one account has, which is the same in every region. */
export interface IamAccount {
  readonly account: string;
  /** By name, in the order of creation. */
  readonly roles: Map<string, RoleEntry>;
  readonly profiles: Map<string, ProfileEntry>;
}

export interface IamParts {
  readonly clock: SandboxClock;
  /** What ids follow from. */
  readonly seed: number;
  readonly pageFill: Ec2Service['pageFill'];
}

interface IamDump {
  readonly issued: number;
  readonly accounts: readonly {
    readonly account: string;
    readonly roles: readonly RoleEntry[];
    readonly profiles: readonly ProfileEntry[];
  }[];
}

/** The whole of the service's state. */
export class IamState {
  readonly clock: SandboxClock;
  readonly pageFill: IamParts['pageFill'];
  readonly #seed: number;
  readonly #accounts = new Map<string, IamAccount>();
  #issued = 0;

  constructor({ clock, seed, pageFill }: IamParts) {
    this.clock = clock;
    this.pageFill = pageFill;
    this.#seed = seed;
  }

  of(account: string): IamAccount {
    const known = this.#accounts.get(account);
    if (known) return known;
    const empty = { account, roles: new Map(), profiles: new Map() };
    this.#accounts.set(account, empty);
    return empty;
  }

  /** What every new entity has: `AIPA` or `AROA` and 17 characters that follow from the seed are its id. */
  newEntity(prefix: 'AIPA' | 'AROA', name: string, path: string): Entity {
    this.#issued += 1;
    const id = `${prefix}${digest(`${this.#seed} iam ${this.#issued}`).slice(0, 17).toUpperCase()}`;
    return { seq: this.#issued, id, name, path, createdAt: this.clock.now() };
  }

  clear(): void {
    this.#accounts.clear();
    this.#issued = 0;
  }

  /** Plain JSON. */
  dump(): IamDump {
    const accounts = [...this.#accounts.values()].map(({ account, roles, profiles }) => ({
      account,
      roles: [...roles.values()],
      profiles: [...profiles.values()].map((entry) => ({ ...entry })),
    }));
    return { issued: this.#issued, accounts };
  }

  /** Takes what `dump` gave; nothing, as in a state that was written before there was IAM, leaves nothing. */
  load(state: unknown): void {
    this.clear();
    if (!isDump(state)) return;
    this.#issued = state.issued;
    for (const { account, roles, profiles } of structuredClone(state.accounts)) {
      const own = this.of(account);
      for (const entry of roles) own.roles.set(entry.name, entry);
      for (const entry of profiles) own.profiles.set(entry.name, entry);
    }
  }
}

function isDump(state: unknown): state is IamDump {
  return typeof state === 'object' && state !== null && 'accounts' in state;
}
