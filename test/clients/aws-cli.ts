import assert from 'node:assert/strict';
import { type Checks, textAt } from '../checks.ts';
import { type Finished, runClient } from './environment.ts';

/** How version 1 of the AWS CLI ends when a service answers with an error. */
const SERVICE_ERROR = 255;

const LOCK_OF_RULE = ['--lock-configuration', 'UnlockDelay={UnlockDelayValue=7,UnlockDelayUnit=DAYS}'];

/** What the checks find out and the later ones need. */
interface Found {
  instanceId: string;
  imageId: string;
  copyId: string;
  ruleId: string;
}

/** Drives the sandbox through the AWS CLI the way a person would who looks after images. */
export async function checkAwsCli(checks: Checks, aws: string, endpoint: string): Promise<void> {
  const found: Found = { instanceId: '', imageId: '', copyId: '', ruleId: '' };
  const cli = (...args: string[]) => runClient(aws, args, endpoint);
  const succeed = async (...args: string[]): Promise<string> => {
    const finished = await cli(...args);
    assert.equal(finished.code, 0, finished.stderr);
    return finished.stdout;
  };
  const tags = (type: string) => `ResourceType=${type},Tags=[{Key=Name,Value=web 1},{Key=Backup,Value=nightly}]`;

  await checks.check('aws sts get-caller-identity says which account the access key stands for', async () => {
    assert.equal(textAt(await succeed('sts', 'get-caller-identity'), 'Account'), '222233334444');
  });

  await checks.check('aws ec2 run-instances launches a public image', async () => {
    const imageId = await aPublicImage(succeed);
    const run = ['ec2', 'run-instances', '--image-id', imageId, '--count', '1', '--instance-type', 't3.micro'];
    const launched = await succeed(...run, '--tag-specifications', tags('instance'));
    found.instanceId = textAt(launched, 'Instances.0.InstanceId');
    assert.match(found.instanceId, /^i-[0-9a-f]{17}$/);
  });

  await checks.check('aws ec2 wait instance-running comes to an end', async () => {
    await succeed('ec2', 'wait', 'instance-running', '--instance-ids', found.instanceId);
  });

  await checks.check('aws ec2 create-image makes an image', async () => {
    const create = ['ec2', 'create-image', '--instance-id', found.instanceId, '--name', 'web-1', '--no-reboot'];
    const created = await succeed(...create, '--tag-specifications', tags('image'), tags('snapshot'));
    found.imageId = textAt(created, 'ImageId');
    await succeed('ec2', 'wait', 'image-available', '--image-ids', found.imageId);
  });

  await checks.check('aws ec2 describe-images prints a table of my images', async () => {
    const query = 'Images[*].[ImageId,Name,CreationDate]';
    const table = await succeed('ec2', 'describe-images', '--owners', 'self', '--query', query, '--output', 'table');
    const row = table.split('\n').find((line) => line.includes(found.imageId));
    assert.match(row ?? table, /^\| +ami-[0-9a-f]{17} +\| +web-1 +\| +\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z +\|$/);
  });

  await checks.check('aws ec2 create-image refuses a name that is taken', async () => {
    const again = await cli('ec2', 'create-image', '--instance-id', found.instanceId, '--name', 'web-1', '--no-reboot');
    assertError(again, 'InvalidAMIName.Duplicate', 'CreateImage');
  });

  await checks.check('aws ec2 copy-image copies an image to another region', async () => {
    const source = ['--source-region', 'eu-central-1', '--source-image-id', found.imageId];
    const copied = await succeed(
      'ec2',
      'copy-image',
      '--region',
      'eu-west-1',
      ...source,
      '--name',
      'web-1',
      '--copy-image-tags',
    );
    found.copyId = textAt(copied, 'ImageId');
    await succeed('ec2', 'wait', 'image-available', '--region', 'eu-west-1', '--image-ids', found.copyId);
    const there = await succeed('ec2', 'describe-images', '--region', 'eu-west-1', '--image-ids', found.copyId);
    assert.equal(textAt(there, 'Images.0.SourceImageId'), found.imageId);
  });

  await checks.check('aws ec2 create-tags writes a tag that a filter finds', async () => {
    await succeed('ec2', 'create-tags', '--resources', found.imageId, '--tags', 'Key=Stage,Value=a+b & c');
    const filter = ['--filters', 'Name=tag:Stage,Values=a+b & c'];
    const images = await succeed(
      'ec2',
      'describe-images',
      '--owners',
      'self',
      ...filter,
      '--query',
      'Images[*].ImageId',
    );
    assert.deepEqual(JSON.parse(images), [found.imageId]);
  });

  await checks.check('aws ec2 describe-snapshots lists the snapshot of the image', async () => {
    const query = ['--query', 'Snapshots[*].[State,Tags[?Key==`Name`].Value|[0]]', '--output', 'text'];
    assert.equal(await succeed('ec2', 'describe-snapshots', '--owner-ids', 'self', ...query), 'completed\tweb 1\n');
  });

  await checks.check('aws ec2 modify-image-attribute shares an image, and says with whom', async () => {
    const permission = ['--launch-permission', 'Add=[{UserId=111122223333}]'];
    await succeed('ec2', 'modify-image-attribute', '--image-id', found.imageId, ...permission);
    const read = ['describe-image-attribute', '--image-id', found.imageId, '--attribute', 'launchPermission'];
    assert.equal(textAt(await succeed('ec2', ...read), 'LaunchPermissions.0.UserId'), '111122223333');
    await succeed('ec2', 'reset-image-attribute', '--image-id', found.imageId, '--attribute', 'launchPermission');
    const left = await succeed('ec2', ...read, '--query', 'LaunchPermissions');
    assert.deepEqual(JSON.parse(left), []);
  });

  await checks.check('aws ec2 enable-image-deregistration-protection protects an image', async () => {
    const image = ['--image-id', found.imageId];
    const enabled = await succeed('ec2', 'enable-image-deregistration-protection', ...image);
    assert.equal(textAt(enabled, 'Return'), 'enabled-without-cooldown');
    assertError(await cli('ec2', 'deregister-image', ...image), 'OperationNotPermitted', 'DeregisterImage');
    const disabled = await succeed('ec2', 'disable-image-deregistration-protection', ...image);
    assert.equal(textAt(disabled, 'Return'), 'disabled');
  });

  await checks.check('aws ec2 disable-image and enable-image change the state and back', async () => {
    const state = async () => {
      const images = await succeed('ec2', 'describe-images', '--include-disabled', '--image-ids', found.imageId);
      return textAt(images, 'Images.0.State');
    };
    await succeed('ec2', 'disable-image', '--image-id', found.imageId);
    assert.equal(await state(), 'disabled');
    await succeed('ec2', 'enable-image', '--image-id', found.imageId);
    assert.equal(await state(), 'available');
  });

  await checks.check('aws ec2 deregister-image --dry-run changes nothing', async () => {
    const dryRun = await cli('ec2', 'deregister-image', '--image-id', found.imageId, '--dry-run');
    assertError(dryRun, 'DryRunOperation', 'DeregisterImage');
  });

  await checks.check('aws ec2 deregister-image --delete-associated-snapshots leaves nothing', async () => {
    const gone = await succeed('ec2', 'deregister-image', '--image-id', found.imageId, '--delete-associated-snapshots');
    assert.equal(textAt(gone, 'DeleteSnapshotResults.0.ReturnCode'), 'success');
    const left = await succeed('ec2', 'describe-snapshots', '--owner-ids', 'self', '--query', 'Snapshots');
    assert.deepEqual(JSON.parse(left), []);
  });

  await checks.check(
    'aws rbin create-rule, list-rules, get-rule and update-rule make, show and change a rule',
    async () => {
      const retention = ['--retention-period', 'RetentionPeriodValue=7,RetentionPeriodUnit=DAYS'];
      const tag = ['--resource-tags', 'ResourceTagKey=Backup,ResourceTagValue=nightly'];
      const kind = ['--resource-type', 'EC2_IMAGE'];
      const created = await succeed('rbin', 'create-rule', ...kind, ...retention, ...tag, '--description', 'a week');
      found.ruleId = textAt(created, 'Identifier');
      assert.match(textAt(created, 'RuleArn'), /^arn:aws:rbin:eu-central-1:222233334444:rule\/[0-9a-zA-Z]{11}$/);
      const query = ['--query', 'Rules[*].[Identifier,Description,RetentionPeriod.RetentionPeriodValue]'];
      const listed = await succeed('rbin', 'list-rules', ...kind, ...query, '--output', 'text');
      assert.equal(listed, `${found.ruleId}\ta week\t7\n`);
      const rule = ['--identifier', found.ruleId];
      assert.equal(textAt(await succeed('rbin', 'get-rule', ...rule), 'ResourceTags.0.ResourceTagValue'), 'nightly');
      const updated = await succeed('rbin', 'update-rule', ...rule, '--description', 'seven days');
      assert.equal(textAt(updated, 'Description'), 'seven days');
    },
  );

  await checks.check('aws ec2 restores from the Recycle Bin an image that a rule has caught', async () => {
    const create = ['ec2', 'create-image', '--instance-id', found.instanceId, '--name', 'kept', '--no-reboot'];
    const imageId = textAt(await succeed(...create, '--tag-specifications', tags('image')), 'ImageId');
    const image = ['--image-id', imageId];
    await succeed('ec2', 'wait', 'image-available', '--image-ids', imageId);
    await succeed('ec2', 'deregister-image', ...image);
    const binned = await succeed('ec2', 'list-images-in-recycle-bin', '--query', 'Images[*].[ImageId,Name]');
    assert.deepEqual(JSON.parse(binned), [[imageId, 'kept']]);
    const own = ['ec2', 'describe-images', '--owners', 'self', '--query', 'Images[*].ImageId'];
    assert.deepEqual(JSON.parse(await succeed(...own)), []);
    assert.deepEqual(JSON.parse(await succeed('ec2', 'restore-image-from-recycle-bin', ...image)), { Return: true });
    assert.deepEqual(JSON.parse(await succeed(...own)), [imageId]);
    const again = await cli('ec2', 'restore-image-from-recycle-bin', ...image);
    assertError(again, 'InvalidAMIID.NotFound', 'RestoreImageFromRecycleBin');
  });

  await checks.check('aws rbin delete-rule leaves no rule, and another one is an error', async () => {
    const rule = ['--identifier', found.ruleId];
    await succeed('rbin', 'delete-rule', ...rule);
    assertError(await cli('rbin', 'get-rule', ...rule), 'ResourceNotFoundException', 'GetRule');
    assertError(await cli('rbin', 'lock-rule', ...rule, ...LOCK_OF_RULE), 'UnknownOperationException', 'LockRule');
  });

  await checks.check('aws ec2 lock-snapshot keeps a snapshot until unlock-snapshot', async () => {
    const images = await succeed('ec2', 'describe-images', '--owners', 'self');
    const snapshot = ['--snapshot-id', textAt(images, 'Images.0.BlockDeviceMappings.0.Ebs.SnapshotId')];
    await succeed('ec2', 'deregister-image', '--image-id', textAt(images, 'Images.0.ImageId'));
    const lock = ['ec2', 'lock-snapshot', ...snapshot, '--lock-mode', 'governance', '--lock-duration', '1'];
    assert.equal(textAt(await succeed(...lock), 'LockState'), 'governance');
    const locked = await succeed('ec2', 'describe-locked-snapshots');
    assert.match(textAt(locked, 'Snapshots.0.LockExpiresOn'), /^\d{4}-\d\d-\d\dT/);
    assertError(await cli('ec2', 'delete-snapshot', ...snapshot), 'OperationNotPermitted', 'DeleteSnapshot');
    await succeed('ec2', 'unlock-snapshot', ...snapshot);
    await succeed('ec2', 'delete-snapshot', ...snapshot);
  });

  await checks.check('aws ec2 describe-images of an unknown image is an error', async () => {
    const unknown = await cli('ec2', 'describe-images', '--image-ids', 'ami-00000000000000000');
    assertError(unknown, 'InvalidAMIID.NotFound', 'DescribeImages');
  });

  await checks.check('aws ec2 create-placement-group, which is not modelled, is an error', async () => {
    const create = ['ec2', 'create-placement-group', '--group-name', 'near', '--strategy', 'cluster'];
    assertError(await cli(...create), 'InvalidAction', 'CreatePlacementGroup');
  });

  await checkGroups(checks, succeed, cli);
  await checkParameters(checks, succeed, cli);

  await checks.check('aws events put-events takes an event', async () => {
    const entry = JSON.stringify([{ Source: 'shop', DetailType: 'Order', Detail: '{"id":1}' }]);
    assert.match(
      textAt(await succeed('events', 'put-events', '--entries', entry), 'Entries.0.EventId'),
      /^[0-9a-f-]{36}$/,
    );
  });
}

