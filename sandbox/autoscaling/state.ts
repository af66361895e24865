import type { AutoScalingGroup, LaunchConfiguration } from '@aws-sdk/client-auto-scaling';
import type { SandboxClock } from '../contract.ts';
import type { Ec2Service } from '../ec2/index.ts';
import { digest } from '../ec2/plane/digest.ts';

/** What a group or a launch configuration is besides what AWS shows of it. A frozen record is replaced, never changed. */
interface Entry {
  /** Rises in the order of creation; pages go by it. */
  readonly seq: number;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

export interface ConfigurationEntry extends Entry {
  readonly configuration: Omit<LaunchConfiguration, 'CreatedTime'>;
}

export interface GroupEntry extends Entry {
  readonly group: Omit<AutoScalingGroup, 'CreatedTime'>;
}

/** What one account has in one region, each by its name and in the order of creation. */
export interface ScalingPlace {
  readonly account: string;
  readonly region: string;
  readonly configurations: Map<string, ConfigurationEntry>;
  readonly groups: Map<string, GroupEntry>;
}

export interface ScalingParts {
  readonly clock: SandboxClock;
  readonly seed: number;
  /** The EC2 that groups launch in. */
  readonly ec2: Pick<Ec2Service, 'launchSources' | 'pageFill'>;
}

const format = 'auto-scaling/1';

interface ScalingDump {
  readonly format: typeof format;
  readonly issued: number;
  readonly places: readonly {
    readonly account: string;
    readonly region: string;
    readonly configurations: readonly ConfigurationEntry[];
    readonly groups: readonly GroupEntry[];
  }[];
}

/** The whole of the service's state, and what all of its operations share. */
export class ScalingState {
  readonly clock: SandboxClock;
  readonly ec2: ScalingParts['ec2'];
  readonly #seed: number;
  readonly #places = new Map<string, ScalingPlace>();
  #issued = 0;

  constructor({ clock, seed, ec2 }: ScalingParts) {
    this.clock = clock;
    this.ec2 = ec2;
    this.#seed = seed;
  }

  in(account: string, region: string): ScalingPlace {
    const key = `${account}/${region}`;
    const known = this.#places.get(key);
    if (known) return known;
    const place = { account, region, configurations: new Map(), groups: new Map() };
    this.#places.set(key, place);
    return place;
  }

  nextSeq(): number {
    this.#issued += 1;
    return this.#issued;
  }

  /** The id in an ARN, which follows from the seed and the place in the order of creation. */
  uuid(seq: number): string {
    const hex = digest(`${this.#seed}/auto-scaling/${seq}`);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
  }

  clear(): void {
    this.#places.clear();
    this.#issued = 0;
  }

  /** Plain JSON. */
  dump(): unknown {
    const places = [...this.#places.values()].map(({ configurations, groups, ...place }) => ({
      ...place,
      configurations: [...configurations.values()],
      groups: [...groups.values()],
    }));
    return { format, issued: this.#issued, places } satisfies ScalingDump;
  }

  /** @throws TypeError for anything but what `dump` gave. */
  load(state: unknown): void {
    if (!isDump(state)) throw new TypeError(`the state of Auto Scaling must be of the format '${format}'`);
    this.clear();
    this.#issued = state.issued;
    for (const { account, region, configurations, groups } of structuredClone(state.places)) {
      const place = this.in(account, region);
      for (const entry of configurations) {
        place.configurations.set(entry.configuration.LaunchConfigurationName ?? '', entry);
      }
      for (const entry of groups) place.groups.set(entry.group.AutoScalingGroupName ?? '', entry);
    }
  }
}

function isDump(state: unknown): state is ScalingDump {
  return typeof state === 'object' && state !== null && 'format' in state && state.format === format;
}
