import {
  AuthorizeSecurityGroupEgressCommand,
  CreateKeyPairCommand,
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  CreateVpcEndpointCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { connectToAws } from '../../cli/connect.ts';
import { connectForCheckUp } from '../../cli/doctor/connect.ts';
import { main } from '../../cli/main.ts';
import { systemClock } from '../../lib/aws/calls/system.ts';
import { MINUTE } from '../../lib/model/time.ts';
import type { Ec2Behaviour } from '../../sandbox/ec2/index.ts';
import { furnishNetwork, type SealedNetwork } from '../../sim/networks.ts';
import { ACCOUNT, aFile, amikeep, aServedSandbox, MEMBER, POLICIES, SECRET, WITH_MEMBER } from './world.ts';

/** The public half of the key that the sandbox seals with, which follows from its alias. */
const PUBLIC_HALF = 'MCowBQYDK2VwAyEAo0BY0CmnTOe3rRQseqZCwsNssIMHYXFFWgHxIlHOPPE=';
const ENCRYPTED = POLICIES.replace('{ region: eu-west-1,', '{ region: eu-west-1, kmsKey: alias/dr,');

/** So that images and copies are there as soon as they are asked for. */
const AT_ONCE: Partial<Ec2Behaviour> = {
  snapshotBaseMs: 0,
  snapshotMsPerGiB: 0,
  copyBaseMs: 0,
  copyMsPerGiB: 0,
  keyCheckMs: 0,
};

const REPORT = z.object({
  deployment: z.string(),
  lines: z.array(
    z.object({
      check: z.string(),
      subject: z.string(),
      verdict: z.enum(['ok', 'problem', 'unknown']),
      text: z.string(),
      remedy: z.string().optional(),
    }),
  ),
});

interface Circumstances {
  readonly policies?: string;
  readonly args?: readonly string[];
  readonly environment?: NodeJS.ProcessEnv;
  /** By how much this machine's clock is ahead. */
  readonly ahead?: number;
}

/** Runs a command in this process, over HTTP. */
async function command(url: string, args: readonly string[], { policies = ENCRYPTED, ...rest }: Circumstances = {}) {
  const { environment = {}, ahead = 0, args: more = [] } = rest;
  const said = { out: '', err: '' };
  const file = aFile(`trustedKeys: ['${PUBLIC_HALF}']\n${policies}`);
  const status = await main([...args, ...more, '--policies', file, '--endpoint-url', url], {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    environment,
    clock: { ...systemClock, now: () => systemClock.now() + ahead },
    connect: connectToAws,
    connectForCheckUp: async (options) => connectForCheckUp(options),
  });
  return { status, ...said };
}

/** The check-up's lines, and its exit status. */
async function doctor(url: string, circumstances: Circumstances = {}) {
  const { status, out, err } = await command(url, ['doctor', '--json'], circumstances);
  expect(err).toBe('');
  const { lines } = REPORT.parse(JSON.parse(out));
  return {
    status,
    lines,
    /** What is not as it should be. */
    findings: lines.filter(({ verdict }) => verdict !== 'ok'),
  };
}

/** A sandbox in which every policy has an image, and a copy of it. */
async function anEstablishedSandbox(settings: Partial<Ec2Behaviour> = {}, policies = ENCRYPTED) {
  const world = await aServedSandbox([ACCOUNT], { ...AT_ONCE, ...settings });
  await command(world.url, ['run', 'snapshot'], { policies });
  await command(world.url, ['run', 'copy'], { policies });
  return world;
}

const none: readonly unknown[] = [];

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', ACCOUNT);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
  for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/dev/null');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Puts an endpoint of a service into a network, in a group of its own that the network's is let out to. */
async function anEndpoint(
  ec2: EC2Client,
  service: string,
  { vpc, subnets, securityGroup }: SealedNetwork,
): Promise<void> {
  const common = { Description: 'endpoints', VpcId: vpc };
  const { GroupId = '' } = await ec2.send(new CreateSecurityGroupCommand({ ...common, GroupName: service }));
  const Tags = [{ Key: 'amikeep:drill-network', Value: 'prod' }];
  await ec2.send(new CreateTagsCommand({ Resources: [GroupId], Tags }));
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, UserIdGroupPairs: [{ GroupId }] }];
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: securityGroup, IpPermissions }));
  const place = { VpcId: vpc, SubnetIds: [...subnets], SecurityGroupIds: [GroupId] };
  const kind = { VpcEndpointType: 'Interface', ServiceName: service, PrivateDnsEnabled: true } as const;
  await ec2.send(new CreateVpcEndpointCommand({ ...kind, ...place }));
}

