import { defaultBehaviour, type Ec2Behaviour } from './behaviour.ts';

/** The behaviour of each region: the common one, and what was set for that region on top of it. */
export class BehaviourBook {
  readonly #initial: Ec2Behaviour;
  #common: Ec2Behaviour;
  readonly #overrides = new Map<string, Partial<Ec2Behaviour>>();
  readonly #merged = new Map<string, Ec2Behaviour>();

  constructor(initial: Partial<Ec2Behaviour> = {}) {
    this.#initial = { ...defaultBehaviour, ...initial };
    this.#common = this.#initial;
  }

  of(region: string): Ec2Behaviour {
    const known = this.#merged.get(region);
    if (known) return known;
    const merged = { ...this.#common, ...this.#overrides.get(region) };
    this.#merged.set(region, merged);
    return merged;
  }

  /** Changes the named settings, of one region where one is given; the others stay. */
  set(patch: Partial<Ec2Behaviour>, region?: string): void {
    if (region === undefined) this.#common = { ...this.#common, ...patch };
    else this.#overrides.set(region, { ...this.#overrides.get(region), ...patch });
    this.#merged.clear();
  }

  /** Back to what it was made with. */
  reset(): void {
    this.load({ common: this.#initial, overrides: [] });
  }

  /** What is set everywhere, and what of it otherwise in some regions. */
  list(): ListedBehaviour {
    return { settings: this.#common, regions: Object.fromEntries(this.#overrides) };
  }

  dump(): BehaviourDump {
    return { common: this.#common, overrides: [...this.#overrides] };
  }

  load(dump: BehaviourDump): void {
    this.#common = { ...defaultBehaviour, ...dump.common };
    this.#overrides.clear();
    for (const [region, patch] of dump.overrides) this.#overrides.set(region, patch);
    this.#merged.clear();
  }
}

interface ListedBehaviour {
  readonly settings: Ec2Behaviour;
  readonly regions: Readonly<Record<string, Partial<Ec2Behaviour>>>;
}

export interface BehaviourDump {
  readonly common: Ec2Behaviour;
  readonly overrides: readonly (readonly [string, Partial<Ec2Behaviour>])[];
}
