import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { type Credentials, createClients } from '../../../lib/aws/calls/clients.ts';
import { MemberSessions } from '../../../lib/aws/calls/member-sessions.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { accountId, region } from '../../../lib/model/ids.ts';
import type { AnyAction, PersonsRole } from '../../../lib/run/event.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import type { OperationDefinition } from '../../../sandbox/contract.ts';
import { connectInProcess } from '../../../sandbox/in-process.ts';
import { createSandbox } from '../../../sandbox/sandbox.ts';

const HOME = accountId('111122223333');
const MEMBER = accountId('222222222222');
const FRANKFURT = region('eu-central-1');
const THERE = { account: MEMBER, region: FRANKFURT };

/** Calls EC2 in a member account, from a home and for an action, on a sandbox of its own. */
function aWorld({
  home = FRANKFURT,
  as = 'copy' as AnyAction | PersonsRole,
  stopAt = Number.POSITIVE_INFINITY,
  sts = {},
} = {}) {
  const clock = new VirtualClock(0);
  const sandbox = createSandbox({ clock, seed: 1, calls: { log: 100, inputs: true }, operations: { sts } });
  const clientsWith = (credentials: Credentials) =>
    createClients({ region: home, credentials }, (client) => {
      connectInProcess(sandbox, client, { accessKey: credentials });
    });
  const file = { deployment: 'prod', accounts: [{ id: MEMBER, rolePrefix: 'amikeep', vault: false }] };
  const sessions = new MemberSessions({ file, clock, clientsWith });
  const clients = clientsWith({ accessKeyId: HOME, secretAccessKey: 'any' });
  const entrance = sessions.entrance({ account: HOME, region: home }, as);
  const caller = new Caller({ clients, entrance, pace: new Pace(clock, 1), clock, random: () => 0.5 }, stopAt, 'ec2');
  const look = (target = THERE, notAfter?: number) =>
    caller.call(
      target,
      'DescribeImages',
      (client) => client.send(new DescribeImagesCommand({ Owners: ['self'] })),
      notAfter,
    );
  const asked = () => sandbox.calls.log.flatMap(({ operation, input }) => (operation === 'AssumeRole' ? [input] : []));
  return { clock, sandbox, look, asked };
}

describe('the way into a member account', () => {
  it('is opened once by calls that come together', async () => {
    const { clock, sandbox, look, asked } = aWorld();
    const results = await clock.run(() => Promise.all([look(), look(), look()]));
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
    expect(asked()).toHaveLength(1);
    expect(sandbox.calls.total({ operation: 'DescribeImages', account: MEMBER })).toBe(3);
  });

  it('is not taken at home', async () => {
    const { clock, sandbox, look, asked } = aWorld();
    await clock.run(() => look({ account: HOME, region: FRANKFURT }));
    expect(asked()).toEqual([]);
    expect(sandbox.calls.total({ operation: 'DescribeImages', account: HOME })).toBe(1);
  });

  it.each<[AnyAction | PersonsRole, string]>([
    ['snapshot', 'snapshot'],
    ['copy', 'copy'],
    ['retire', 'retire'],
    ['undo', 'operate'],
    ['adopt', 'operate'],
    ['plan', 'plan'],
    ['operate', 'operate'],
  ])('for %s is the role of %s', async (as, role) => {
    const { clock, look, asked } = aWorld({ as });
    await clock.run(() => look());
    expect(asked()).toEqual([
      { RoleArn: `arn:aws:iam::${MEMBER}:role/amikeep-${role}`, RoleSessionName: `amikeep-prod-${role}` },
    ]);
  });

  it.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('from %s is in the partition %s', async (home, partition) => {
    const { clock, look, asked } = aWorld({ home: region(home) });
    await clock.run(() => look());
    expect(asked()).toMatchObject([{ RoleArn: `arn:${partition}:iam::${MEMBER}:role/amikeep-copy` }]);
  });

  it.each([
    ['eu-central-1', 'eu-central-1'],
    ['me-central-1', 'us-east-1'],
    ['cn-north-1', 'cn-north-1'],
    ['us-gov-west-1', 'us-gov-west-1'],
  ])('from %s is asked for in %s, which every account is in', async (home, asked) => {
    const { clock, sandbox, look } = aWorld({ home: region(home) });
    expect(await clock.run(() => look())).toMatchObject({ ok: true });
    expect(sandbox.calls.log.filter(({ operation }) => operation === 'AssumeRole')).toMatchObject([{ region: asked }]);
  });

  it.each([
    ['is asked for too often', 'Throttling', 'throttled'],
    ['is asked for while AWS is unwell', 'ServiceUnavailable', 'throttled'],
    ['may not be entered', 'AccessDenied', 'denied'],
  ])('that %s has let no call through, and says whether it may later', async (_, code, meaning) => {
    const { clock, sandbox, look } = aWorld();
    sandbox.faults.add({ kind: 'error-before', operation: 'AssumeRole', code, message: 'not now' });
    const result = await clock.run(() => look());
    expect(result).toMatchObject({ ok: false, failure: { meaning, code } });
    expect(result.ok ? '' : result.failure.message).toMatch(/role\/amikeep-copy cannot be assumed \(not now\)/);
    expect(sandbox.calls.total({ operation: 'DescribeImages' })).toBe(0);
  });

  it('is closed to accounts that the policy file does not have', async () => {
    const { clock, look, asked } = aWorld();
    const result = await clock.run(() => look({ account: accountId('999999999999'), region: FRANKFURT }));
    expect(result).toMatchObject({
      failure: { meaning: 'denied', message: 'the policy file has no account 999999999999' },
    });
    expect(asked()).toEqual([]);
  });

  it('that takes so long that the call would come too late is followed by no call', async () => {
    const { clock, sandbox, look } = aWorld();
    sandbox.faults.add({ kind: 'latency', operation: 'AssumeRole', latencyMs: 2_000 });
    const result = await clock.run(() => look(THERE, 1_000));
    expect(result).toMatchObject({ failure: { meaning: 'not-started', code: 'OutOfTime' } });
    expect(sandbox.calls.total({ operation: 'DescribeImages' })).toBe(0);
    expect(await clock.run(() => look())).toMatchObject({ ok: true });
  });

  it('is not looked for once the run is over', async () => {
    const { clock, look, asked } = aWorld({ stopAt: 0 });
    expect(await clock.run(() => look())).toMatchObject({ failure: { meaning: 'not-started' } });
    expect(asked()).toEqual([]);
  });

  it('is none where STS gives no keys', async () => {
    const empty: OperationDefinition<AssumeRoleRequest, AssumeRoleResponse> = {
      heeds: ['RoleArn', 'RoleSessionName'],
      run: () => ({}),
    };
    const { clock, look } = aWorld({ sts: { AssumeRole: empty } });
    expect(await clock.run(() => look())).toMatchObject({ failure: { meaning: 'denied', code: 'NoCredentials' } });
  });
});