describe('a check-up', () => {
  it('finds all in place where it is, without one changing call (P10)', async () => {
    const { sandbox, url } = await anEstablishedSandbox();
    const before = sandbox.ec2.dump();
    sandbox.calls.reset();

    const { status, findings, lines } = await doctor(url);

    expect({ status, findings }).toEqual({ status: 0, findings: none });
    expect([...new Set(lines.map(({ check }) => check))]).toEqual([
      'credentials',
      'clock',
      'region',
      'key',
      'seal',
      'permission',
      'quota',
      'capacity',
      'policy',
    ]);
    expect(lines).toContainEqual(
      expect.objectContaining({
        subject: 'retire in eu-west-1',
        text: 'all of its 26 calls that can be tried are allowed to you',
      }),
    );
    expect(sandbox.ec2.dump()).toEqual(before);
    expect(sandbox.calls.total({ operation: 'DeregisterImage', outcome: 'DryRunOperation' })).toBe(3);
    expect(sandbox.calls.total({ operation: 'DeregisterImage', outcome: 'ok' })).toBe(0);
  });

  it('says before the first run what could not be tried yet, and that is no failure', async () => {
    const { url } = await aServedSandbox();

    const { status, findings } = await doctor(url);

    expect(status).toBe(0);
    expect(findings.map(({ verdict, subject }) => `${verdict} ${subject}`)).toEqual([
      'unknown copy to eu-west-1',
      'unknown retire in eu-central-1',
      'unknown retire in eu-west-1',
      'unknown retire in us-east-1',
    ]);
    expect(findings[0]?.text).toBe(
      'ec2:CopyImage could not be tried, since there is no image of prod in a source region yet',
    );
  });

  it('is told to people line by line, with what to do, by the command as they run it', async () => {
    const { sandbox, url } = await aServedSandbox([ACCOUNT], { unusableKmsKeys: ['alias/dr'] });

    const { status, out, err } = await amikeep(['doctor', '--policies', aFile(ENCRYPTED), '--endpoint-url', url]);

    expect({ status, err }).toEqual({ status: 1, err: '' });
    expect(out).toMatch(/^ok {7}credentials {2}yours: they are those of arn:aws:iam::222233334444:user\/sandbox/);
    expect(out).toMatch(
      /^problem {2}key {10}alias\/dr in eu-west-1: its state is Disabled.*\n {22}-> aws kms enable-key --region eu-west-1 --key-id \S{36}$/m,
    );
    expect(out).toMatch(
      /^problem {2}seal .*\n {22}-> write its public half, \S+=, under trustedKeys of the policy file/m,
    );
    expect(out).toMatch(/\n\n\d+ ok, 4 unknown, 2 problem\. Nothing was changed\. Permissions are those of your/);
    expect(out).not.toContain(SECRET);
    expect(sandbox.calls.total({ operation: 'CreateImage', outcome: 'ok' })).toBe(0);
  });

  it('is of one policy where one is named, and of the regions that this one has to do with', async () => {
    const { url } = await aServedSandbox();
    const policies = `${POLICIES}  weekly:
    select: { tags: { Backup: weekly } }
    schedule: { expression: rate(7 days), timeZone: UTC }
    image: { reboot: never }
    copies: [{ region: us-west-2, retention: { keepLast: 1 } }]
    retention: { keepLast: 1 }
    retire: { mode: apply, endAfterSourceGoneDays: never }
`;

    const all = await doctor(url, { policies });
    const one = await doctor(url, { policies, args: ['--policy', 'nightly'] });

    expect(all.status).toBe(1);
    expect(all.lines.map(({ subject }) => subject)).toContain('us-west-2');
    expect(one.status).toBe(0);
    expect(one.lines.map(({ subject }) => subject)).not.toContain('us-west-2');
  });
});

