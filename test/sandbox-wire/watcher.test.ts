import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/fault-rule.ts';
import type { Watcher } from '../../sandbox/watcher.ts';
import { ACCOUNT, anOperation, aSandboxWith, REGION, START } from './world.ts';

/** What a watcher is told of one call, and the effect itself, in order. */
async function told(faults: readonly FaultRule[], caller = 'shop/17'): Promise<string[]> {
  const lines: string[] = [];
  const watcher: Watcher = {
    effect: ({ operation, caller: by, input, time }) => {
      lines.push(`before ${operation} by ${by} at ${time - START}: ${JSON.stringify(input)}`);
      return (output) => lines.push(`after: ${JSON.stringify(output)}`);
    },
    answered: ({ operation, outcome, caller: by, lost }) =>
      lines.push(`${operation} by ${by}: ${outcome}${lost ? ', lost' : ''}`),
  };
  const run = () => {
    lines.push('the effect');
    return { Return: true };
  };
  const sandbox = aSandboxWith({ DeregisterImage: anOperation(run, ['ImageId']) }, { faults, watcher });
  const input = { ImageId: 'ami-1' };
  const call = {
    service: 'ec2',
    operation: 'DeregisterImage',
    region: REGION,
    account: ACCOUNT,
    caller,
    input,
  } as const;
  await sandbox.call(call).catch(() => {});
  return lines;
}

const EFFECT = ['before DeregisterImage by shop/17 at 0: {"ImageId":"ami-1"}', 'the effect', 'after: {"Return":true}'];

describe('a watcher', () => {
  it.each<[FaultRule[], string[]]>([
    [[], [...EFFECT, 'DeregisterImage by shop/17: ok']],
    [[{ kind: 'throttle' }], ['DeregisterImage by shop/17: RequestLimitExceeded']],
    [[{ kind: 'error-after' }], [...EFFECT, 'DeregisterImage by shop/17: InternalError']],
    [[{ kind: 'lost-answer' }], [...EFFECT, 'DeregisterImage by shop/17: ok, lost']],
  ])('is told of effects, and of how calls end: %j', async (faults, lines) => {
    expect(await told(faults)).toEqual(lines);
  });
});

describe('a fault of one caller', () => {
  it.each([
    ['shop', false],
    ['shop/17', false],
    ['shopping', true],
    ['people', true],
  ])('by %s: passes %s', async (caller, passes) => {
    const lines = await told([{ kind: 'throttle', caller: 'shop' }], caller);
    expect(lines.includes('the effect')).toBe(passes);
  });
});
