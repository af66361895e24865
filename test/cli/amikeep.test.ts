import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ACCOUNT, aFile, amikeep, aServedSandbox, MEMBER, POLICIES, SECRET, WITH_MEMBER } from './world.ts';

const SLOT_ARGUMENTS = ['--slot', 'current'];

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

describe('the command as people run it', { timeout: 30_000 }, () => {
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
    const args = ['run', 'snapshot', ...SLOT_ARGUMENTS, '--policies', aFile(POLICIES), '--endpoint-url', url, '--json'];

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

  it('enters the other accounts of the policy file by the roles that the functions have, if it may', async () => {
    const { sandbox, url } = await aServedSandbox([ACCOUNT, MEMBER]);
    const args = ['run', 'snapshot', '--policies', aFile(WITH_MEMBER), '--endpoint-url', url];
    const created = () =>
      [ACCOUNT, MEMBER].map((account) => sandbox.calls.total({ operation: 'CreateImage', account, outcome: 'ok' }));

    const one = await amikeep([...args, '--account', MEMBER, '--region', 'us-east-1']);
    expect(one).toMatchObject({ status: 0, out: expect.stringContaining(`in us-east-1 of account ${MEMBER}`) });
    expect(created()).toEqual([0, 1]);
    const all = await amikeep([...args, ...SLOT_ARGUMENTS]);
    expect(all.out).toMatch(/\n4 targets: /);
    sandbox.faults.add({ kind: 'denied', operation: 'AssumeRole' });
    const shut = await amikeep([...args, '--account', MEMBER]);
    const elsewhere = await amikeep([...args, '--account', '999999999999']);

    expect(shut.status).toBe(1);
    expect(shut.out).toContain(`arn:aws:iam::${MEMBER}:role/amikeep-snapshot cannot be assumed`);
    expect(elsewhere.status).toBe(2);
    expect(elsewhere.err).toContain('--account: 999999999999 is no account of this deployment');
    for (const { out, err } of [one, all, shut, elsewhere]) expect(out + err).not.toContain(SECRET);
  });

  it('takes an instance by its id from whatever region it is in, and fails for one that is in none', async () => {
    const { url } = await aServedSandbox();
    const args = ['snapshot', '--policy', 'nightly', '--policies', aFile(POLICIES), '--endpoint-url', url];
    const everything = await amikeep(['plan', ...args]);
    const [id = ''] = everything.out.match(/i-\w{17}/) ?? [];

    const found = await amikeep(['run', ...args, '--instance', id]);
    const lost = await amikeep(['run', ...args, '--instance', 'i-0123456789abcdef0', '--json']);

    expect(found.status).toBe(0);
    expect(found.out).toMatch(/\n2 targets: 1 created\.\n$/);
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

  it('exits with 2 on a command line that makes no sense', async () => {
    const run = await amikeep(['plan', 'snapshot', '--sloot', 'current']);

    expect(run).toMatchObject({ status: 2, out: '' });
    expect(run.err).toContain("unknown option '--sloot'");
  });
});
