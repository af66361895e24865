import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RIGHTS, rightsOf, TRIED_ACTIONS } from '../../lib/doctor/rights.ts';
import { aDrill, aPolicy, aPolicyFile, DR } from '../builders.ts';
import { hubRoles } from '../roles/hub.ts';

const FOLDER = 'lib/aws';

/** What the check-up itself asks, and not the functions. */
const OF_THE_CHECK_UP = ['calls/attempts.ts', 'examiner.ts', 'calls/introduction.ts'];

/** What a person asks with a person's rights. */
const OF_PEOPLE = 'restore/';

/** Calls that are left out, and why. */
const NOT_TRIED: Readonly<Record<string, string>> = {
  GetRule: 'there may be no rule to read',
  PutEvents: 'the bus comes with the stack',
  ListSnapshotsInRecycleBin: 'only undo makes it, to take back what is in the bin',
  RestoreImageFromRecycleBin: 'only undo makes it, of what is in the bin',
  RestoreSnapshotFromRecycleBin: 'only undo makes it, of what is in the bin',
  DescribeKey: 'the check-up asks it of each key that a policy names',
  GetPublicKey: 'the check-up asks the key itself, once for all functions',
  Sign: 'KMS tells by its public half whether it is there, and a signature would be one that is believed',
  ModifyImageAttribute: 'only what copies into a vault shares, in the region of the source',
  ModifySnapshotAttribute: 'only what copies into a vault shares, in the region of the source',
  RunInstances: 'a dry run tells of who runs doctor, who need not be allowed to launch anything',
  TerminateInstances: 'there may be no drill to end, and who runs doctor need not be allowed to',
  DeleteVolume: 'only what a drill left behind is deleted',
  DeleteNetworkInterface: 'only what a drill left behind is deleted',
  GetConsoleOutput: 'only of drills, of which there may be none',
  SendCommand: 'it can only be done, and only to a drill',
  DescribeInstanceInformation: 'only of drills, of which there may be none',
  ListCommandInvocations: 'only of drills, of which there may be none',
  AssumeRole: 'what it opens is tried where it leads',
};

it('every call of the functions is tried, or left out for a reason', () => {
  const calls = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !OF_THE_CHECK_UP.includes(file) && !file.startsWith(OF_PEOPLE))
    .flatMap((file) => [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/\bnew (\w+)Command\(/g)])
    .map(([, call = '']) => call);
  const tried = RIGHTS.map(({ right }) => right.split(':')[1] ?? '');

  expect(calls.length).toBeGreaterThan(tried.length);
  expect(calls.filter((call) => !tried.includes(call) && !Object.hasOwn(NOT_TRIED, call))).toEqual([]);
  expect(tried.filter((right) => !calls.includes(right))).toEqual([]);
});

it.each(TRIED_ACTIONS)('nothing is asked for %s that its role does not have', (action) => {
  const copies = [{ region: DR.region, encrypt: 'as-source', retention: { keepLast: 1 } }] as const;
  const { statements } = hubRoles(aPolicyFile({ policies: [aPolicy({ copies, drill: aDrill() })] }))[action];
  const granted = new Set(statements.flatMap(({ Action }) => Action));

  expect(rightsOf(action).filter(({ right }) => !granted.has(right))).toEqual([]);
});
