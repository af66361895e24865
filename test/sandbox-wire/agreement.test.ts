import {
  CopyImageCommand,
  CreateImageCommand,
  CreateImageUsageReportCommand,
  CreateLaunchTemplateCommand,
  CreateTagsCommand,
  DeleteImageUsageReportCommand,
  DeleteTagsCommand,
  DeregisterImageCommand,
  DescribeImageAttributeCommand,
  DescribeImageReferencesCommand,
  DescribeImagesCommand,
  DescribeImageUsageReportEntriesCommand,
  DescribeImageUsageReportsCommand,
  DescribeInstancesCommand,
  DescribeLockedSnapshotsCommand,
  DescribeSnapshotAttributeCommand,
  DescribeSnapshotsCommand,
  DisableImageCommand,
  DisableImageDeregistrationProtectionCommand,
  EC2Client,
  EnableImageCommand,
  EnableImageDeprecationCommand,
  EnableImageDeregistrationProtectionCommand,
  ListImagesInRecycleBinCommand,
  ListSnapshotsInRecycleBinCommand,
  LockSnapshotCommand,
  ModifyImageAttributeCommand,
  ModifySnapshotAttributeCommand,
  ResetImageAttributeCommand,
  RestoreImageFromRecycleBinCommand,
  RestoreSnapshotFromRecycleBinCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  UnlockSnapshotCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import { ACCOUNT, aSandbox, clientConfig, REGION, served } from './world.ts';

const DR_REGION = 'eu-west-1';
const MINUTE = 60_000;

const GUEST = '444455556666';

/** A client in each region and one of another account, and the sandbox's time in the test's hand. */
interface Teller {
  readonly here: EC2Client;
  readonly there: EC2Client;
  readonly guest: EC2Client;
  pass(ms: number): Promise<void>;
  /** Lets the Recycle Bin keep what is deleted from now on, for a day. */
  keepDeleted(): Promise<void>;
}

/** Keeps everything that is answered, so that two ways of asking can be compared. */
function aNotebook() {
  const told: unknown[] = [];
  return {
    told,
    note: async <Output extends object>(answer: Promise<Output>): Promise<Output> => {
      const output = await answer;
      told.push(output);
      return output;
    },
    noteError: async (answer: Promise<object>): Promise<void> => {
      told.push(
        await answer.then(
          () => 'no error',
          (error: unknown) => Object.entries(Object(error)),
        ),
      );
    },
  };
}

/** What an image goes through from its making to its end, with everything that was answered on the way. */
async function lifeOfAnImage({ here, there, pass, keepDeleted }: Teller): Promise<unknown[]> {
  const { told, note, noteError } = aNotebook();
  const run = { MinCount: 1, MaxCount: 1, ImageId: publicImageId(REGION, 'al2023'), ClientToken: 'run' } as const;
  const launched = await note(here.send(new RunInstancesCommand({ ...run, InstanceType: 't3.micro' })));
  const InstanceId = launched.Instances?.[0]?.InstanceId;
  await pass(10 * MINUTE);
  await note(here.send(new DescribeInstancesCommand({ MaxResults: 5 })));
  const Tags = [{ Key: 'Name', Value: ' <web> & "1"\n' }];
  const TagSpecifications = [{ ResourceType: 'image', Tags } as const, { ResourceType: 'snapshot', Tags } as const];
  const create = new CreateImageCommand({ InstanceId, Name: 'web 1', NoReboot: true, TagSpecifications });
  const { ImageId } = await note(here.send(create));
  await note(here.send(new DescribeImagesCommand({ Owners: ['self'], ImageIds: [] })));
  await noteError(here.send(create));
  await pass(120 * MINUTE);
  await note(here.send(new DescribeImagesCommand({ ImageIds: [ImageId ?? ''] })));
  await note(here.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })));
  const copy = {
    Name: 'web 1',
    SourceImageId: ImageId,
    SourceRegion: REGION,
    CopyImageTags: true,
    ClientToken: 'copy',
  };
  await note(there.send(new CopyImageCommand(copy)));
  await pass(120 * MINUTE);
  await note(
    there.send(new DescribeImagesCommand({ Owners: ['self'], Filters: [{ Name: 'state', Values: ['available'] }] })),
  );
  await note(here.send(new CreateTagsCommand({ Resources: [ImageId ?? ''], Tags: [{ Key: 'Hold', Value: '' }] })));
  await note(here.send(new DeleteTagsCommand({ Resources: [ImageId ?? ''], Tags: [{ Key: 'Name' }] })));
  const DeprecateAt = new Date('2027-01-01T00:00:31.500Z');
  await note(here.send(new EnableImageDeprecationCommand({ ImageId, DeprecateAt })));
  await note(here.send(new DisableImageCommand({ ImageId })));
  await note(here.send(new DescribeImagesCommand({ Owners: ['self'], IncludeDisabled: true })));
  await note(here.send(new EnableImageCommand({ ImageId })));
  const { Images: [image] = [] } = await note(here.send(new DescribeImagesCommand({ ImageIds: [ImageId ?? ''] })));
  const SnapshotId = image?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId;
  await note(here.send(new LockSnapshotCommand({ SnapshotId, LockMode: 'governance', LockDuration: 9 })));
  const ExpirationDate = new Date('2027-01-01T00:00:31.500Z');
  const lock = new LockSnapshotCommand({ SnapshotId, LockMode: 'compliance', ExpirationDate, CoolOffPeriod: 1 });
  await note(here.send(lock));
  await note(here.send(new DescribeLockedSnapshotsCommand({})));
  await note(here.send(new UnlockSnapshotCommand({ SnapshotId })));
  await keepDeleted();
  await note(here.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })));
  await note(here.send(new ListImagesInRecycleBinCommand({})));
  await note(here.send(new ListSnapshotsInRecycleBinCommand({})));
  await noteError(here.send(new RestoreImageFromRecycleBinCommand({ ImageId })));
  await note(here.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId })));
  await note(here.send(new RestoreImageFromRecycleBinCommand({ ImageId })));
  await noteError(here.send(new DeregisterImageCommand({ ImageId, DryRun: true })));
  await note(here.send(new DeregisterImageCommand({ ImageId, DeleteAssociatedSnapshots: true })));
  await noteError(here.send(new DescribeImagesCommand({ ImageIds: ['ami-00000000000000000'] })));
  await note(here.send(new TerminateInstancesCommand({ InstanceIds: [InstanceId ?? ''] })));
  return told;
}

