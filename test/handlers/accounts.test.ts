import { EC2Client, type Image, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { parsePolicyFile } from '../../lib/policy/parse.ts';
import type { Action } from '../../lib/run/event.ts';
import { PartialFailureError } from '../../lib/run/outcome/outcome.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { deploy } from '../../sim/deployment.ts';
import { ACCOUNT, aWorld, FRANKFURT, IRELAND, NIGHTLY, tagOf, type World } from './world.ts';

const MEMBER = '222222222222';
const OTHER = '333333333333';
const EXTERNAL_ID = 'only-between-us';

const SEVERAL = NIGHTLY.replace(
  'policies:',
  `accounts:
  - { id: '${MEMBER}', rolePrefix: amikeep-test, externalId: ${EXTERNAL_ID} }
  - { id: '${OTHER}', rolePrefix: amikeep-test }
policies:`,
);

/** The roles as their accounts have them: each trusts amikeep's account alone. */
function rolesOf(...accounts: readonly string[]): Record<string, { trusts: string[]; externalId?: string }> {
  const names = ['snapshot', 'copy', 'retire'];
  return Object.fromEntries(
    accounts.flatMap((account) =>
      names.map((name) => [
        `arn:aws:iam::${account}:role/amikeep-test-${name}`,
        { trusts: [ACCOUNT], ...(account === MEMBER && { externalId: EXTERNAL_ID }) },
      ]),
    ),
  );
}

function aWorldWith(roles = rolesOf(MEMBER, OTHER), policies = SEVERAL): World {
  return aWorld({ policies, behaviour: { roles } });
}

/** An instance in an account, launched by somebody there. */
async function launchIn({ sandbox, clock }: World, account: string): Promise<void> {
  const ec2 = new EC2Client({ region: FRANKFURT, credentials: { accessKeyId: account, secretAccessKey: 'any' } });
  connectInProcess(sandbox, ec2, { account });
  const command = new RunInstancesCommand({
    ImageId: publicImageId(FRANKFURT, 'al2023'),
    MinCount: 1,
    MaxCount: 1,
    TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Backup', Value: 'nightly' }] }],
  });
  await clock.run(() => ec2.send(command));
  await clock.advance(60_000);
}

function imagesIn({ sandbox }: World, account: string, region = FRANKFURT): Image[] {
  return sandbox.ec2.inspect.images({ account, region }).map(({ image }) => image);
}

const versions = (images: readonly Image[]) => images.map((image) => tagOf(image, 'amikeep:version'));

/** Who acted in an account: the calls that it had, by operation. */
const changesIn = ({ sandbox }: World, account: string, operation: string) =>
  sandbox.calls.total({ account, operation, outcome: 'ok' });

describe('in a member account', () => {
  it('images are made, copied and retired as at home, each in its account', async () => {
    const world = aWorldWith();
    for (const account of [ACCOUNT, MEMBER, OTHER]) await launchIn(world, account);
    const errors: Error[] = [];
    for (const day of [2, 3, 4, 5, 6, 7]) errors.push(...(await world.night(`2026-11-0${day}`)));

    expect(errors).toEqual([]);
    for (const account of [ACCOUNT, MEMBER, OTHER]) {
      const images = imagesIn(world, account);
      expect(versions(images)).toEqual(['2026.11.04-0300', '2026.11.05-0300', '2026.11.06-0300', '2026.11.07-0300']);
      expect(versions(imagesIn(world, account, IRELAND))).toEqual([
        '2026.11.05-0300',
        '2026.11.06-0300',
        '2026.11.07-0300',
      ]);
      expect(images.map((image) => tagOf(image, 'amikeep:home'))).toEqual(Array(4).fill(`${account}/${FRANKFURT}`));
      expect(new Set(images.map((image) => tagOf(image, 'amikeep:source-account')))).toEqual(new Set([account]));
      expect(changesIn(world, account, 'DeregisterImage')).toBe(5);
    }
  });

  it('a role is assumed once for all that runs do there in an hour, and anew when it ends', async () => {
    const world = aWorldWith();
    await launchIn(world, MEMBER);
    const assumed = () => world.sandbox.calls.total({ operation: 'AssumeRole' });
    const target = { account: MEMBER, region: FRANKFURT };
    await world.invoke('retire', { target });
    await world.clock.advance(50 * 60_000);
    await world.invoke('retire', { target });
    expect(assumed()).toBe(1);

    // The keys are good for five more minutes, which a run may need.
    await world.clock.advance(5 * 60_000);
    await world.invoke('retire', { target });
    expect(assumed()).toBe(2);
    expect(world.sandbox.calls.total({ outcome: 'RequestExpired' })).toBe(0);
    await world.clock.advance(24 * 3_600_000);
    await world.invoke('retire', { target });
    expect(assumed()).toBe(3);
  });

  it('each function has the role of its own action, in a session that names it', async () => {
    const world = aWorldWith();
    await world.night('2026-11-02');
    const inputs = world.sandbox.calls.log.flatMap(({ operation, input }) =>
      operation === 'AssumeRole' ? [input] : [],
    );
    expect(inputs).toHaveLength(6);
    for (const action of ['snapshot', 'copy', 'retire']) {
      expect(inputs).toContainEqual({
        RoleArn: `arn:aws:iam::${MEMBER}:role/amikeep-test-${action}`,
        RoleSessionName: `amikeep-test-${action}`,
        ExternalId: EXTERNAL_ID,
      });
    }
  });
});

describe('P15: a member account that cannot be entered', () => {
  it.each([
    ['whose role is gone', rolesOf(OTHER)],
    [
      'whose role asks for another external id',
      {
        ...rolesOf(OTHER),
        [`arn:aws:iam::${MEMBER}:role/amikeep-test-snapshot`]: { trusts: [ACCOUNT], externalId: 'another' },
      },
    ],
    [
      'whose role trusts somebody else',
      {
        ...rolesOf(OTHER),
        [`arn:aws:iam::${MEMBER}:role/amikeep-test-snapshot`]: { trusts: [OTHER], externalId: EXTERNAL_ID },
      },
    ],
  ])('%s fails its own target, in words, and no other', async (_, roles) => {
    const world = aWorldWith(roles);
    for (const account of [ACCOUNT, MEMBER, OTHER]) await launchIn(world, account);
    await world.invoke('snapshot', { policy: 'nightly' });
    const [error, ...more] = await world.deliver();

    expect(more).toEqual([]);
    expect(error).toBeInstanceOf(PartialFailureError);
    expect(error?.message).toContain(
      `AccessDenied: arn:aws:iam::${MEMBER}:role/amikeep-test-snapshot cannot be assumed (User: arn:aws:iam::${ACCOUNT}:user/sandbox is not authorized`,
    );
    expect(error?.message).toContain(`check that account ${MEMBER} has this role, that it trusts account ${ACCOUNT}`);
    expect(error?.message).not.toContain(EXTERNAL_ID);
    expect([ACCOUNT, MEMBER, OTHER].map((account) => imagesIn(world, account).length)).toEqual([1, 0, 1]);
    expect(world.finishedRuns().map(({ account, failures }) => [account, failures.length > 0])).toEqual([
      [ACCOUNT, false],
      [MEMBER, true],
      [OTHER, false],
    ]);
  });

  it('retires nothing there, and goes on once the role is back', async () => {
    const world = aWorldWith();
    await launchIn(world, MEMBER);
    for (const day of [2, 3, 4, 5]) await world.night(`2026-11-0${day}`);
    const before = versions(imagesIn(world, MEMBER));
    world.sandbox.faults.add({ operation: 'AssumeRole', kind: 'denied' });
    const errors = await world.night('2026-11-06');
    expect(errors.every((error) => error instanceof PartialFailureError)).toBe(true);
    expect(versions(imagesIn(world, MEMBER))).toEqual(before);

    world.sandbox.faults.clear();
    expect(await world.night('2026-11-07')).toEqual([]);
    expect(versions(imagesIn(world, MEMBER))).toContain('2026.11.07-0300');
  });

  it.each(['throttle', 'error-before', 'lost-answer'] as const)('is tried again after the fault %s', async (kind) => {
    const world = aWorldWith();
    await launchIn(world, MEMBER);
    world.sandbox.faults.add({ operation: 'AssumeRole', kind, times: 2 });
    await world.invoke('snapshot', { policy: 'nightly', target: { account: MEMBER } });
    expect(await world.deliver()).toEqual([]);
    expect(imagesIn(world, MEMBER)).toHaveLength(1);
  });

  it('is told as it is where STS does not answer: nobody has to look for a role', async () => {
    const world = aWorldWith();
    const target = { account: MEMBER, region: FRANKFURT };
    world.sandbox.faults.add({ operation: 'AssumeRole', kind: 'lost-answer' });
    const run = world.invoke('snapshot', { policy: 'nightly', slot: '2026-11-01T00:00:00Z', target });
    await expect(run).rejects.toThrow(
      `TimeoutError: arn:aws:iam::${MEMBER}:role/amikeep-test-snapshot cannot be assumed (socket hang up);`,
    );
  });
});

describe('two deployments that share their accounts', () => {
  it('never touch each other’s images, though one keeps less', async () => {
    const signingKeys = { [FRANKFURT]: ['alias/amikeep-test', 'alias/amikeep-brief'] };
    const world = aWorld({ policies: SEVERAL, behaviour: { roles: rolesOf(MEMBER, OTHER), signingKeys } });
    const brief = SEVERAL.replace('deployment: test', 'deployment: brief').replaceAll(/keepDaily: \d/g, 'keepDaily: 1');
    const file = parsePolicyFile(brief, 'brief.yml');
    if (!file.ok) throw new Error('the file is right');
    const other = deploy({ sandbox: world.sandbox, file: file.file, account: ACCOUNT, random: () => 0.5 });
    const runOther = (action: Action, payload: object = {}) =>
      world.clock.run(async () => {
        await other.invoke(action, { action, ...payload });
        return await other.deliver();
      });
    for (const account of [ACCOUNT, MEMBER]) await launchIn(world, account);
    for (const day of [2, 3, 4, 5, 6]) {
      expect(await world.night(`2026-11-0${day}`)).toEqual([]);
      expect(await runOther('snapshot', { slot: 'current' })).toEqual([]);
      await world.clock.advance(3_600_000);
      for (const action of ['copy', 'retire'] as const) expect(await runOther(action)).toEqual([]);
    }

    for (const account of [ACCOUNT, MEMBER]) {
      const kept = Map.groupBy(imagesIn(world, account), (image) => tagOf(image, 'amikeep:deployment'));
      const days = (deployment: string) => versions(kept.get(deployment) ?? []).map((version) => version.slice(8, 10));
      expect(days('test')).toEqual(['03', '04', '05', '06']);
      expect(days('brief')).toEqual(['05', '06']);
    }
  });
});
