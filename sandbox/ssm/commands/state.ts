import type { SandboxClock } from '../../contract.ts';
import type { Ec2Behaviour } from '../../ec2/behaviour/behaviour.ts';
import type { Ec2Service } from '../../ec2/index.ts';
import type { Machine } from '../../ec2/instances/machines.ts';
import { digest } from '../../ec2/plane/digest.ts';

/** How a command goes on one instance, all times in milliseconds since the Unix epoch. Settled when it is sent. */
export interface Invocation {
  readonly instanceId: string;
  /** Absent where it never reaches the instance. */
  readonly beginsAt?: number;
  readonly runMs: number;
  readonly exitStatus: number;
  readonly output: string;
}

export interface CommandEntry {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly document: string;
  readonly sentAt: number;
  /** From when its invocations can be read. */
  readonly visibleAt: number;
  /** When it is given up where it has not begun. */
  readonly expiresAt: number;
  /** For how long the agent lets it run, in milliseconds. */
  readonly executionMs: number;
  readonly invocations: readonly Invocation[];
}

export interface CommandParts {
  readonly clock: SandboxClock;
  /** What the ids of commands follow from. */
  readonly seed: number;
  readonly pageFill: Ec2Service['pageFill'];
  /** The settings of EC2 in a region, which say how commands go. */
  readonly behaviour: (region: string) => Ec2Behaviour;
  /** The instances that may be nodes. */
  readonly machines: (account: string, region: string) => readonly Machine[];
}

interface CommandDump {
  readonly issued: number;
  readonly commands: readonly CommandEntry[];
}

/** The commands that were sent, of all accounts and regions, and what all of its operations share. */
export class CommandState {
  readonly clock: SandboxClock;
  readonly pageFill: CommandParts['pageFill'];
  readonly behaviour: CommandParts['behaviour'];
  readonly machines: CommandParts['machines'];
  readonly #seed: number;
  readonly #commands = new Map<string, CommandEntry>();
  #issued = 0;

  constructor({ clock, seed, pageFill, behaviour, machines }: CommandParts) {
    this.clock = clock;
    this.pageFill = pageFill;
    this.behaviour = behaviour;
    this.machines = machines;
    this.#seed = seed;
  }

  /** A UUID that follows from the seed and from how many there were before. */
  newId(): string {
    this.#issued += 1;
    const hex = digest(`${this.#seed} command ${this.#issued}`);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  }

  add(entry: CommandEntry): void {
    this.#commands.set(entry.id, entry);
  }

  /** Those that this account has sent in this region, as they were sent. */
  in(account: string, region: string): CommandEntry[] {
    return [...this.#commands.values()].filter((entry) => entry.account === account && entry.region === region);
  }

  /** One that this account has sent in this region. */
  find(account: string, region: string, id: string): CommandEntry | undefined {
    const entry = this.#commands.get(id);
    return entry?.account === account && entry.region === region ? entry : undefined;
  }

  /** Those that this account has sent in this region, oldest first. */
  sent(account: string, region: string): readonly CommandEntry[] {
    return [...this.#commands.values()].filter((entry) => entry.account === account && entry.region === region);
  }

  clear(): void {
    this.#commands.clear();
    this.#issued = 0;
  }

  /** Plain JSON. */
  dump(): CommandDump {
    return { issued: this.#issued, commands: [...this.#commands.values()] };
  }

  /** Takes what `dump` gave; nothing, as in a state that was written before there were commands, leaves none. */
  load(state: unknown): void {
    this.clear();
    if (!isDump(state)) return;
    this.#issued = state.issued;
    for (const entry of structuredClone(state.commands)) this.add(entry);
  }
}

function isDump(state: unknown): state is CommandDump {
  return typeof state === 'object' && state !== null && 'commands' in state;
}
