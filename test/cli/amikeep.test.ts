import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, aFile, amikeep, aServedSandbox, MEMBER, POLICIES, SECRET, WITH_MEMBER } from './world.ts';

/** With slots in 2020 and 2199 alone, so that none begins between two runs, whenever they are. */
const SETTLED = POLICIES.replace('cron(0 4 * * ? *)', "'cron(0 4 1 1 ? 2020,2199)'");

const jsonReport = z.object({
  deployment: z.string(),
  targets: z.array(
    z.object({
      event: z.object({ target: z.object({ account: z.string(), region: z.string() }) }),
      decisions: z.array(z.object({ action: z.string(), reason: z.object({ code: z.string(), text: z.string() }) })),
      carried: z.array(z.object({ action: z.string(), applied: z.object({ kind: z.string() }) })),
      warnings: z.array(z.string()),
      problems: z.array(z.string()),
      failures: z.array(z.string()),
    }),
  ),
  notFound: z.array(z.object({ id: z.string(), regions: z.array(z.string()) })),
});

describe('the command as people run it', () => {
  it('plans without one changing call: the state is the same before and after (P10)', async () => {
    const { sandbox, url } = await aServedSandbox();
    const policies = aFile(POLICIES);
    const before = sandbox.ec2.dump();

    const plan = await amikeep(['plan', 'snapshot', '--policies', policies, '--endpoint-url', url]);

    expect(plan.status).toBe(0);
    expect(plan.out).toMatch(/create {2}i-\w+ .*is due and has no image yet/);
    expect(plan.out).toMatch(/2 targets: 2 to create\. This was a plan: nothing was changed\.\n$/);
    expect(sandbox.ec2.dump()).toEqual(before);
    expect(sandbox.calls.total({ operation: 'CreateImage' })).toBe(0);
  });

  it('creates each image once, however often it is run for a slot, and tells all of it as JSON (P12)', async () => {
    const { sandbox, url } = await aServedSandbox();
    const args = [
      'run',
      'snapshot',
      '--slot',
      'current',
      '--policies',
      aFile(SETTLED),
      '--endpoint-url',
      url,
      '--json',
    ];

    const first = jsonReport.parse(JSON.parse((await amikeep(args)).out));
    const second = jsonReport.parse(JSON.parse((await amikeep(args)).out));

    expect(first.targets.map(({ event }) => event.target)).toEqual([
      { account: ACCOUNT, region: 'eu-central-1' },
      { account: ACCOUNT, region: 'us-east-1' },
    ]);
    for (const { carried } of first.targets) {
      expect(carried).toEqual([expect.objectContaining({ action: 'create', applied: { kind: 'done' } })]);
    }
    expect(second.targets.flatMap(({ decisions }) => decisions.map(({ reason }) => reason.code))).toEqual([
      'already-there',
      'already-there',
    ]);
    expect(sandbox.calls.total({ operation: 'CreateImage', outcome: 'ok' })).toBe(2);
  });

  it('goes on where one region fails, says so, and exits with 1 (P15)', async () => {
    const { sandbox, url } = await aServedSandbox();
    sandbox.faults.add({ kind: 'denied', operation: 'CreateImage', region: 'eu-central-1' });

    const run = await amikeep(['run', 'snapshot', '--policies', aFile(POLICIES)], {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: SECRET,
    });

    expect(run.status).toBe(1);
    expect(run.out).toMatch(/failed: create i-\w+ in eu-central-1: UnauthorizedOperation/);
    expect(run.out).toMatch(/2 targets: 1 created, 1 failed\.\n$/);
    expect(sandbox.calls.total({ operation: 'CreateImage', region: 'us-east-1', outcome: 'ok' })).toBe(1);
    expect(run.out + run.err).not.toContain(SECRET);
  });

  describe('with another account in the policy file', () => {
    /** Makes snapshots with both accounts in the file; gives what came of it, and how many images each account got. */
    async function snapshot(prepare: (sandbox: Sandbox) => void, ...args: readonly string[]) {
      const { sandbox, url } = await aServedSandbox([ACCOUNT, MEMBER]);
      prepare(sandbox);
      const ended = await amikeep([
        ...['run', 'snapshot', '--policies', aFile(WITH_MEMBER), '--endpoint-url', url],
        ...args,
      ]);
      expect(ended.out + ended.err).not.toContain(SECRET);
      const created = [ACCOUNT, MEMBER].map((account) =>
        sandbox.calls.total({ operation: 'CreateImage', account, outcome: 'ok' }),
      );
      return { ...ended, created };
    }
    const asItIs = () => {};

    it('enters it by the roles that are for people', async () => {
      expect(await snapshot(asItIs, '--account', MEMBER, '--region', 'us-east-1')).toMatchObject({
        status: 0,
        out: expect.stringContaining(`in us-east-1 of account ${MEMBER}`),
        created: [0, 1],
      });
    });

    it('works in both where none is named', async () => {
      expect(await snapshot(asItIs, '--slot', 'current')).toMatchObject({
        status: 0,
        out: expect.stringMatching(/\n4 targets: 4 created\.\n$/),
        created: [2, 2],
      });
    });

    it('says which role it may not assume', async () => {
      const shut = (sandbox: Sandbox) => {
        sandbox.faults.add({ kind: 'denied', operation: 'AssumeRole' });
      };
      expect(await snapshot(shut, '--account', MEMBER)).toMatchObject({
        status: 1,
        out: expect.stringContaining(`arn:aws:iam::${MEMBER}:role/amikeep-operate cannot be assumed`),
      });
    });

    it('refuses one that the file does not name', async () => {
      expect(await snapshot(asItIs, '--account', '999999999999')).toMatchObject({
        status: 2,
        err: expect.stringContaining('--account: 999999999999 is no account of this deployment'),
      });
    });
  });

  it('takes an instance by its id from whatever region it is in', async () => {
    const { sandbox, url } = await aServedSandbox();
    const [one] = sandbox.ec2.inspect.instances();
    const id = one?.instance.InstanceId ?? '';
    const args = ['snapshot', '--policy', 'nightly', '--policies', aFile(POLICIES), '--endpoint-url', url];

    const found = await amikeep(['run', ...args, '--instance', id]);

    expect(found.status).toBe(0);
    expect(found.out).toMatch(/\n2 targets: 1 created\.\n$/);
  });

  it('fails for an instance that is in no region', async () => {
    const { url } = await aServedSandbox();
    const args = ['snapshot', '--policy', 'nightly', '--policies', aFile(POLICIES), '--endpoint-url', url];

    const lost = await amikeep(['run', ...args, '--instance', 'i-0123456789abcdef0', '--json']);

    expect(lost.status).toBe(1);
    expect(jsonReport.parse(JSON.parse(lost.out)).notFound).toEqual([
      { id: 'i-0123456789abcdef0', regions: ['eu-central-1', 'us-east-1'] },
    ]);
  });

  it('says which endpoint of a profile is none', async () => {
    const run = await amikeep(['plan', 'retire', '--policies', aFile(POLICIES)], {
      AWS_CONFIG_FILE: aFile('[default]\nendpoint_url = junk\n'),
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: SECRET,
    });

    expect(run).toMatchObject({ status: 1, out: '' });
    expect(run.err).toMatch(/^amikeep: endpoint_url of your AWS profile: 'junk' is not a URL/);
  });

  it('exits with 1 and says what to check where there are no credentials', async () => {
    const run = await amikeep(['plan', 'retire', '--policies', aFile(POLICIES)], {});

    expect(run).toMatchObject({ status: 1, out: '' });
    expect(run.err).toMatch(/^amikeep: the account could not be found out .*: check your AWS credentials/);
  });

  it('asks again where STS has a hiccup before it says whose the credentials are', async () => {
    const { sandbox, url } = await aServedSandbox();
    sandbox.faults.add({ kind: 'throttle', service: 'sts', times: 1 });
    sandbox.faults.add({ kind: 'error-before', service: 'sts', code: 'ServiceUnavailable', status: 503, times: 1 });

    const run = await amikeep(['plan', 'retire', '--policies', aFile(POLICIES), '--endpoint-url', url]);

    expect(run.status).toBe(0);
    expect(sandbox.calls.total({ service: 'sts' })).toBe(3);
  });

  it('says that it is no matter of credentials where STS stays unwell', async () => {
    const { sandbox, url } = await aServedSandbox();
    sandbox.faults.add({ kind: 'error-before', service: 'sts', code: 'ServiceUnavailable', status: 503 });

    const run = await amikeep(['plan', 'retire', '--policies', aFile(POLICIES), '--endpoint-url', url]);

    expect(run).toMatchObject({ status: 1, out: '' });
    expect(run.err).toContain('that is no word about your AWS credentials');
    expect(run.err).not.toContain('check your AWS credentials');
  });

  it('exits with 2 on a command line that makes no sense', async () => {
    const run = await amikeep(['plan', 'snapshot', '--sloot', 'current']);

    expect(run).toMatchObject({ status: 2, out: '' });
    expect(run.err).toContain("unknown option '--sloot'");
  });

  it('says of a profile that is not there which one it is, and how to see those that are', async () => {
    const environment = { AWS_PROFILE: 'shpo', AWS_CONFIG_FILE: aFile('[profile shop]\nregion = eu-central-1\n') };
    for (const args of [['plan', 'retire'], ['doctor']]) {
      const { status, out, err } = await amikeep([...args, '--policies', aFile(POLICIES)], environment);

      expect({ status, out }).toEqual({ status: 2, out: '' });
      expect(err).toBe(
        "amikeep: environment AWS_PROFILE: there is no profile 'shpo'; did you mean shop? `aws configure list-profiles` shows those that there are\n",
      );
    }
  });

  it.each([
    ['cli/amikeep.ts', ['plan', 'retire', '--policies', 'nowhere.yml'], 2],
    ['cli/amikeep.ts', ['--help'], 0],
    ['sim/demo.ts', ['--help'], 0],
  ])('ends as it would where nobody reads what it says: %s %j', async (program, args, status) => {
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    child.stderr.destroy();

    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(status);
  });
});