type Succeed = (...args: string[]) => Promise<string>;
type Cli = (...args: string[]) => Promise<Finished>;

async function aPublicImage(succeed: Succeed): Promise<string> {
  return textAt(
    await succeed('ec2', 'describe-images', '--include-deprecated', '--owners', 'amazon', '--query', 'Images[0]'),
    'ImageId',
  );
}

async function checkGroups(checks: Checks, succeed: Succeed, cli: Cli): Promise<void> {
  const imageId = await aPublicImage(succeed);
  const configure = ['autoscaling', 'create-launch-configuration', '--launch-configuration-name', 'web-1'];
  const configuration = [...configure, '--image-id', imageId, '--instance-type', 't3.micro'];

  await checks.check('aws autoscaling create-launch-configuration makes one, and no second of its name', async () => {
    await succeed(...configuration);
    assertError(await cli(...configuration), 'AlreadyExists', 'CreateLaunchConfiguration');
    const described = await succeed('autoscaling', 'describe-launch-configurations');
    assert.equal(textAt(described, 'LaunchConfigurations.0.ImageId'), imageId);
  });

  await checks.check('aws autoscaling create-auto-scaling-group attaches it', async () => {
    const create = ['autoscaling', 'create-auto-scaling-group', '--auto-scaling-group-name', 'web'];
    const sizes = ['--min-size', '0', '--max-size', '0', '--availability-zones', 'eu-central-1a', 'eu-central-1b'];
    const tags = ['--tags', 'Key=team,Value=shop,PropagateAtLaunch=false'];
    await succeed(...create, '--launch-configuration-name', 'web-1', ...sizes, ...tags);
    const filter = ['--filters', 'Name=tag:team,Values=shop'];
    const described = await succeed('autoscaling', 'describe-auto-scaling-groups', ...filter);
    assert.equal(textAt(described, 'AutoScalingGroups.0.LaunchConfigurationName'), 'web-1');
    const remove = ['autoscaling', 'delete-launch-configuration', '--launch-configuration-name', 'web-1'];
    assertError(await cli(...remove), 'ResourceInUse', 'DeleteLaunchConfiguration');
  });

  await checks.check('aws autoscaling describe-launch-configurations follows the pages', async () => {
    await succeed(...configuration.map((arg) => (arg === 'web-1' ? 'web-2' : arg)));
    const query = ['--query', 'LaunchConfigurations[*].LaunchConfigurationName', '--page-size', '1'];
    const names = await succeed('autoscaling', 'describe-launch-configurations', ...query);
    assert.deepEqual(JSON.parse(names), ['web-1', 'web-2']);
  });
}