describe('a check-up finds', () => {
  it('what a command in a drill lacks: endpoints in its network, and the profile', async () => {
    const { url } = await anEstablishedSandbox();
    const ec2 = new EC2Client({ region: 'eu-west-1', endpoint: url });
    const made = await furnishNetwork(ec2, 'prod');
    const { subnets, securityGroup } = made;
    const network = `{ eu-west-1: { subnets: [${subnets.join(', ')}], securityGroup: ${securityGroup} } }`;
    const drill = `{ every: { days: 30 }, regions: [eu-west-1], check: command, document: health, maxAgeDays: 45, network: ${network} }`;

    const policies = `${ENCRYPTED}    drill: ${drill}\n`;
    const { findings, lines } = await doctor(url, { policies });

    expect(findings.map(({ check, subject, verdict, text }) => [check, subject, verdict, text])).toEqual([
      ['drill', 'nightly in eu-west-1', 'problem', expect.stringContaining('amikeep-prod-drilled is not there')],
      ['drill', 'nightly in eu-west-1', 'problem', expect.stringContaining('lets nothing out to Systems Manager')],
    ]);
    for (const service of ['ssm', 'ssmmessages']) await anEndpoint(ec2, `com.amazonaws.eu-west-1.${service}`, made);
    const { findings: others } = await doctor(url, { policies });
    expect(others.map(({ text }) => text)).toEqual([expect.stringContaining('amikeep-prod-drilled is not there')]);
    ec2.destroy();
    expect(lines).toContainEqual(
      expect.objectContaining({
        subject: 'drill in eu-west-1',
        text: 'all of its 8 calls that can be tried are allowed to you',
      }),
    );
  });

  it('what restore names in a region and is not there, each with its key of the policy file', async () => {
    const { url } = await anEstablishedSandbox({ kmsKeys: { 'eu-west-1': ['alias/dr'] } });
    const ec2 = new EC2Client({ region: 'eu-west-1', endpoint: url });
    const { subnets, securityGroup } = await furnishNetwork(ec2, 'prod');
    await ec2.send(new CreateKeyPairCommand({ KeyName: 'ops-dr' }));
    ec2.destroy();
    const entry = (subnet = '', group = '', rest = '') =>
      `restore: { eu-west-1: { subnets: { euc1-az2: ${subnet} }, securityGroups: { sg-01: ${group} }, ${rest} } }`;

    const good = entry(subnets[0], securityGroup, 'keyName: ops-dr, kmsKey: alias/dr, instanceTypes: [m7g.large]');
    const bad = entry('subnet-0bad', 'sg-0bad', 'keyName: ops, kmsKey: alias/no, instanceTypes: [m99.large]');

    expect((await doctor(url, { policies: `${ENCRYPTED}${good}` })).findings).toEqual([]);
    const { status, findings } = await doctor(url, { policies: `${ENCRYPTED}${bad}` });
    expect(status).toBe(1);
    expect(findings.map(({ check, subject, text }) => [check, subject, text])).toEqual([
      ['key', 'alias/no in eu-west-1', 'there is no such key'],
      ['restore', 'eu-west-1', 'there is no subnet subnet-0bad'],
      ['restore', 'eu-west-1', 'there is no security group sg-0bad'],
      ['restore', 'eu-west-1', 'there is no key pair ops'],
      ['restore', 'eu-west-1', 'there is no instance type m99.large'],
    ]);
  });

  it.each<[string, Partial<Ec2Behaviour>, string, string, unknown]>([
    [
      'a region that the account is not in',
      { regions: ['eu-central-1', 'eu-west-1'], regionsNotOptedIn: ['us-east-1'] },
      'us-east-1',
      'the account is not opted in to it; nothing else was looked at there',
      'aws account enable-region --region-name us-east-1, which takes some minutes',
    ],
    [
      'a region that there is not',
      { regions: ['eu-central-1', 'eu-west-1'] },
      'us-east-1',
      'there is no such region for this account',
      'write another in regions or copies of the policy file',
    ],
    [
      'a key that is disabled',
      { unusableKmsKeys: ['alias/dr'] },
      'alias/dr in eu-west-1',
      'its state is Disabled: EC2 would take requests under it, which would fail later',
      expect.stringMatching(/^aws kms enable-key --region eu-west-1 --key-id [0-9a-f-]{36}$/),
    ],
    [
      'a key that there is not',
      { kmsKeys: { 'eu-west-1': ['alias/other'] } },
      'alias/dr in eu-west-1',
      'there is no such key',
      'make it in eu-west-1, or write another kmsKey',
    ],
    [
      'a quota that is too small',
      { imageQuota: 4 },
      'images in us-east-1',
      "today's instances will have up to 5, besides 0 others; the quota is 4",
      "ask for more of 'AMIs' of Amazon EC2 in Service Quotas, or keep fewer",
    ],
  ])('%s', async (_, settings, subject, text, remedy) => {
    const { sandbox, url } = await anEstablishedSandbox();
    sandbox.ec2.setBehaviour(settings);

    const { status, findings } = await doctor(url);

    expect(status).toBe(1);
    expect(findings).toContainEqual(expect.objectContaining({ verdict: 'problem', subject, text, remedy }));
  });

  it('an STS that does not answer, which is no word about the credentials', async () => {
    const { sandbox, url } = await aServedSandbox();
    sandbox.faults.add({ kind: 'error-before', service: 'sts', code: 'ServiceUnavailable', status: 503 });

    const { status, lines } = await doctor(url);

    expect(status).toBe(1);
    expect(lines[0]?.text).toMatch(/^AWS did not say whose they are: ServiceUnavailable: /);
    expect(lines[0]).toMatchObject({ remedy: expect.stringContaining('no word about the credentials') });
  });

  it('credentials of no use, and looks no further', async () => {
    const { sandbox, url } = await aServedSandbox();
    sandbox.faults.add({ kind: 'denied', service: 'sts' });
    sandbox.calls.reset();

    const { status, lines } = await doctor(url);

    expect(status).toBe(1);
    expect(lines.map(({ check, verdict }) => `${check} ${verdict}`)).toEqual(['credentials problem', 'clock ok']);
    expect(lines[0]?.text).toMatch(/^AWS does not take them: AccessDenied: .*; nothing else could be looked at$/);
    expect(sandbox.calls.total({ service: 'ec2' })).toBe(0);
  });

  it.each([
    ['ahead of', 10 * MINUTE],
    ['behind', -10 * MINUTE],
  ])("a clock that is %s AWS's", async (direction, ahead) => {
    const { url } = await anEstablishedSandbox();

    const { status, findings } = await doctor(url, { ahead });

    expect(status).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({ check: 'clock', verdict: 'problem', remedy: 'set it, and let it be kept by NTP' }),
    ]);
    const [, seconds, where] = /^it is (\d+) seconds (.*) AWS's/.exec(findings[0]?.text ?? '') ?? [];
    expect(where).toBe(direction);
    // As near as is taken for agreement: how long an answer is under way is this machine's affair.
    expect(Math.abs(Number(seconds) - 600)).toBeLessThanOrEqual(30);
  });

  it.each([
    ['CreateImage', 'snapshot in eu-central-1', 'ec2:CreateImage', 'eu-central-1'],
    ['CopyImage', 'copy to eu-west-1', 'ec2:CopyImage', 'eu-west-1'],
    ['DeregisterImage', 'retire in us-east-1', 'ec2:DeregisterImage', 'us-east-1'],
    ['DescribeAutoScalingGroups', 'retire in us-east-1', 'autoscaling:DescribeAutoScalingGroups', 'us-east-1'],
    ['GetParameters', 'retire in eu-west-1', 'ssm:GetParameters', 'eu-west-1'],
    ['ListRules', 'retire in eu-west-1', 'rbin:ListRules', 'eu-west-1'],
  ])('that %s is denied in one region', async (operation, subject, right, region) => {
    const { sandbox, url } = await anEstablishedSandbox();
    sandbox.faults.add({ kind: 'denied', operation, region });

    const { status, findings } = await doctor(url);

    expect(status).toBe(1);
    expect(findings).toEqual([
      {
        check: 'permission',
        subject,
        verdict: 'problem',
        text: expect.stringMatching(new RegExp(`^you may not call ${right}: \\w+: .*is not authorized to perform`)),
        remedy: `allow ${right} in ${region}`,
      },
    ]);
  });

  it('more copies in flight than EC2 takes', async () => {
    const { url } = await anEstablishedSandbox();

    const { status, findings } = await doctor(url, { environment: { AMIKEEP_MAX_COPIES_IN_FLIGHT: '400' } });

    expect(status).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({
        subject: 'copies to eu-west-1',
        remedy: 'set AMIKEEP_MAX_COPIES_IN_FLIGHT to 300 or less',
      }),
    ]);
  });

  it('a policy that selects nothing, and what it may have meant', async () => {
    const { url } = await aServedSandbox();

    const { status, findings } = await doctor(url, { policies: POLICIES.replace('Backup:', 'backup:') });

    expect(status).toBe(1);
    expect(findings).toContainEqual({
      check: 'policy',
      subject: 'nightly',
      verdict: 'problem',
      text: expect.stringMatching(/^it selects nothing: of 2 instances tag backup is 'nightly' leaves 0/),
      remedy: expect.stringMatching(/^i-\w+ has the tag Backup, the policy wants backup: case counts; i-/),
    });
  });

  it('instances that two policies select, which is no problem', async () => {
    const { url } = await aServedSandbox();
    const [, policy = ''] = POLICIES.split('policies:\n');

    const { status, lines } = await doctor(url, { policies: POLICIES + policy.replace('nightly:', 'again:') });

    expect(status).toBe(0);
    expect(lines.at(-1)).toMatchObject({
      subject: 'nightly and again',
      verdict: 'ok',
      text: expect.stringMatching(/^each makes images of its own of i-\w+, i-\w+$/),
    });
  });
});