/** What an image goes through that another account uses, protected as long as it does. */
async function lifeOfASharedImage({ here, guest, pass }: Teller): Promise<unknown[]> {
  const { told, note, noteError } = aNotebook();
  const run = { MinCount: 1, MaxCount: 1 } as const;
  const ImageId = await anImage(here, pass);
  const SnapshotId = (await note(here.send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] })))).Snapshots?.[0]
    ?.SnapshotId;
  await note(here.send(new EnableImageDeregistrationProtectionCommand({ ImageId, WithCooldown: true })));
  const LaunchPermission = { Add: [{ UserId: GUEST }, { Group: 'all' as const }], Remove: [{ Group: 'all' as const }] };
  await note(here.send(new ModifyImageAttributeCommand({ ImageId, LaunchPermission })));
  await note(here.send(new ModifyImageAttributeCommand({ ImageId, Description: { Value: '<golden> & "1"' } })));
  const volumes = { SnapshotId, Attribute: 'createVolumePermission' } as const;
  const add = { OperationType: 'add' as const, UserIds: [GUEST] };
  await note(here.send(new ModifySnapshotAttributeCommand({ ...volumes, ...add })));
  await note(here.send(new DescribeSnapshotAttributeCommand(volumes)));
  await note(guest.send(new DescribeSnapshotsCommand({ RestorableByUserIds: ['self'] })));
  await note(guest.send(new DescribeImagesCommand({ ExecutableUsers: ['self'] })));
  await note(guest.send(new RunInstancesCommand({ ...run, ImageId, ClientToken: 'guest' })));
  const LaunchTemplateData = { ImageId };
  const template = { LaunchTemplateName: 'web', LaunchTemplateData, ClientToken: 'template' };
  await note(guest.send(new CreateLaunchTemplateCommand(template)));
  const ImageIds = [ImageId];
  const ResourceTypeOptions = [{ OptionName: 'state-name' as const, OptionValues: ['pending' as const] }];
  const ResourceTypes = [{ ResourceType: 'ec2:Instance' as const, ResourceTypeOptions }];
  for (const client of [here, guest]) {
    await note(client.send(new DescribeImageReferencesCommand({ ImageIds, IncludeAllResourceTypes: true })));
    await note(client.send(new DescribeImageReferencesCommand({ ImageIds, ResourceTypes })));
  }
  await pass(5 * 24 * 60 * MINUTE);
  for (const Attribute of [
    'launchPermission',
    'description',
    'deregistrationProtection',
    'lastLaunchedTime',
    'blockDeviceMapping',
  ] as const) {
    const read = here.send(new DescribeImageAttributeCommand({ ImageId, Attribute }));
    await (Attribute === 'blockDeviceMapping' ? noteError(read) : note(read));
  }
  const both = [{ ResourceType: 'ec2:Instance' }, { ResourceType: 'ec2:LaunchTemplate' }];
  const TagSpecifications = [{ ResourceType: 'image-usage-report' as const, Tags: [{ Key: 'a', Value: '' }] }];
  const usage = { ImageId, ResourceTypes: both, TagSpecifications, ClientToken: 'report' };
  const { ReportId } = await note(here.send(new CreateImageUsageReportCommand(usage)));
  await note(here.send(new DescribeImageUsageReportsCommand({ ReportIds: [ReportId ?? ''] })));
  await pass(10 * MINUTE);
  await note(here.send(new DescribeImageUsageReportsCommand({ ImageIds })));
  const { ImageUsageReportEntries } = await note(here.send(new DescribeImageUsageReportEntriesCommand({ ImageIds })));
  expect(ImageUsageReportEntries).toHaveLength(2);
  await note(here.send(new DeleteImageUsageReportCommand({ ReportId })));
  await note(here.send(new ResetImageAttributeCommand({ ImageId, Attribute: 'launchPermission' })));
  await noteError(guest.send(new DescribeImagesCommand({ ImageIds })));
  await note(here.send(new DisableImageDeregistrationProtectionCommand({ ImageId })));
  await note(here.send(new DescribeImagesCommand({ ImageIds })));
  await noteError(here.send(new DeregisterImageCommand({ ImageId })));
  return told;
}

