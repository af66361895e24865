import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Checks, textAt } from '../checks.ts';
import { runClient } from './environment.ts';

const AMIKEEP = join(import.meta.dirname, '..', '..', 'cli', 'amikeep.ts');

const POLICIES = `
deployment: clients
regions: [eu-central-1]
policies:
  nightly:
    select: { tags: { Backup: nightly } }
    schedule: { expression: cron(0 4 * * ? *), timeZone: UTC }
    image: { reboot: never, instanceTags: [Team] }
    retention: { keepLast: 3 }
    retire: { mode: plan, endAfterSourceGoneDays: never }
`;

/** What the lost server was, as far as its network goes. */
interface Lost {
  readonly subnet: string;
  readonly group: string;
  readonly image: string;
}

/** Hands to the AWS CLI what `amikeep restore --as` prints of a server that is gone, as it is. */
export async function checkRestore(checks: Checks, aws: string, endpoint: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'amikeep-clients-'));
  try {
    await checkIn(folder, checks, aws, endpoint);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checkIn(folder: string, checks: Checks, aws: string, endpoint: string): Promise<void> {
  const policies = join(folder, 'policies.yml');
  await writeFile(policies, POLICIES);
  const succeed = async (program: string, ...args: string[]): Promise<string> => {
    const finished = await runClient(program, args, endpoint);
    assert.equal(finished.code, 0, finished.stdout + finished.stderr);
    return finished.stdout;
  };
  const cli = (...args: string[]) => succeed(aws, ...args);
  const amikeep = (...args: string[]) => succeed(process.execPath, AMIKEEP, ...args, '--policies', policies);
  /** What `amikeep restore --as` prints, as a parameter of the AWS CLI. */
  const saved = async (form: string): Promise<string> => {
    const path = join(folder, `${form}.json`);
    await writeFile(path, await amikeep('restore', 'web-1', '--as', form));
    return `file://${path}`;
  };
  let lost: Lost | undefined;

  await checks.check(
    'amikeep run snapshot images a server that the AWS CLI has launched, and that is lost then',
    async () => {
      lost = await loseServer(cli, () => amikeep('run', 'snapshot', '--policy', 'nightly'));
    },
  );

  await checks.check(
    'aws ec2 run-instances takes what amikeep restore --as json prints, and makes the machine of it',
    async () => {
      const run = ['ec2', 'run-instances', '--cli-input-json', await saved('json')];
      const launched = textAt(await cli(...run), 'Instances.0.InstanceId');
      await assertRuns(cli, launched, lost);
      assert.equal(
        textAt(await cli(...run), 'Instances.0.InstanceId'),
        launched,
        'its token makes one machine of two calls',
      );
      await cli('ec2', 'terminate-instances', '--instance-ids', launched);
      await cli('ec2', 'wait', 'instance-terminated', '--instance-ids', launched);
    },
  );

  await checks.check('aws ec2 create-launch-template takes what amikeep restore --as template prints', async () => {
    const created = await cli('ec2', 'create-launch-template', '--cli-input-json', await saved('template'));
    const name = textAt(created, 'LaunchTemplate.LaunchTemplateName');
    assert.match(name, /^restore-ami-[0-9a-f]{17}-[0-9a-f]{8}$/);
    const run = ['ec2', 'run-instances', '--count', '1', '--launch-template', `LaunchTemplateName=${name}`];
    await assertRuns(cli, textAt(await cli(...run), 'Instances.0.InstanceId'), lost);
  });

  await checks.check('aws ec2 create-launch-template takes its data under another name', async () => {
    const { LaunchTemplateData } = JSON.parse(await amikeep('restore', 'web-1', '--another', '--as', 'template'));
    const data = ['--launch-template-data', JSON.stringify(LaunchTemplateData)];
    const created = await cli('ec2', 'create-launch-template', '--launch-template-name', 'web', ...data);
    assert.equal(textAt(created, 'LaunchTemplate.LaunchTemplateName'), 'web');
  });
}

/** The machine comes up, and is what the lost one was. */
async function assertRuns(cli: Cli, id: string, lost: Lost | undefined): Promise<void> {
  await cli('ec2', 'wait', 'instance-running', '--instance-ids', id);
  const described = await cli(
    'ec2',
    'describe-instances',
    '--instance-ids',
    id,
    '--query',
    'Reservations[0].Instances[0]',
  );
  assert.equal(textAt(described, 'InstanceType'), 't3.small');
  assert.equal(textAt(described, 'SubnetId'), lost?.subnet);
  assert.equal(textAt(described, 'SecurityGroups.0.GroupId'), lost?.group);
  assert.equal(textAt(described, 'KeyName'), 'ops');
  assert.equal(textAt(described, 'MetadataOptions.HttpTokens'), 'required');
  assert.match(textAt(described, 'IamInstanceProfile.Arn'), /:instance-profile\/web$/);
  const own = "Tags[?!starts_with(Key, 'aws:')].[Key,Value]";
  const tags = JSON.parse(
    await cli('ec2', 'describe-instances', '--instance-ids', id, '--query', `Reservations[0].Instances[0].${own}`),
  );
  assert.deepEqual(
    new Map(tags),
    new Map([
      ['Name', 'web-1'],
      ['Team', 'shop'],
      ['amikeep:restored-from', lost?.image],
    ]),
  );
}

type Cli = (...args: string[]) => Promise<string>;

/** Launches a server and images it, and terminates it. */
async function loseServer(cli: (...args: string[]) => Promise<string>, image: () => Promise<string>): Promise<Lost> {
  const spec = ['--key-spec', 'ECC_NIST_EDWARDS25519', '--key-usage', 'SIGN_VERIFY'];
  const key = textAt(await cli('kms', 'create-key', ...spec), 'KeyMetadata.KeyId');
  await cli('kms', 'create-alias', '--alias-name', 'alias/amikeep-clients', '--target-key-id', key);
  const subnets = await cli('ec2', 'describe-subnets', '--query', 'sort_by(Subnets,&AvailabilityZone)');
  const subnet = textAt(subnets, '1.SubnetId');
  const made = ['--group-name', 'web', '--description', 'web', '--vpc-id', textAt(subnets, '1.VpcId')];
  const group = textAt(await cli('ec2', 'create-security-group', ...made), 'GroupId');
  await cli('ec2', 'create-key-pair', '--key-name', 'ops');
  await cli('iam', 'create-role', '--role-name', 'web', '--assume-role-policy-document', '{}');
  await cli('iam', 'create-instance-profile', '--instance-profile-name', 'web');
  await cli('iam', 'add-role-to-instance-profile', '--instance-profile-name', 'web', '--role-name', 'web');
  const images = await cli(
    'ec2',
    'describe-images',
    '--owners',
    'amazon',
    '--filters',
    'Name=architecture,Values=x86_64',
  );
  const Tags = Object.entries({ Name: 'web-1', Backup: 'nightly', Team: 'shop' }).map(([Key, Value]) => ({
    Key,
    Value,
  }));
  const ran = await cli(
    ...['ec2', 'run-instances', '--image-id', textAt(images, 'Images.0.ImageId'), '--instance-type', 't3.small'],
    ...[
      '--subnet-id',
      subnet,
      '--security-group-ids',
      group,
      '--key-name',
      'ops',
      '--iam-instance-profile',
      'Name=web',
    ],
    ...['--tag-specifications', JSON.stringify([{ ResourceType: 'instance', Tags }])],
  );
  const instance = textAt(ran, 'Instances.0.InstanceId');
  await cli('ec2', 'wait', 'instance-running', '--instance-ids', instance);
  await image();
  const own = await cli('ec2', 'describe-images', '--owners', 'self');
  await cli('ec2', 'wait', 'image-available', '--image-ids', textAt(own, 'Images.0.ImageId'));
  await cli('ec2', 'terminate-instances', '--instance-ids', instance);
  await cli('ec2', 'wait', 'instance-terminated', '--instance-ids', instance);
  return { subnet, group, image: textAt(own, 'Images.0.ImageId') };
}