async function checkParameters(checks: Checks, succeed: Succeed, cli: Cli): Promise<void> {
  const imageId = await aPublicImage(succeed);
  const put = ['ssm', 'put-parameter', '--name', '/golden/web', '--value', imageId, '--type', 'String'];

  await checks.check('aws ssm put-parameter keeps an image, get-parameters tells it', async () => {
    await succeed(...put, '--data-type', 'aws:ec2:image');
    assertError(await cli(...put), 'ParameterAlreadyExists', 'PutParameter');
    const got = await succeed('ssm', 'get-parameters', '--names', '/golden/web:1', '/golden/gone');
    assert.equal(textAt(got, 'Parameters.0.Value'), imageId);
    assert.equal(textAt(got, 'InvalidParameters.0'), '/golden/gone');
  });

  await checks.check('aws ssm describe-parameters finds parameters by their data type', async () => {
    const filter = ['--parameter-filters', 'Key=DataType,Values=aws:ec2:image'];
    const described = await succeed('ssm', 'describe-parameters', ...filter);
    assert.equal(textAt(described, 'Parameters.0.Name'), '/golden/web');
  });

  await checks.check('aws ssm get-parameter of an unknown parameter is an error', async () => {
    assertError(await cli('ssm', 'get-parameter', '--name', '/gone'), 'ParameterNotFound', 'GetParameter');
  });

  await checks.check('aws ec2 run-instances launches what a parameter stands for', async () => {
    const launched = await succeed('ec2', 'run-instances', '--image-id', 'resolve:ssm:/golden/web', '--count', '1');
    assert.equal(textAt(launched, 'Instances.0.ImageId'), imageId);
  });
}

function assertError({ code, stderr }: Finished, errorCode: string, operation: string): void {
  assert.equal(code, SERVICE_ERROR, stderr);
  assert.ok(stderr.includes(`(${errorCode}) when calling the ${operation} operation`), stderr);
}
