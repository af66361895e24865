import { describe, expect, it } from 'vitest';
import { anImage, anInstance, aPlane, consumer, home, hours, idOf, imageOf, refusal, snapshotIdsOf } from './plane.ts';
import { share, third } from './sharing.ts';

const types = [{ ResourceType: 'ec2:Instance' }, { ResourceType: 'ec2:LaunchTemplate' }];
const lock = { LockMode: 'governance', LockDuration: 1 } as const;

function publish({ call }: ReturnType<typeof aPlane>, ImageId: string): void {
  call('ModifyImageAttribute', { ImageId, LaunchPermission: { Add: [{ Group: 'all' }] } });
}

describe('how far an image can be shared is a setting:', () => {
  it('with how many entities, and the code for one too many', async () => {
    const plane = aPlane({ sharingLimit: 1 });
    const ImageId = await anImage(plane);
    share(plane, ImageId, consumer.account);
    const code = () => refusal(() => share(plane, ImageId, third.account)).code;
    expect(code()).toBe('ResourceLimitExceeded');
    plane.service.setBehaviour({ sharingLimitCode: 'InvalidRequest' });
    expect(code()).toBe('InvalidRequest');
    plane.service.setBehaviour({ sharingLimit: 2 });
    share(plane, ImageId, third.account);
  });

  it('how many are public, five by default, and the code for one too many', async () => {
    const plane = aPlane();
    for (const name of ['one', 'two', 'three', 'four', 'five']) publish(plane, await anImage(plane, name));
    const ImageId = await anImage(plane, 'six');
    expect(refusal(() => publish(plane, ImageId)).code).toBe('ResourceLimitExceeded');
    plane.service.setBehaviour({ publicImageQuotaCode: 'InvalidRequest' });
    expect(refusal(() => publish(plane, ImageId)).code).toBe('InvalidRequest');
    plane.service.setBehaviour({ publicImageQuota: 6 });
    publish(plane, ImageId);
    expect(imageOf(plane, ImageId).Public).toBe(true);
  });
});

describe('a usage report has settings:', () => {
  it('how long it takes', async () => {
    const plane = aPlane({ usageReportMs: 1_000 });
    const { ReportId } = plane.call('CreateImageUsageReport', { ImageId: await anImage(plane), ResourceTypes: types });
    const state = () => plane.call('DescribeImageUsageReports', {}).ImageUsageReports?.[0]?.State;
    await plane.clock.advance(999);
    expect(state()).toBe('pending');
    await plane.clock.advance(1);
    expect([state(), ReportId]).toEqual(['available', expect.stringMatching(/^amiur-/)]);
  });

  it('how long it knows nothing of launches and of launch templates', async () => {
    const plane = aPlane({
      usageReportMs: 0,
      usageReportInstanceLagMs: hours,
      usageReportTemplateLagMs: 2 * hours,
    });
    const ImageId = await anImage(plane);
    plane.call('RunInstances', { ImageId, MinCount: 1, MaxCount: 1 });
    plane.call('CreateLaunchTemplate', { LaunchTemplateName: 'web', LaunchTemplateData: { ImageId } });
    const used = async () => {
      const { ReportId } = plane.call('CreateImageUsageReport', { ImageId, ResourceTypes: types });
      await plane.clock.advance(0);
      const { ImageUsageReportEntries } = plane.call('DescribeImageUsageReportEntries', {
        ReportIds: [idOf(ReportId)],
      });
      return ImageUsageReportEntries?.map(({ ResourceType }) => ResourceType);
    };
    await plane.clock.advance(hours - 1);
    expect(await used()).toEqual([]);
    await plane.clock.advance(1);
    expect(await used()).toEqual(['ec2:Instance']);
    await plane.clock.advance(hours - 1);
    expect(await used()).toEqual(['ec2:Instance']);
    await plane.clock.advance(1);
    expect(await used()).toEqual(['ec2:Instance', 'ec2:LaunchTemplate']);
  });

  it('the codes for one too many, and for one that is not there', async () => {
    const plane = aPlane({ usageReportQuotaCode: 'RequestLimitExceeded', unknownUsageReportCode: 'InvalidRequest' });
    const request = { ImageId: await anImage(plane), ResourceTypes: types };
    plane.call('CreateImageUsageReport', request);
    expect(refusal(() => plane.call('CreateImageUsageReport', request)).code).toBe('RequestLimitExceeded');
    const ReportId = 'amiur-00000000000000001';
    expect(refusal(() => plane.call('DeleteImageUsageReport', { ReportId })).code).toBe('InvalidRequest');
    const ReportIds = [ReportId];
    expect(refusal(() => plane.call('DescribeImageUsageReports', { ReportIds })).code).toBe('InvalidRequest');
  });
});

describe('what keeps a snapshot has codes that are not documented:', () => {
  it('for a state in which it can be locked no more, and unlocked not yet', async () => {
    const plane = aPlane({ lockStateCode: 'InvalidRequest', unlockWithoutLock: 'refused' });
    const InstanceId = await anInstance(plane);
    plane.service.failNextImage({ region: home, code: 'Client.InternalError', message: 'no', after: 1 });
    const { ImageId } = plane.call('CreateImage', { InstanceId, Name: 'golden' });
    await plane.clock.advance(hours);
    const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, idOf(ImageId)));
    expect(refusal(() => plane.call('LockSnapshot', { SnapshotId, ...lock })).code).toBe('InvalidRequest');
    expect(refusal(() => plane.call('UnlockSnapshot', { SnapshotId })).code).toBe('InvalidRequest');
  });

  it('for an image that is restored from the bin before it is', async () => {
    const plane = aPlane({ restoreWithoutSnapshotsCode: 'IncorrectState' }, 1, () => 7);
    const ImageId = await anImage(plane);
    plane.call('DeregisterImage', { ImageId, DeleteAssociatedSnapshots: true });
    expect(refusal(() => plane.call('RestoreImageFromRecycleBin', { ImageId })).code).toBe('IncorrectState');
  });

  it('for one that is not in the bin', async () => {
    const plane = aPlane();
    const [SnapshotId = ''] = snapshotIdsOf(imageOf(plane, await anImage(plane)));
    const restore = () => refusal(() => plane.call('RestoreSnapshotFromRecycleBin', { SnapshotId })).code;
    const list = () => refusal(() => plane.call('ListSnapshotsInRecycleBin', { SnapshotIds: [SnapshotId] })).code;
    expect([restore(), list()]).toEqual(['InvalidSnapshot.NotFound', 'InvalidSnapshot.NotFound']);
    plane.service.setBehaviour({ snapshotNotInBinCode: 'NotInBin' });
    expect([restore(), list()]).toEqual(['NotInBin', 'NotInBin']);
  });
});
