import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { PromisedDrill } from './promised.ts';

/** An instance in its place. */
interface Machine {
  readonly id: string;
  readonly account: string;
  readonly region: string;
}

/** The calls that tell a run how far a drill has come: what is so when one is answered the run may go by. */
export const LOOKS: ReadonlySet<string> = new Set([
  'DescribeInstanceStatus',
  'GetConsoleOutput',
  'ListCommandInvocations',
]);

/** The one that tells of the last of what was asked for. */
export const LAST_LOOKS: Readonly<Record<PromisedDrill['check'], string>> = {
  status: 'DescribeInstanceStatus',
  console: 'GetConsoleOutput',
  command: 'ListCommandInvocations',
};

/** What was asked for when it was launched. */
export type Asked = Pick<PromisedDrill, 'check' | 'console' | 'document'>;

/** Whether all of EC2's checks of an instance say that it is up, by what the sandbox really holds at this moment. */
export function isWell({ id, account, region }: Machine, { ec2 }: Sandbox): boolean {
  const context = { account, region, requestId: 'observer' };
  const { InstanceStatuses = [] } = ec2.operations.DescribeInstanceStatus.run({ IncludeAllInstances: true }, context);
  const status = InstanceStatuses.find(({ InstanceId }) => InstanceId === id);
  const checks = [status?.SystemStatus, status?.InstanceStatus];
  return status?.InstanceState?.Name === 'running' && checks.every((check) => check?.Status === 'ok');
}

/** Whether it has shown, or done, what was asked for beside that. */
export function hasAnswered(machine: Machine, asked: Asked, sandbox: Sandbox): boolean {
  switch (asked.check) {
    case 'status':
      return true;
    case 'console':
      return hasShown(machine, asked.console ?? '', sandbox);
    case 'command':
      return hasDone(machine, asked.document, sandbox);
  }
}

function hasShown({ id, account, region }: Machine, pattern: string, { ec2 }: Sandbox): boolean {
  const context = { account, region, requestId: 'observer' };
  const { Output = '' } = ec2.operations.GetConsoleOutput.run({ InstanceId: id }, context);
  const lines = Buffer.from(Output, 'base64').toString('utf8').split(/\r?\n/);
  return lines.some((line) => new RegExp(pattern, 'u').test(line));
}

function hasDone({ id, account, region }: Machine, document: string | undefined, { ssm }: Sandbox): boolean {
  const context = { account, region, requestId: 'observer' };
  let token: string | undefined;
  do {
    const input = { InstanceId: id, ...(token !== undefined && { NextToken: token }) };
    const { CommandInvocations = [], NextToken } = ssm.operations.ListCommandInvocations.run(input, context);
    if (CommandInvocations.some((one) => one.DocumentName === document && one.Status === 'Success')) return true;
    token = NextToken;
  } while (token !== undefined);
  return false;
}
