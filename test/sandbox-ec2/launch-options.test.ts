import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { aLaunch, aPlane, home, launched, type PlaneUnderTest, refusal } from './plane.ts';

const refused = (plane: PlaneUnderTest, input: Partial<RunInstancesCommandInput>) =>
  refusal(() => plane.call('RunInstances', aLaunch(input)));

describe('what a launch says of its instances', () => {
  it('is shown, and else is as EC2 has it', () => {
    const plane = aPlane();
    expect(launched(plane)).toMatchObject({
      EbsOptimized: false,
      MaintenanceOptions: { AutoRecovery: 'default' },
      Monitoring: { State: 'disabled' },
      Placement: { AvailabilityZone: 'eu-central-1a', Tenancy: 'default', GroupName: '' },
    });
    expect(
      launched(plane, {
        EbsOptimized: true,
        MaintenanceOptions: { AutoRecovery: 'disabled' },
        Monitoring: { Enabled: true },
        Placement: { Tenancy: 'dedicated', GroupName: 'spread' },
      }),
    ).toMatchObject({
      EbsOptimized: true,
      MaintenanceOptions: { AutoRecovery: 'disabled' },
      Monitoring: { State: 'enabled' },
      Placement: { AvailabilityZone: 'eu-central-1a', Tenancy: 'dedicated', GroupName: 'spread' },
    });
    expect(refused(plane, { Placement: { Tenancy: 'host' } }).code).toBe('UnsupportedOperation');
  });

  it('of metadata is as the image has it unless the call says otherwise', () => {
    const plane = aPlane();
    expect(launched(plane).MetadataOptions).toEqual({
      State: 'applied',
      HttpTokens: 'required',
      HttpPutResponseHopLimit: 2,
      HttpEndpoint: 'enabled',
      HttpProtocolIpv6: 'disabled',
      InstanceMetadataTags: 'disabled',
    });
    const MetadataOptions = {
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 3,
      HttpEndpoint: 'disabled',
      InstanceMetadataTags: 'enabled',
    } as const;
    expect(launched(plane, { MetadataOptions }).MetadataOptions).toMatchObject(MetadataOptions);
    expect(refused(plane, { MetadataOptions: { HttpPutResponseHopLimit: 65 } }).code).toBe('InvalidParameterValue');
  });

  it('is refused where the account insists on IMDSv2 and the launch does not', () => {
    const plane = aPlane({ httpTokensEnforced: true });
    expect(refused(plane, { MetadataOptions: { HttpTokens: 'optional' } }).code).toBe('UnsupportedOperation');
    expect(launched(plane).MetadataOptions?.HttpTokens).toBe('required');
  });

  it('of a profile is its name or its ARN, and shown as ARN and id', () => {
    const plane = aPlane();
    const Arn = 'arn:aws:iam::111122223333:instance-profile/servers/web';
    plane.others.profiles = (account, name) =>
      account === '111122223333' && name === 'web' ? { arn: Arn, id: 'AIPA1', hasRole: true } : undefined;
    const shown = { Arn, Id: 'AIPA1' };
    expect(launched(plane, { IamInstanceProfile: { Name: 'web' } }).IamInstanceProfile).toEqual(shown);
    expect(launched(plane, { IamInstanceProfile: { Arn } }).IamInstanceProfile).toEqual(shown);
    expect(refused(plane, { IamInstanceProfile: { Arn, Name: 'web' } }).code).toBe('InvalidParameterCombination');
    for (const resource of ['role/web', 'instance-profile/web', 'instance-profile/servers/db']) {
      const IamInstanceProfile = { Arn: `arn:aws:iam::111122223333:${resource}` };
      expect(refused(plane, { IamInstanceProfile }).code).toBe('InvalidParameterValue');
    }
  });

  it('of a key is the name of a key pair that there is', () => {
    const plane = aPlane();
    expect(refused(plane, { KeyName: 'web' })).toEqual({
      code: 'InvalidKeyPair.NotFound',
      message: "The key pair 'web' does not exist",
    });
    plane.call('CreateKeyPair', { KeyName: 'web' });
    expect(launched(plane, { KeyName: 'web' }).KeyName).toBe('web');
  });

  it('of a type has to fit the architecture of the image', () => {
    const plane = aPlane();
    expect(refused(plane, { InstanceType: 't4g.micro' }).code).toBe('InvalidParameterValue');
    const ImageId = publicImageId(home, 'al2023-arm64');
    expect(refused(plane, { ImageId, InstanceType: 't3.micro' }).message).toMatch(
      /^The architecture 'x86_64' of the specified instance type does not match the architecture 'arm64'/,
    );
    expect(launched(plane, { ImageId, InstanceType: 't4g.micro' }).InstanceType).toBe('t4g.micro');
  });

  it('of a type that the sandbox does not know is taken', () => {
    expect(launched(aPlane(), { InstanceType: 'p4d.24xlarge' }).InstanceType).toBe('p4d.24xlarge');
  });
});
