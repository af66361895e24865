import { readFileSync } from 'node:fs';
import { accountId } from '../../lib/model/ids.ts';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import { demoFleet, type InstanceSpec } from '../../sim/fleet.ts';
import { printReport } from '../../sim/print.ts';
import { reportOf } from '../../sim/report.ts';
import { type Simulation, type SimulationOptions, simulate } from '../../sim/simulate.ts';

/** The demo's policies. */
export function demoPolicies() {
  const url = new URL('../../sim/policies.yml', import.meta.url);
  const parsed = parsePolicyFile(readFileSync(url, 'utf8'), 'sim/policies.yml');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.file;
}

/** Some days of the demo's fleet, or of the one given. */
export function aRehearsal(options: Partial<SimulationOptions> = {}): Promise<Simulation> {
  return simulate({
    file: demoPolicies(),
    fleet: demoFleet(),
    account: accountId('111122223333'),
    seed: 1,
    days: 4,
    wire: false,
    eventful: true,
    onProgress: () => {},
    ...options,
  });
}

/** A few instances of each kind: enough for what does not need thirty. */
export function aSmallFleet(): InstanceSpec[] {
  return demoFleet().filter(({ name }) => /-0[1-4]$/.test(name));
}

/** What people see and what machines read, together. */
export function told(simulation: Simulation): string {
  const report = reportOf(simulation);
  return `${printReport(report, { verbose: true })}${JSON.stringify(report)}`;
}
