import {
  CreateVolumeCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
} from '@aws-sdk/client-ec2';
import type { Clients } from '../../lib/aws/calls/clients.ts';
import { type AccountId, region as toRegion } from '../../lib/model/ids.ts';
import { DAY, HOUR, MINUTE } from '../../lib/model/time.ts';
import { SWEPT_EVERY } from '../../lib/planning/drill/lease.ts';
import { drillProfile } from '../../lib/planning/drill/profile.ts';
import type { VirtualClock } from '../../sandbox/clock.ts';
import { INSTANCE_STATE_CHANGE, type SandboxEvent } from '../../sandbox/contract.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { furnishProfile } from '../profiles.ts';
import type { Chance } from './chance.ts';
import type { Company } from './company.ts';
import { actOnDrill } from './drill-acts.ts';
import { type DrillingGround, furnishGround, openingsOf } from './drill-networks.ts';
import { attackDrills, byKey, type Tagged } from './drill-tagger.ts';
import type { Journal } from './journal.ts';
import type { Observer } from './observer/observer.ts';
import { textAt } from './observer/texts.ts';
import type { Site } from './site.ts';
import { changeDrills, drillRegionsOf, withDrills } from './written-drills.ts';
import type { ChangedFile, WrittenFile } from './written-policies.ts';

export interface DrillsPorts {
  readonly account: AccountId;
  readonly clock: VirtualClock;
  readonly sandbox: Sandbox;
  readonly journal: Journal;
  readonly observer: Observer;
  readonly clients: Clients;
  readonly company: Company;
  readonly chance: (part: string) => Chance;
}

/** In how many trials images are started to see whether they come up. */
const SHARE_OF_TRIALS = 0.33;
/** In how many of the trials with a second deployment that one has drills as well, if the first has. */
const SHARE_OF_NEIGHBOURS = 0.5;

/** How often drills are looked after where there are none: such a sweep is one call that finds nothing. */
export const QUIET_SWEEPS = 6 * HOUR;

/** How many drills people have a hand in. */
const SHARE_OF_ACTS = 0.2;
/** Under how many drills they change the policy file. */
const SHARE_OF_CHANGES = 0.05;
/** How soon after its launch they come upon one. */
const COME_UPON_WITHIN = 12 * MINUTE;

/** The drills of a trial: the networks that they are in, the sweeps that look after them, and who meddles with them. */
export class Drills {
  readonly #ports: DrillsPorts;
  readonly #networks: DrillingGround[] = [];
  /** By which the functions of each deployment are invoked. */
  readonly #sends: ((payload: object) => void)[] = [];

  /** The tags of drills that somebody has written down, to copy them once these are gone. */
  readonly #seen: Tagged[] = [];

  constructor(ports: DrillsPorts) {
    this.#ports = ports;
  }

  get areThere(): boolean {
    return this.#networks.length > 0;
  }

