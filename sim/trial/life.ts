import type { Clients, Credentials } from '../../lib/aws/calls/clients.ts';
import type { AccountId } from '../../lib/model/ids.ts';
import { DAY, formatInstant, HOUR, MINUTE, SECOND } from '../../lib/model/time.ts';
import { SWEPT_EVERY } from '../../lib/planning/drill/lease.ts';
import { slotScheduleOf } from '../../lib/policy/schedule.ts';
import type { Action } from '../../lib/run/event.ts';
import type { VirtualClock } from '../../sandbox/clock.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Sweeps } from '../schedule.ts';
import { act } from './acts.ts';
import { type AffairName, beginAffairs } from './affairs.ts';
import type { Chance } from './chance.ts';
import type { Company } from './company.ts';
import { aCrowd, CROWDED_FOR, crowded, hurry, SHARE_OF_CROWDS, sizeOfCrowd, THINNED_AFTER, thinned } from './crowd.ts';
import { Drills, QUIET_SWEEPS } from './drills.ts';
import { FAULTS } from './faults.ts';
import { aFleet, aServer } from './fleet.ts';
import type { Journal } from './journal.ts';
import { type MemberAccount, someMembers, troubleMembers, withMembers } from './members.ts';
import { checkDrilled } from './observer/drilled.ts';
import type { Observer } from './observer/observer.ts';
import { checkSettled } from './observer/settled.ts';
import type { Runs } from './runs.ts';
import { Site, type Spoiling } from './site.ts';
import { attack } from './tagger.ts';
import { aVaultsCopy, fileOfVault, troubleVault, VAULT, volumeKeyOf, withVault } from './vaults.ts';
import { fairWeather, type Weather } from './weather.ts';
import { drillingOwnImages } from './written-drills.ts';
import {
  type ChangedFile,
  changePolicies,
  keepingRegions,
  type WrittenCopy,
  type WrittenFile,
  writePolicies,
} from './written-policies.ts';

export interface LifePorts {
  readonly options: {
    readonly seed: number;
    readonly faults: readonly string[];
    readonly spoiling?: Spoiling;
  };
  readonly account: AccountId;
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  readonly journal: Journal;
  readonly observer: Observer;
  readonly weather: Weather;
  readonly runs: Runs;
  readonly clients: Clients;
  /** Those of people of an account, and those that act by a role that was assumed. */
  readonly clientsOf: (account: string) => Clients;
  readonly clientsWith: (credentials: Credentials) => Clients;
  readonly company: Company;
  /** The people who own another account. */
  readonly companyOf: (account: string) => Company;
  /** The chance of one part of the trial. */
  readonly chance: (part: string) => Chance;
}

/** The deployment that faults strike, and the one beside it. */
export const OURS = 'ours';
export const THEIRS = 'theirs';

/** In how many trials there are two deployments. */
const SHARE_WITH_NEIGHBOUR = 0.15;
const MOST_WITH_NEIGHBOUR = 100;

/** How many of all faults strike in a trial; where only some may, those do. */
const SHARE_OF_FAULTS = 0.3;

/**
 * How long nothing strikes at the end. Of sweeps a day apart, the first marks what is to go, the second, a day later, lets
 * it go, and the third takes what is left behind; one more is for what the last fault cost.
 */
const CALM = 4 * DAY;
/** What people ask plans of. */
const PLANNED = ['snapshot', 'copy', 'retire'] as const;

/**
 * Vaults, members and drills come with sweeps every few hours or minutes, and what they do shows in days. In the time that one
 * such trial of sixty days takes, three of these are tried.
 */
const BUSY_FOR = 28 * DAY;

/** After the last schedule: time for all that is being made to be made. */
const REST = 12 * HOUR;
/** What goes into a vault is shared by one sweep, copied by another and taken back by a third. */
const SWEEPS_INTO_VAULT = 3;
/** Between one slot and the check that its image is there. */
const SLOT_REST = 6 * HOUR;