async function anImage(client: EC2Client, pass: Teller['pass']): Promise<string> {
  const ImageId = publicImageId(REGION, 'al2023');
  const run = new RunInstancesCommand({ ImageId, MinCount: 1, MaxCount: 1, ClientToken: 'run' });
  const InstanceId = (await client.send(run)).Instances?.[0]?.InstanceId;
  await pass(10 * MINUTE);
  const made = await client.send(new CreateImageCommand({ InstanceId, Name: 'golden' }));
  await pass(120 * MINUTE);
  return made.ImageId ?? '';
}

function handsOn(sandbox: ReturnType<typeof aSandbox>): Pick<Teller, 'pass' | 'keepDeleted'> {
  const RetentionPeriod = { RetentionPeriodValue: 1, RetentionPeriodUnit: 'DAYS' };
  return {
    pass: (ms) => sandbox.clock.advance(ms),
    keepDeleted: async () => {
      for (const ResourceType of ['EC2_IMAGE', 'EBS_SNAPSHOT']) {
        const input = { ResourceType, RetentionPeriod };
        await sandbox.call({ service: 'rbin', operation: 'CreateRule', region: REGION, account: ACCOUNT, input });
      }
    },
  };
}

async function overHttp(): Promise<Teller> {
  const sandbox = aSandbox();
  const { url: endpoint } = await served(sandbox);
  const here = new EC2Client({ ...clientConfig(), endpoint });
  const there = new EC2Client({ ...clientConfig(ACCOUNT, DR_REGION), endpoint });
  const guest = new EC2Client({ ...clientConfig(GUEST), endpoint });
  onTestFinished(() => {
    for (const client of [here, there, guest]) client.destroy();
  });
  return { here, there, guest, ...handsOn(sandbox) };
}

function inProcess(replayEvery: number): Teller {
  const sandbox = aSandbox();
  const here = new EC2Client(clientConfig());
  const there = new EC2Client(clientConfig(ACCOUNT, DR_REGION));
  const guest = new EC2Client(clientConfig(GUEST));
  for (const client of [here, there]) connectInProcess(sandbox, client, { account: ACCOUNT, replayEvery });
  connectInProcess(sandbox, guest, { account: GUEST, replayEvery });
  return { here, there, guest, ...handsOn(sandbox) };
}

describe.each([
  ['the life of an image', lifeOfAnImage],
  ['the life of a shared image', lifeOfASharedImage],
])("%s, as the SDK's clients see it", (_, life) => {
  it('is the same to the last member in process and over HTTP', async () => {
    expect(await life(inProcess(0))).toStrictEqual(await life(await overHttp()));
  });

  it('survives the wire at every call', async () => {
    expect(await life(inProcess(1))).toStrictEqual(await life(inProcess(0)));
  });
});
