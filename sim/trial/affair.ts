import type { Clients } from '../../lib/aws/calls/clients.ts';
import type { AccountId } from '../../lib/model/ids.ts';
import type { VirtualClock } from '../../sandbox/clock.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Chance } from './chance.ts';
import type { Company } from './company.ts';
import type { Observer } from './observer/observer.ts';
import type { Runs } from './runs.ts';
import type { Site } from './site.ts';

/** What an affair of people's has of its trial. */
export interface AffairPorts {
  readonly sandbox: Sandbox;
  readonly account: AccountId;
  readonly clock: VirtualClock;
  /** Those of people. */
  readonly clients: Clients;
  readonly company: Company;
  readonly runs: Runs;
  readonly observer: Observer;
  /** The names of the faults that may strike. */
  readonly options: { readonly faults: readonly string[] };
  /** The deployment that people have to do with. */
  readonly site: Site;
  readonly chance: Chance;
  /** When people rest. */
  readonly until: number;
  /** Writes down what people did, with all the ids that it names. */
  readonly tell: (text: string) => void;
}

/** Does something again and again, so often on average, until people rest; what AWS refuses them is told, and no mistake. */
export async function nowAndThen(
  { clock, chance, until, tell }: AffairPorts,
  pace: number,
  work: () => Promise<string | undefined>,
): Promise<void> {
  for (;;) {
    const pause = chance.pause(pace);
    if (clock.now() + pause >= until) return;
    await clock.sleep(pause);
    const text = await work().catch((error: unknown) => `people were refused: ${String(error)}`);
    if (text !== undefined) tell(text);
  }
}