/** The days of a fleet, with everything that befalls it. */
export class Life {
  readonly #ports: LifePorts;
  readonly #sites: Site[] = [];
  readonly #events: Chance;
  readonly #drills: Drills;
  #affairs: readonly AffairName[] = [];
  /** The copies that go into a vault, if there is one. */
  #vaulted: WrittenCopy | undefined;
  #members: readonly MemberAccount[] = [];

  constructor(ports: LifePorts) {
    this.#ports = ports;
    this.#events = ports.chance('events');
    this.#drills = new Drills(ports);
  }

  /** Whether images are started to see whether they come up. */
  get hasDrills(): boolean {
    return this.#drills.areThere;
  }

  /** What this trial has that others have not. */
  get affairs(): readonly AffairName[] {
    return this.#affairs;
  }

  async live(from: number, to: number): Promise<void> {
    const { account, clock, chance, company, observer } = this.#ports;
    const random = chance('policies');
    const crowd = chance('crowd');
    const isCrowded = crowd.hits(SHARE_OF_CROWDS);
    if (!isCrowded) {
      this.#vaulted = aVaultsCopy(chance('vault'));
      this.#members = someMembers(chance('members'));
    }
    const written = isCrowded
      ? crowded(writePolicies(random, OURS))
      : await this.#drills.furnish(withVault(writePolicies(random, OURS), this.#vaulted));
    const backups = Object.values(written.policies).flatMap(({ select }) => select.tags.Backup ?? []);
    if (this.#vaulted) company.volumeKey = (region) => volumeKeyOf(account, region);
    const fleet = [chance('fleet'), written.regions, backups] as const;
    const servers = isCrowded ? aCrowd(sizeOfCrowd(crowd), ...fleet) : aFleet(...fleet);
    for (const server of servers) {
      await company.launch(server);
      await clock.sleep(1 * SECOND);
    }
    await clock.sleep(from - clock.now());

    const until = Math.min(to, from + this.#lasts(isCrowded));
    this.#open(withMembers(written, this.#members));
    // Another one's sweeps, hours apart, have not copied hundreds by the end.
    const hasNeighbour = random.hits(SHARE_WITH_NEIGHBOUR) && servers.length < MOST_WITH_NEIGHBOUR;
    if (hasNeighbour) {
      const others = writePolicies(chance('other policies'), THEIRS, 1);
      this.#open(this.#drills.areThere ? await this.#drills.furnish(others) : others);
    }
    const calm = Math.max(from, until - CALM);
    if (this.#vaulted) await this.#openVault(calm, until);
    for (const site of this.#sites) site.schedule(until);
    this.#armFaults(from + HOUR, calm);
    if (isCrowded) this.#planThinning(from + THINNED_AFTER, calm, until);
    else this.#planChanges(from, calm, until);
    const quietFrom = this.#ports.options.faults.length === 0 ? from : calm;
    observer.drills.expectSweeps({ sweptEvery: SWEPT_EVERY, quietFrom });
    this.#drills.meddle(calm, (change) => this.#redeploy(change, until));
    this.#affairs = [...(this.#vaulted ? (['vaults'] as const) : []), ...this.#beginAffairs(calm)];
    const regions = written.regions;
    void this.#people(calm, { company, regions, part: 'people' });
    void this.#tagger(calm, { company, account, part: 'tagger' });
    if (this.#members.length > 0) await this.#beginMembers(calm, backups);
    void this.#askForPlans(calm);

    while (clock.now() < until && observer.violations.length === 0 && this.#ports.runs.defect === undefined) {
      await clock.sleep(Math.min(DAY, until - clock.now()));
    }
    if (observer.violations.length === 0 && this.#ports.runs.defect === undefined) await this.#settle(calm, until);
  }

  /** How long this trial may last, in milliseconds. */
  #lasts(isCrowded: boolean): number {
    if (isCrowded) return CROWDED_FOR;
    const isBusy = this.#vaulted !== undefined || this.#members.length > 0 || this.#drills.areThere;
    return isBusy ? BUSY_FOR : Number.POSITIVE_INFINITY;
  }

  /** The vault's own deployment, in its own account. */
  async #openVault(calm: number, until: number): Promise<void> {
    const { sandbox, account, chance, clock, journal } = this.#ports;
    const vault = this.#open(await fileOfVault(sandbox, account, OURS), VAULT);
    const tell = (text: string) => journal.add(clock.now(), [], () => text);
    void troubleVault({ ...this.#ports, chance: chance('trouble of the vault'), until: calm, tell }, vault, until);
  }

  #open(written: WrittenFile, account = this.#ports.account): Site {
    const { clock, clientsOf, clientsWith, clients, chance, options, sandbox, journal } = this.#ports;
    const isHome = account === this.#ports.account;
    const name = isHome ? written.deployment : `${written.deployment} in ${account}`;
    const random = chance(`jitter of ${name}`);
    const site = new Site({
      name: written.deployment,
      written,
      sweeps: sweepsOf(chance(`sweeps of ${name}`), this.#vaulted ? [6, 8] : COPY_SWEEPS),
      clock,
      account,
      clients: isHome ? clients : clientsOf(account),
      clientsWith,
      random: () => random.next(),
      spoiling: written.deployment === OURS ? (options.spoiling ?? {}) : {},
      onFiring: (_at, action, payload) => this.#deliver(site, action, payload),
    });
    this.#sites.push(site);
    this.#drills.sweep(site, (payload) => this.#deliver(site, 'drill', payload));
    journal.stand(clock.now(), { topic: name, isOver: false }, () => {
      return `${name} is deployed: ${JSON.stringify(written)}`;
    });
    sandbox.onEvent((event) => {
      const action = site.routeOf(event);
      if (action !== undefined) this.#deliver(site, action, event);
    });
    return site;
  }

  /** Lets an event come, as late and as often as the weather will have it, or not at all. */
  #deliver(site: Site, action: Action, payload: unknown): void {
    const { clock, weather, runs, journal } = this.#ports;
    const random = this.#events;
    if (random.hits(weather.eventLost)) {
      journal.add(clock.now(), [action], () => `lost: ${JSON.stringify(payload)}`);
      return;
    }
    for (let count = random.hits(weather.eventDoubled) ? 2 : 1; count > 0; count--) {
      const delay = weather.eventDelay > 0 ? random.below(weather.eventDelay) : 0;
      if (delay === 0) runs.start(site, action, payload);
      else clock.at(clock.now() + delay, () => runs.start(site, action, payload));
    }
  }

  #armFaults(from: number, until: number): void {
    const { sandbox, weather, clock, journal, options, chance } = this.#ports;
    const random = chance('faults');
    const regions = this.#sites[0]?.written.regions ?? [];
    for (const fault of FAULTS) {
      const isDrawn = random.hits(SHARE_OF_FAULTS) || options.faults.length < FAULTS.length;
      if (!isDrawn || !options.faults.includes(fault.name) || until <= from) continue;
      fault.arm({
        sandbox,
        weather,
        from,
        until,
        caller: OURS,
        regions,
        copyRegions: this.#copyRegions(),
        chance: chance(`fault ${fault.name}`),
        at: (moment, { topic, text, isOver = false }, happen) => {
          clock.at(moment, () => {
            journal.stand(clock.now(), { topic, isOver }, () => text);
            happen();
          });
        },
      });
    }
  }

  #copyRegions(): string[] {
    const policies = this.#sites.flatMap(({ written }) => Object.values(written.policies));
    return [...new Set(policies.flatMap(({ copies }) => copies.map(({ region }) => region)))];
  }

  /** Policies change a few times. */
  #planChanges(from: number, calm: number, until: number): void {
    const { clock, chance } = this.#ports;
    const random = chance('changes');
    for (let count = random.below(4); count > 0; count--) {
      const at = from + random.below(Math.max(1, calm - from));
      clock.at(at, () => {
        this.#redeploy((file) => changePolicies(random, file), until);
      });
    }
  }

  #planThinning(at: number, calm: number, until: number): void {
    const { clock, chance, journal, options, weather } = this.#ports;
    clock.at(at, () => this.#redeploy(thinned, until));
    const random = chance('hurry');
    if (!options.faults.includes('short-time') || random.hits(0.5) || calm <= at) return;
    const change = hurry(random);
    const turn = (isOver: boolean) => ({ topic: 'hurry', isOver });
    clock.at(at, () => {
      Object.assign(weather, change);
      journal.stand(at, turn(false), () => `functions are short of time: ${JSON.stringify(change)}`);
    });
    clock.at(calm, () => {
      Object.assign(weather, fairWeather());
      journal.stand(calm, turn(true), () => 'functions have time again');
    });
  }

  #redeploy(change: (file: WrittenFile) => ChangedFile, until: number): void {
    const [site] = this.#sites;
    if (!site) return;
    const { file, text } = change(site.written);
    site.redeploy(keepingRegions(drillingOwnImages(withVault(file, this.#vaulted)), site.written));
    site.schedule(until);
    const { written } = site;
    this.#ports.journal.stand(this.#ports.clock.now(), { topic: site.name, isOver: false }, () => {
      return `${site.name} is deployed anew: ${text}: ${JSON.stringify(written)}`;
    });
  }

  #beginAffairs(until: number): AffairName[] {
    const [site] = this.#sites;
    return site ? beginAffairs({ ...this.#ports, site, until }, this.#ports.chance) : [];
  }

  /** Servers of other accounts, with people and a tagger of their own. */
  async #beginMembers(until: number, backups: readonly string[]): Promise<void> {
    const { chance, clock, companyOf, journal } = this.#ports;
    this.#affairs = [...this.#affairs, 'members'];
    for (const { id, region } of this.#members) {
      const company = companyOf(id);
      if (this.#vaulted) company.volumeKey = (place) => volumeKeyOf(id, place);
      const random = chance(`servers of ${id}`);
      for (let left = random.from(1, 2); left > 0; left--) await company.launch(aServer(random, [region], backups));
      void this.#people(until, { company, regions: [region], part: `people of ${id}` });
      void this.#tagger(until, { company, account: id, part: `tagger of ${id}` });
    }
    const tell = (text: string) => journal.add(clock.now(), [], () => text);
    void troubleMembers({ ...this.#ports, chance: chance('trouble of members'), until, tell });
  }

  async #people(
    until: number,
    {
      company,
      regions,
      part,
    }: { readonly company: Company; readonly regions: readonly string[]; readonly part: string },
  ): Promise<void> {
    const { clock, chance, journal } = this.#ports;
    const random = chance(part);
    const pace = random.pick([16 * HOUR, 36 * HOUR, 4 * DAY]);
    const [site] = this.#sites;
    for (;;) {
      const pause = random.pause(pace);
      if (clock.now() + pause >= until) return;
      await clock.sleep(pause);
      const backups = Object.values(site?.written.policies ?? {}).flatMap(({ select }) => select.tags.Backup ?? []);
      const ports = { company, chance: random, regions, backups, copyRegions: this.#copyRegions() };
      const at = clock.now();
      const text = await act(ports).catch((error: unknown) => `people were refused: ${String(error)}`);
      if (text !== undefined) await journal.add(at, text.match(/\b(?:i|ami|lt)-[0-9a-f]{17}/g) ?? [], () => text);
    }
  }

  /** Somebody in every company may write tags and nothing else, and means harm: some nights more, some less. */
  async #tagger(
    until: number,
    { company, account, part }: { readonly company: Company; readonly account: string; readonly part: string },
  ): Promise<void> {
    const { clock, chance, sandbox, journal } = this.#ports;
    const random = chance(part);
    const pace = random.pick([12 * HOUR, DAY, 2 * DAY]);
    for (;;) {
      const pause = random.pause(pace);
      if (clock.now() + pause >= until) return;
      await clock.sleep(pause);
      const now = clock.now();
      const ports = { company, sandbox, account, neighbour: company.neighbour, chance: random, now };
      const text = await attack(ports).catch((error: unknown) => `a tagger was refused: ${String(error)}`);
      if (text !== undefined) journal.add(now, text.match(/\b(?:snap|ami)-[0-9a-f]{17}/g) ?? [], () => text);
    }
  }

  /** People ask what would be done, now and then. */
  async #askForPlans(until: number): Promise<void> {
    const { clock, chance, runs, account } = this.#ports;
    const random = chance('plans');
    for (;;) {
      const pause = random.pause(8 * DAY);
      const [site] = this.#sites;
      if (!site || clock.now() + pause >= until) return;
      await clock.sleep(pause);
      const action = random.pick(this.#drills.areThere ? [...PLANNED, 'drill' as const] : PLANNED);
      const policy = random.pick(site.promised.policies).name;
      const slot = formatInstant(Math.floor(clock.now() / MINUTE) * MINUTE);
      for (const region of site.regionsOf(action)) {
        const target = { account, region };
        runs.start(site, action, { action, mode: 'plan', target, ...(action === 'snapshot' && { policy, slot }) });
      }
    }
  }

  /** Lets what is under way end, sweeps twice, and sees whether all has come about and a third time changes nothing. */
  async #settle(calm: number, until: number): Promise<void> {
    const { clock, observer, runs } = this.#ports;
    await runs.idle();
    let sweptAt = clock.now();
    for (let round = 0; round < 2; round++) {
      await clock.sleep(REST);
      sweptAt = clock.now();
      await this.#sweepAll();
    }
    for (let left = this.#vaulted ? SWEEPS_INTO_VAULT : 0; left > 0; left--) {
      await clock.sleep(HOUR);
      await this.#sweepAll(['copy']);
    }
    await clock.sleep(HOUR);
    for (const site of this.#sites) {
      const slots = site.promised.policies.flatMap(({ name, schedule }) =>
        slotScheduleOf(schedule)
          .between(calm + DAY, until - SLOT_REST)
          .map((slot) => ({ policy: name, slot, until: slot })),
      );
      checkSettled({ promised: site.promised, accounts: site.accounts, slots, sweptAt }, observer.scene);
      checkDrilled(site.promised, observer.drills, observer.scene);
    }
    await observer.still(() => this.#sweepAll());
  }

  async #sweepAll(only: readonly Action[] = ['snapshot', 'copy', 'retire']): Promise<void> {
    const { runs, clock } = this.#ports;
    const payloads = [
      ['snapshot', { action: 'snapshot', slot: 'current' }],
      ['copy', { action: 'copy' }],
      ['retire', { action: 'retire' }],
    ] as const;
    for (const site of this.#sites) {
      for (const [action, payload] of payloads) {
        if (!only.includes(action)) continue;
        runs.start(site, action, payload);
        await clock.sleep(1);
        await runs.idle();
      }
    }
  }
}

/** How many hours apart copies are swept; into a vault each takes three sweeps, of which the second may not come a day late. */
const COPY_SWEEPS = [12, 24, 24, 24];

/** Some hours to a day apart: the fewer the sweeps, the more depends on each. */
function sweepsOf(chance: Chance, copySweeps: readonly number[]): Sweeps {
  const sweep = (hours: readonly number[]) => ({
    every: chance.pick(hours) * HOUR,
    after: chance.below(24 * 60) * 60_000,
  });
  return {
    snapshot: sweep([12, 24, 24, 24]),
    copy: sweep(copySweeps),
    retire: sweep([12, 24, 24]),
    drill: sweep([6, 12]),
    looks: { every: QUIET_SWEEPS, after: 0 },
  };
}