describe('what could not be read is unknown, with the right that is missing, and never guessed', () => {
  it.each([
    ['ec2', 'DescribeRegions', 'all', 'allow ec2:DescribeRegions'],
    ['kms', 'DescribeKey', 'alias/dr in eu-west-1', 'allow kms:DescribeKey on it to who runs doctor, in eu-west-1'],
    ['servicequotas', 'GetServiceQuota', 'images in eu-west-1', 'allow servicequotas:GetServiceQuota in eu-west-1'],
  ] as const)('%s %s', async (service, operation, subject, remedy) => {
    const { sandbox, url } = await anEstablishedSandbox();
    sandbox.faults.add({ kind: 'denied', service, operation });

    const { status, findings } = await doctor(url);

    expect(status).toBe(0);
    expect(findings).toContainEqual(expect.objectContaining({ verdict: 'unknown', subject, remedy }));
    expect(findings.filter(({ verdict }) => verdict === 'problem')).toEqual(none);
  });

  it('the instances of a region, on which quotas and policies depend', async () => {
    const { sandbox, url } = await anEstablishedSandbox();
    sandbox.faults.add({ kind: 'denied', operation: 'DescribeInstances', region: 'us-east-1' });

    const { findings } = await doctor(url);

    const unknown = findings.filter(({ verdict }) => verdict === 'unknown');
    expect(unknown[0]?.text).toBe('ec2:CreateImage could not be tried, since the instances here could not be read');
    expect(unknown.map(({ check, subject, remedy }) => [check, subject, remedy])).toEqual([
      ['permission', 'snapshot in us-east-1', 'run doctor again once that is otherwise'],
      ['quota', 'all', 'mend what is said of instances there, and run doctor again'],
      ['policy', 'all', 'allow ec2:DescribeInstances in us-east-1'],
    ]);
  });

  it('the images of a region, on which calls are tried', async () => {
    const { sandbox, url } = await anEstablishedSandbox();
    sandbox.faults.add({ kind: 'denied', operation: 'DescribeImages', region: 'eu-west-1' });

    const { status, findings } = await doctor(url);

    expect(status).toBe(1);
    expect(findings.map(({ verdict, subject, text }) => [verdict, subject, text.replace(/: .*/, '')])).toEqual([
      ['problem', 'copy to eu-west-1', 'you may not call ec2:DescribeImages'],
      ['problem', 'retire in eu-west-1', 'you may not call ec2:DescribeImages'],
      [
        'unknown',
        'retire in eu-west-1',
        '12 calls, from ec2:DescribeImageReferences to ec2:DeleteSnapshot, could not be tried, since the images here could not be read',
      ],
    ]);
  });

  it('a call that fails for another reason than that it is denied', async () => {
    const { sandbox, url } = await anEstablishedSandbox();
    const fault = { kind: 'error-before', code: 'IncorrectState', status: 400, message: 'not now' } as const;
    sandbox.faults.add({ ...fault, operation: 'DisableImage', region: 'eu-west-1' });

    const { status, findings } = await doctor(url);

    expect(status).toBe(0);
    expect(findings).toEqual([
      expect.objectContaining({
        subject: 'retire in eu-west-1',
        verdict: 'unknown',
        text: 'whether you may call ec2:DisableImage did not show: IncorrectState: not now',
      }),
    ]);
  });
});

