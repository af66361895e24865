import type { Clients, Credentials } from '../../lib/aws/calls/clients.ts';
import { SealKey } from '../../lib/aws/calls/seal-key.ts';
import { type AccountId, type Region, region } from '../../lib/model/ids.ts';
import { completeReading } from '../../lib/model/reading.ts';
import type { Random } from '../../lib/model/time.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { slotScheduleOf } from '../../lib/policy/schedule.ts';
import type { Action, RunEvent } from '../../lib/run/event.ts';
import { regionsWithImages, type TargetedEvent } from '../../lib/run/expand.ts';
import type { Aws, Publisher } from '../../lib/run/ports.ts';
import type { RestoreReads, RestoreWrites } from '../../lib/run/restore/ports.ts';
import type { VirtualClock } from '../../sandbox/clock.ts';
import type { SandboxEvent } from '../../sandbox/contract.ts';
import { install, routeOf } from '../deployment.ts';
import { firingsBetween, type Sweeps } from '../schedule.ts';
import type { SlotWindow } from './observer/promised.ts';
import { parseWritten, type WrittenFile } from './written-policies.ts';

/** Where the stacks are, whatever regions their policies name. */
export const STACK_IN = region('eu-central-1');

/** How a deployment is spoilt, to see whether anybody notices. */
export interface Spoiling {
  /** The policies that it goes by, instead of those that were written. */
  readonly file?: (file: PolicyFile) => PolicyFile;
  /** What it has of AWS. */
  readonly aws?: (aws: Aws, file: PolicyFile, clock: VirtualClock) => Aws;
  /** What it puts events on its bus by. */
  readonly publisher?: (publisher: Publisher) => Publisher;
  /** What a restore asks and does. */
  readonly restoring?: (parts: Restoring) => Restoring;
  /** Whether it believes each seal that has the form of one. */
  readonly isCredulous?: boolean;
  /** The event that it takes another for. */
  readonly event?: (event: RunEvent) => RunEvent;
}

/** What a restore asks and does of AWS. */
interface Restoring {
  readonly reads: RestoreReads;
  readonly writes: RestoreWrites;
}

type Ports = ReturnType<typeof install>;

export interface SiteOptions {
  readonly name: string;
  readonly written: WrittenFile;
  readonly sweeps: Sweeps;
  readonly clock: VirtualClock;
  readonly account: AccountId;
  readonly clients: Clients;
  /** Those that act by a role that was assumed. */
  readonly clientsWith: (credentials: Credentials) => Clients;
  readonly random: Random;
  readonly spoiling: Spoiling;
  /** Told of each thing that a schedule sends. */
  readonly onFiring: (at: number, action: Action, payload: unknown) => void;
}

/** A deployment whose policies change in the course of time. */
export class Site {
  readonly name: string;
  /** The account that its functions are in. */
  readonly account: AccountId;
  readonly #options: SiteOptions;
  #written: WrittenFile;
  #promised: PolicyFile;
  #ports: Ports;
  #cancel: (() => void)[] = [];
  #idle: Ports[] = [];

  constructor(options: SiteOptions) {
    this.name = options.name;
    this.account = options.account;
    this.#options = options;
    this.#written = options.written;
    this.#promised = parseWritten(options.written);
    this.#ports = this.#install();
  }

  get written(): WrittenFile {
    return this.#written;
  }

  /** What the policies promise, whatever the deployment makes of them. */
  get promised(): PolicyFile {
    return this.#promised;
  }

  /** What a run has of AWS by an instance of its function, or a person who acts in the deployment's name. */
  aws({ aws }: Ports, event: TargetedEvent, stopAt: number): Aws {
    return aws({ account: this.account, region: event.target.region }, event, stopAt);
  }

  /**
   * An instance of a function, which one run at a time has: it remembers the roles that it took on. One whose run dies is
   * nobody's any more, and with it what it was just asking for. Where there are no other accounts, all may have the same.
   */
  take(): Ports {
    if (this.#promised.accounts.length === 0) return this.#ports;
    return this.#idle.pop() ?? this.#install();
  }

  /** Gives an instance back whose run has ended; of an older deployment there are none any more. */
  giveBack(instance: Ports): void {
    if (instance !== this.#ports && instance.file === this.#ports.file) this.#idle.push(instance);
  }

  get ports(): Ports {
    return this.#ports;
  }

  /** Takes other policies from now on; runs under way go on under theirs. */
  redeploy(written: WrittenFile): void {
    this.#written = written;
    this.#promised = parseWritten(written);
    this.#idle = [];
    this.#ports = this.#install();
  }

  /** Lets the schedules of the present policies fire from now until then, and no others any more. */
  schedule(until: number): void {
    const { clock, sweeps, onFiring } = this.#options;
    for (const cancel of this.#cancel) cancel();
    this.#cancel = firingsBetween(this.#promised, sweeps, clock.now(), until).map(({ at, action, payload }) =>
      clock.at(at, () => onFiring(at, action, payload)),
    );
  }

  /** The function that an event goes to, if any. */
  routeOf(event: SandboxEvent): Action | undefined {
    // The bus is an account's own.
    return event.account === this.account ? routeOf(event, this.#bus) : undefined;
  }

  /** Where an action has work to do. */
  regionsOf(action: Action): readonly Region[] {
    if (action === 'retire') return regionsWithImages(this.#promised);
    if (action === 'drill') return [...new Set(this.#promised.policies.flatMap(({ drill }) => drill?.regions ?? []))];
    const copies = this.#promised.policies.some(({ copies: wanted }) => wanted.length > 0);
    return action === 'copy' && !copies ? [] : this.#promised.regions;
  }

  /** The same of what a person restores by the command. */
  restoring(parts: Restoring): Restoring {
    return this.#options.spoiling.restoring?.(parts) ?? parts;
  }

  /** The accounts that it retires in: its own and its sources, but no vault. */
  get accounts(): readonly string[] {
    return [this.account, ...this.#promised.accounts.flatMap(({ id, vault }) => (vault ? [] : [id]))];
  }

  /** What the deployment makes of an event. */
  asTaken(event: RunEvent): RunEvent {
    return this.#options.spoiling.event?.(event) ?? event;
  }

  /** The time that the slot of an event has, if it names one. */
  windowOf({ policy: name, slot }: RunEvent): SlotWindow | undefined {
    const policy = this.#promised.policies.find((one) => one.name === name);
    if (!policy || typeof slot !== 'number') return undefined;
    return { slot, until: slotScheduleOf(policy.schedule).next(slot) ?? Number.POSITIVE_INFINITY };
  }

  get #bus(): string {
    return `amikeep-${this.name}`;
  }

  #credulousKey(file: PolicyFile): SealKey {
    const key = new SealKey(file, { account: this.#options.account, region: STACK_IN });
    key.check = async (caller) => completeReading('a key that nobody has', caller.now(), () => true);
    return key;
  }

  #install(): Ports {
    const { clock, clients, clientsWith, random, spoiling } = this.#options;
    const file = spoiling.file?.(this.#promised) ?? this.#promised;
    const installed = install({
      file,
      clock,
      random,
      clients,
      clientsWith,
      bus: this.#bus,
      stackIn: STACK_IN,
      ...(spoiling.isCredulous && { sealKey: this.#credulousKey(file) }),
      around: (aws) => spoiling.aws?.(aws, file, clock) ?? aws,
    });
    return { ...installed, publisher: spoiling.publisher?.(installed.publisher) ?? installed.publisher };
  }
}
