import { DescribeRegionsCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { DescribeKeyCommand, KMSClient, NotFoundException } from '@aws-sdk/client-kms';
import {
  GetServiceQuotaCommand,
  NoSuchResourceException,
  ServiceQuotasClient,
  TooManyRequestsException,
} from '@aws-sdk/client-service-quotas';
import { describe, expect, it, onTestFinished } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, aSandbox, clientConfig, inProcess, REGION, served } from './world.ts';

const KEY = '12345678-90ab-cdef-1234-567890abcdef';
const ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KEY}`;
const IMAGES = { ServiceCode: 'ec2', QuotaCode: 'L-B665C33B' };
const VCPUS = { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' };
const SNAPSHOTS = { ServiceCode: 'ebs', QuotaCode: 'L-309BACF6' };

/** Clients in process, each of whose calls is taken over the wire as well. */
function clientsOf(sandbox: Sandbox) {
  const kms = new KMSClient(clientConfig());
  const quotas = new ServiceQuotasClient(clientConfig());
  for (const client of [kms, quotas]) connectInProcess(sandbox, client, { account: ACCOUNT, replayEvery: 1 });
  return { kms, quotas };
}

const describeKey = async (sandbox: Sandbox, KeyId: string) =>
  (await clientsOf(sandbox).kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata;

describe('a key', () => {
  it.each([['alias/dr'], [KEY], [ARN]])('is described by the name %s', async (name) => {
    const key = await describeKey(aSandbox(), name);

    expect(key).toMatchObject({
      AWSAccountId: ACCOUNT,
      KeyState: 'Enabled',
      Enabled: true,
      KeySpec: 'SYMMETRIC_DEFAULT',
    });
    expect(key?.Arn).toBe(`arn:aws:kms:${REGION}:${ACCOUNT}:key/${key?.KeyId}`);
  });

  it("is the same by its alias's name and ARN", async () => {
    const named = await describeKey(aSandbox(), 'alias/dr');

    expect(await describeKey(aSandbox(), `arn:aws:kms:${REGION}:${ACCOUNT}:alias/dr`)).toEqual(named);
  });

  it('that cannot be used is disabled', async () => {
    const sandbox = aSandbox({ ec2: { unusableKmsKeys: ['alias/dr'] } });

    expect(await describeKey(sandbox, 'alias/dr')).toMatchObject({ KeyState: 'Disabled', Enabled: false });
  });

  it.each([
    ['alias/gone', `Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/gone is not found.`],
    [KEY, `Key '${ARN}' does not exist`],
  ])('that does not exist, %s, is not found', async (name, message) => {
    const sandbox = aSandbox({ ec2: { kmsKeys: { [REGION]: ['alias/dr'] } } });

    const refused = await describeKey(sandbox, name).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(NotFoundException);
    expect(refused).toMatchObject({ message });
  });
});

describe('a quota', () => {
  it.each([
    ['of images', IMAGES, 50_000, { imageQuota: 60_000 }, 60_000],
    ['of snapshots', SNAPSHOTS, 100_000, { snapshotQuota: 5 }, 5],
    ['of vCPUs', VCPUS, 1_000_000, { vcpuQuota: 64 }, 64],
  ])('%s is what the behaviour says it is', async (_, quota, preset, ec2, raised) => {
    const valueIn = async (sandbox: Sandbox) =>
      (await clientsOf(sandbox).quotas.send(new GetServiceQuotaCommand(quota))).Quota?.Value;

    expect(await valueIn(aSandbox())).toBe(preset);
    expect(await valueIn(aSandbox({ ec2 }))).toBe(raised);
  });

  it('of vCPUs is the one that launches come up against, in its region', async () => {
    const sandbox = aSandbox();
    const { quotas } = clientsOf(sandbox);
    const { ec2 } = inProcess(sandbox, 1);
    const told = async () => (await quotas.send(new GetServiceQuotaCommand(VCPUS))).Quota;
    const launch = (count: number) =>
      ec2.send(
        new RunInstancesCommand({
          ImageId: publicImageId(REGION, 'al2023'),
          InstanceType: 'm5.large',
          MinCount: count,
          MaxCount: count,
        }),
      );
    sandbox.ec2.setBehaviour({ vcpuQuota: 4 }, 'eu-west-1');
    expect((await told())?.Value).toBe(1_000_000);
    sandbox.ec2.setBehaviour({ vcpuQuota: 5 }, REGION);
    expect(await told()).toMatchObject({
      QuotaName: 'Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances',
      Value: 5,
      Unit: 'None',
    });
    await expect(launch(3)).rejects.toMatchObject({
      name: 'VcpuLimitExceeded',
      message: expect.stringContaining('your current vCPU limit of 5 allows'),
    });
    expect((await launch(2)).Instances).toHaveLength(2);
    await expect(launch(1)).rejects.toMatchObject({ name: 'VcpuLimitExceeded' });
    sandbox.ec2.setBehaviour({ vcpuQuota: 6 }, REGION);
    expect((await launch(1)).Instances).toHaveLength(1);
  });

  it('that is not modelled is not there', async () => {
    const { quotas } = clientsOf(aSandbox());

    const asked = quotas.send(new GetServiceQuotaCommand({ ...IMAGES, QuotaCode: 'L-0E3CBAB9' }));

    await expect(asked).rejects.toBeInstanceOf(NoSuchResourceException);
  });

  it("is throttled and denied by the service's own errors, over HTTP", async () => {
    const sandbox = aSandbox({ faults: [{ kind: 'throttle', service: 'servicequotas', times: 1 }] });
    const quotas = new ServiceQuotasClient({ ...clientConfig(), endpoint: (await served(sandbox)).url });
    onTestFinished(() => quotas.destroy());
    const ask = () => quotas.send(new GetServiceQuotaCommand(IMAGES));

    await expect(ask()).rejects.toBeInstanceOf(TooManyRequestsException);
    sandbox.faults.add({ kind: 'denied', service: 'servicequotas' });
    await expect(ask()).rejects.toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } });
  });
});

describe('a region that the account is not in', () => {
  it('is listed where all regions are asked for, as not opted in', async () => {
    const { ec2 } = inProcess(aSandbox({ ec2: { regionsNotOptedIn: ['af-south-1'] } }));
    const regions = async (AllRegions: boolean) =>
      (await ec2.send(new DescribeRegionsCommand({ AllRegions }))).Regions ?? [];

    expect((await regions(false)).map(({ RegionName }) => RegionName)).not.toContain('af-south-1');
    expect(await regions(true)).toContainEqual(
      expect.objectContaining({ RegionName: 'af-south-1', OptInStatus: 'not-opted-in' }),
    );
  });
});