describe('a check-up with other accounts', () => {
  const ENTRANCES = ['plan', 'operate'].map((role) => `${role} in ${MEMBER}`);

  it('tries the roles that people have there, and counts their instances', async () => {
    const { url } = await aServedSandbox([MEMBER]);

    const { status, lines } = await doctor(url, { policies: WITH_MEMBER });

    expect(status).toBe(0);
    expect(lines.filter(({ check }) => check === 'account')).toEqual(
      ENTRANCES.map((subject) => ({ check: 'account', subject, verdict: 'ok', text: 'you may assume its role' })),
    );
    expect(lines.at(-1)?.text).toBe('it selects instances: 0 in eu-central-1, 0 in us-east-1, 2 in other accounts');
  });

  it("tries a vault's roles as well", async () => {
    const { url } = await aServedSandbox([MEMBER]);
    const policies = WITH_MEMBER.replace(`${SECRET} }`, `${SECRET}, vault: true }`).replace(
      '{ region: eu-west-1,',
      `{ region: eu-west-1, account: '${MEMBER}',`,
    );

    const { lines } = await doctor(url, { policies });

    expect(lines.filter(({ check }) => check === 'account').map(({ verdict, subject }) => [verdict, subject])).toEqual(
      ENTRANCES.map((subject) => ['ok', subject]),
    );
  });

  it('does not conclude from roles that are closed to people that functions are not let in either', async () => {
    const { sandbox, url } = await aServedSandbox([MEMBER]);
    sandbox.ec2.setBehaviour({ roles: {} });

    const { status, lines, findings } = await doctor(url, { policies: WITH_MEMBER });

    expect(status).toBe(0);
    expect(
      findings.filter(({ check }) => check === 'account').map(({ verdict, subject }) => [verdict, subject]),
    ).toEqual(ENTRANCES.map((subject) => ['unknown', subject]));
    expect(lines.at(-1)).toMatchObject({ subject: 'nightly', verdict: 'unknown' });
    expect(JSON.stringify(lines)).not.toContain(SECRET);
  });
});