  /** A policy file that drills, in some trials, with networks made for it; else the same. */
  async furnish(file: WrittenFile): Promise<WrittenFile> {
    const { account, chance, clients, sandbox } = this.#ports;
    const random = chance(`drills of ${file.deployment}`);
    const isFirst = !this.areThere;
    if (!random.hits(isFirst ? SHARE_OF_TRIALS : SHARE_OF_NEIGHBOURS)) return file;
    // What is set apart for another deployment is of no use, whoever names it.
    const isBorrowed = !isFirst && random.hits(0.3);
    const networks: DrillingGround[] = isBorrowed ? [...this.#networks] : [];
    for (const region of isBorrowed ? [] : drillRegionsOf(file)) {
      networks.push(await furnishGround(clients, region, file.deployment));
    }
    await furnishProfile(sandbox, account, drillProfile(file.deployment));
    this.#networks.push(...networks);
    return withDrills(random, file, networks);
  }

  /** Begins to look after the drills of a deployment, each five minutes as long as there are any. */
  sweep(site: Site, send: (payload: object) => void): void {
    const { sandbox, clock, observer } = this.#ports;
    this.#sends.push(send);
    let isAwaited = false;
    const next = () => {
      if (isAwaited || !observer.drills.areThere(site.name)) return;
      isAwaited = true;
      clock.at((Math.floor(clock.now() / SWEPT_EVERY) + 1) * SWEPT_EVERY, () => {
        isAwaited = false;
        if (observer.drills.areThere(site.name)) send({ action: 'drill', sweep: true });
        next();
      });
    };
    sandbox.onEvent((event) => {
      if (event['detail-type'] === INSTANCE_STATE_CHANGE) next();
    });
  }

  /** Lets people and a tagger meddle until then. */
  meddle(until: number, redeploy: (change: (file: WrittenFile) => ChangedFile) => void): void {
    if (!this.areThere) return;
    const random = this.#ports.chance('people and drills');
    this.#ports.sandbox.onEvent((event) => this.#comeUpon(event, random, until));
    const changing = this.#ports.chance('changes of drills');
    const change = () => redeploy((file) => changeDrills(changing, file, this.#networksOf(file.deployment)));
    this.#ports.sandbox.onEvent((event) => this.#changeUnder(event, changing, until, change));
    this.#ports.journal.add(this.#ports.clock.now(), [], () => 'there are drills');
    void this.#openNetworks(until);
    void this.#askForDrills(until);
    void this.#tag(until);
  }

  #comeUpon(event: SandboxEvent, random: Chance, until: number): void {
    const { clock, observer, sandbox } = this.#ports;
    const { account, region } = event;
    const id = textAt(event.detail, 'instance-id');
    const isRunning = event['detail-type'] === INSTANCE_STATE_CHANGE && textAt(event.detail, 'state') === 'running';
    if (!isRunning || observer.drills.find(id) === undefined) return;
    this.#seen.push({ region, id, tags: byKey(sandbox.ec2.inspect.instance(account, region, id)?.Tags) });
    if (!random.hits(SHARE_OF_ACTS)) return;
    const at = clock.now() + random.below(COME_UPON_WITHIN);
    if (at >= until) return;
    clock.at(at, () => {
      const instance = sandbox.ec2.inspect.instance(account, region, id);
      if (instance?.State?.Name !== 'running') return;
      const { company, clients } = this.#ports;
      const later = (after: number, text: string, work: () => Promise<unknown>) => {
        clock.at(clock.now() + after, () => this.#do(async () => await work().then(() => text)));
      };
      this.#do(() => actOnDrill({ company, clients, chance: random, region, id, instance, later }));
    });
  }

  /** People change what a policy says of drills while one is there, and once more some days later. */
  #changeUnder(event: SandboxEvent, random: Chance, until: number, change: () => void): void {
    const { clock, observer } = this.#ports;
    const id = textAt(event.detail, 'instance-id');
    const isRunning = event['detail-type'] === INSTANCE_STATE_CHANGE && textAt(event.detail, 'state') === 'running';
    if (!isRunning || observer.drills.find(id) === undefined || !random.hits(SHARE_OF_CHANGES)) return;
    for (const pause of [random.below(COME_UPON_WITHIN), random.from(1, 4) * DAY]) {
      if (clock.now() + pause < until) clock.at(clock.now() + pause, change);
    }
  }

  /** Does what people do, and tells of it. */
  #do(work: () => Promise<string | undefined>): void {
    const { clock, journal } = this.#ports;
    const at = clock.now();
    void work()
      .catch((error: unknown) => `people were refused: ${String(error)}`)
      .then((text) => {
        if (text !== undefined)
          journal.add(at, text.match(/\b(?:i|ami|vol|subnet|sg|eni)-[0-9a-f]{17}/g) ?? [], () => text);
      });
  }

  /** People open a network for a while now and then. */
  async #openNetworks(until: number): Promise<void> {
    const { clock, chance, clients } = this.#ports;
    const random = chance('open networks');
    for (;;) {
      const pause = random.pause(12 * DAY);
      if (clock.now() + pause >= until) return;
      await clock.sleep(pause);
      const { text, open, close } = random.pick(openingsOf(clients, random.pick(this.#networks)));
      this.#do(async () => await open().then(() => text));
      const closesAt = Math.min(until, clock.now() + random.pick([7 * MINUTE, 2 * HOUR, 30 * HOUR]));
      await clock.sleep(closesAt - clock.now());
      this.#do(async () => await close().then(() => `no more so: ${text}`));
    }
  }

  /** People ask for a drill of an image, due or not, and be it of whatever version. */
  async #askForDrills(until: number): Promise<void> {
    const { clock, chance, company, account } = this.#ports;
    const random = chance('drills by hand');
    for (;;) {
      const pause = random.pause(8 * DAY);
      if (clock.now() + pause >= until) return;
      await clock.sleep(pause);
      const images = company.images().filter(({ image }) => 'amikeep:deployment' in byKey(image.Tags));
      if (images.length === 0) continue;
      const { region, image } = random.pick(images);
      this.#sends[0]?.({ action: 'drill', images: [image.ImageId], target: { account, region } });
    }
  }

  async #tag(until: number): Promise<void> {
    const { clock, chance, company } = this.#ports;
    const random = chance('tagger of drills');
    const deployment = this.#networks[0]?.deployment ?? '';
    for (;;) {
      const pause = random.pause(1.5 * DAY);
      if (clock.now() + pause >= until) return;
      await clock.sleep(pause);
      const ports = { company, chance: random, now: clock.now(), deployment };
      if (random.hits(0.3)) this.#do(() => this.#restoreVolume(random));
      this.#do(async () => await attackDrills({ ...ports, ...(await this.#victims()) }));
    }
  }

  /** People make a volume of a version's snapshot, which hangs on nothing for now. */
  async #restoreVolume(random: Chance): Promise<string | undefined> {
    const { company, clients, clock } = this.#ports;
    const made = company.images().flatMap(({ region, image: { BlockDeviceMappings = [], State } }) => {
      const ids = State === 'available' ? BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []) : [];
      return ids.map((id) => ({ region, id }));
    });
    if (made.length === 0) return undefined;
    const { region, id } = random.pick(made);
    const place = { AvailabilityZone: `${region}a`, ClientToken: `volume-${clock.now()}` };
    const { VolumeId } = await clients
      .ec2(toRegion(region))
      .send(new CreateVolumeCommand({ SnapshotId: id, VolumeType: 'gp3', ...place }));
    return `${VolumeId} is made of ${id} by hand`;
  }

  /** What a tagger finds. */
  async #victims(): Promise<Record<'images' | 'production' | 'drills', readonly Tagged[]>> {
    const { sandbox, account, observer, company } = this.#ports;
    const images = company
      .images()
      .map(({ region, image }): Tagged => ({ region, id: image.ImageId, tags: byKey(image.Tags) }))
      .filter(({ tags }) => tags['amikeep:deployment'] !== undefined);
    const machines = sandbox.ec2.inspect.instances({ account }).flatMap(({ region, instance }): Tagged[] => {
      return instance.InstanceId ? [{ region, id: instance.InstanceId, tags: byKey(instance.Tags) }] : [];
    });
    const volumes = sandbox.ec2.inspect.volumes({ account }).flatMap(({ region, volume }): Tagged[] => {
      return volume.VolumeId ? [{ region, id: volume.VolumeId, tags: byKey(volume.Tags) }] : [];
    });
    const all = [...machines, ...volumes, ...(await this.#networksOfProduction())];
    const isOfDrill = ({ id }: Tagged) => observer.drills.owns(id);
    return {
      images,
      production: all.filter((one) => !isOfDrill(one)),
      drills: [...all.filter(isOfDrill), ...this.#seen],
    };
  }

  async #networksOfProduction(): Promise<readonly Tagged[]> {
    const found: Tagged[] = [];
    const apart = new Set(this.#networks.flatMap(({ subnets, securityGroup }) => [...subnets, securityGroup]));
    for (const region of new Set(this.#networks.map((network) => network.region))) {
      const client = this.#ports.clients.ec2(toRegion(region));
      const { Subnets = [] } = await client.send(new DescribeSubnetsCommand({}));
      const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({}));
      const { NetworkInterfaces = [] } = await client.send(new DescribeNetworkInterfacesCommand({}));
      const all = [
        ...Subnets.map(({ SubnetId: id = '', Tags }) => ({ region, id, tags: byKey(Tags) })),
        ...SecurityGroups.map(({ GroupId: id = '', Tags }) => ({ region, id, tags: byKey(Tags) })),
        ...NetworkInterfaces.map(({ NetworkInterfaceId: id = '', TagSet }) => ({ region, id, tags: byKey(TagSet) })),
      ];
      found.push(...all.filter(({ id }) => !apart.has(id)));
    }
    return found;
  }

  #networksOf(deployment: string): readonly DrillingGround[] {
    return this.#networks.filter((network) => network.deployment === deployment);
  }
}
