import { callerLines } from '../../lib/doctor/account.ts';
import { examine } from '../../lib/doctor/examine.ts';
import type { Capacity } from '../../lib/doctor/facts.ts';
import { gatherFacts } from '../../lib/doctor/gather.ts';
import type { Line } from '../../lib/doctor/line.ts';
import type { Clock } from '../../lib/model/time.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import { policiesOf } from '../../lib/run/expand.ts';
import type { CheckUpConnection } from './connect.ts';

export interface CheckUp {
  readonly deployment: string;
  readonly lines: readonly Line[];
}

export interface CheckUpPorts {
  readonly connection: CheckUpConnection;
  readonly clock: Clock;
  readonly capacity: Capacity;
}

/** The policies that a check-up is about, with the regions that they alone have to do with. @throws InputError */
export function concerned(file: PolicyFile, policy: string | undefined): PolicyFile {
  if (policy === undefined) return file;
  return { ...file, policies: policiesOf({ policy }, file), formerRegions: [] };
}

/** Looks at everything that the policies rest on. */
export async function checkUp(file: PolicyFile, { connection, clock, capacity }: CheckUpPorts): Promise<CheckUp> {
  const introduction = await connection.introduce();
  const lines = callerLines(introduction);
  const { deployment } = file;
  if (!introduction.identity.known) return { deployment, lines };
  const { account } = introduction.identity.value;
  const facts = await gatherFacts(file, account, capacity, { ...connection.enter(account), clock });
  return { deployment, lines: [...lines, ...examine(facts)] };
}

/** What could not be found out is no failure: before a first run there is nothing to try some calls on. */
export function hasProblem({ lines }: CheckUp): boolean {
  return lines.some(({ verdict }) => verdict === 'problem');
}
