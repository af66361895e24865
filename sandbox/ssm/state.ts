import type { SandboxClock } from '../contract.ts';
import type { Ec2Service } from '../ec2/index.ts';

export type ParameterKind = 'String' | 'StringList';
export type DataType = 'text' | 'aws:ec2:image';

export interface ParameterVersion {
  readonly version: number;
  readonly value: string;
  readonly description?: string;
  /** Milliseconds since the Unix epoch. */
  readonly writtenAt: number;
  /** A label is on one version of its parameter at most. */
  readonly labels: readonly string[];
}

export interface ParameterEntry {
  readonly name: string;
  /** Rises in the order of creation; pages go by it. */
  readonly seq: number;
  readonly type: ParameterKind;
  readonly dataType: DataType;
  /** Oldest first; one at least. */
  versions: readonly ParameterVersion[];
}

/** What one account has in one region. */
export interface ParameterPlace {
  readonly account: string;
  readonly region: string;
  /** By name, in the order of creation. */
  readonly parameters: Map<string, ParameterEntry>;
}

export interface ParameterParts {
  readonly clock: SandboxClock;
  readonly pageFill: Ec2Service['pageFill'];
}

const format = 'parameter-store/1';

export interface ParameterDump {
  readonly format: typeof format;
  readonly issued: number;
  readonly places: readonly {
    readonly account: string;
    readonly region: string;
    readonly parameters: readonly ParameterEntry[];
  }[];
}

/** The whole of the service's state, and what all of its operations share. */
export class ParameterState {
  readonly clock: SandboxClock;
  readonly pageFill: ParameterParts['pageFill'];
  readonly #places = new Map<string, ParameterPlace>();
  #issued = 0;

  constructor({ clock, pageFill }: ParameterParts) {
    this.clock = clock;
    this.pageFill = pageFill;
  }

  in(account: string, region: string): ParameterPlace {
    const key = `${account}/${region}`;
    const known = this.#places.get(key);
    if (known) return known;
    const place = { account, region, parameters: new Map() };
    this.#places.set(key, place);
    return place;
  }

  nextSeq(): number {
    this.#issued += 1;
    return this.#issued;
  }

  clear(): void {
    this.#places.clear();
    this.#issued = 0;
  }

  /** Plain JSON. */
  dump(): ParameterDump {
    const places = [...this.#places.values()].map(({ parameters, ...place }) => ({
      ...place,
      parameters: [...parameters.values()].map((entry) => ({ ...entry })),
    }));
    return { format, issued: this.#issued, places };
  }

  /** @throws TypeError for anything but what `dump` gave. */
  load(state: unknown): void {
    if (!isDump(state)) throw new TypeError(`the state of Parameter Store must be of the format '${format}'`);
    this.clear();
    this.#issued = state.issued;
    for (const { account, region, parameters } of structuredClone(state.places)) {
      const place = this.in(account, region);
      for (const entry of parameters) place.parameters.set(entry.name, entry);
    }
  }
}

/** The newest version, which is what a name alone means. */
export function currentVersion({ name, versions }: ParameterEntry): ParameterVersion {
  const newest = versions.at(-1);
  if (!newest) throw new TypeError(`the parameter ${name} has no version`);
  return newest;
}

/** As AWS writes it: a name's own slash at the start is the one behind `parameter`. */
export function parameterArn({ account, region }: ParameterPlace, name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;
}

function isDump(state: unknown): state is ParameterDump {
  return typeof state === 'object' && state !== null && 'format' in state && state.format === format;
}
