import assert from 'node:assert/strict';
import { type Checks, textAt } from '../checks.ts';
import { type Finished, runClient } from './environment.ts';

/** How version 1 of the AWS CLI ends when a service answers with an error. */
const SERVICE_ERROR = 255;

/** What the checks find out and the later ones need. */
interface Found {
  instanceId: string;
  imageId: string;
  copyId: string;
}

/** Drives the sandbox through the AWS CLI the way a person would who looks after images. */
export async function checkAwsCli(checks: Checks, aws: string, endpoint: string): Promise<void> {
  const found: Found = { instanceId: '', imageId: '', copyId: '' };
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
    const images = await succeed('ec2', 'describe-images', '--owners', 'amazon', '--query', 'Images[0]');
    const imageId = textAt(images, 'ImageId');
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

  await checks.check('aws ec2 describe-images of an unknown image is an error', async () => {
    const unknown = await cli('ec2', 'describe-images', '--image-ids', 'ami-00000000000000000');
    assertError(unknown, 'InvalidAMIID.NotFound', 'DescribeImages');
  });

  await checks.check('aws ec2 create-vpc, which is not modelled, is an error', async () => {
    assertError(await cli('ec2', 'create-vpc', '--cidr-block', '10.0.0.0/16'), 'InvalidAction', 'CreateVpc');
  });

  await checks.check('aws events put-events takes an event', async () => {
    const entry = JSON.stringify([{ Source: 'shop', DetailType: 'Order', Detail: '{"id":1}' }]);
    assert.match(
      textAt(await succeed('events', 'put-events', '--entries', entry), 'Entries.0.EventId'),
      /^[0-9a-f-]{36}$/,
    );
  });
}

function assertError({ code, stderr }: Finished, errorCode: string, operation: string): void {
  assert.equal(code, SERVICE_ERROR, stderr);
  assert.ok(stderr.includes(`(${errorCode}) when calling the ${operation} operation`), stderr);
}
