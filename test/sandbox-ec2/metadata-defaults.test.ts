import type { ModifyInstanceMetadataDefaultsCommandInput } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { aLaunch, anImage, aPlane, away, consumer, launched, type PlaneUnderTest, refusal } from './plane.ts';

const read = ({ call }: PlaneUnderTest, context = {}) => call('GetInstanceMetadataDefaults', {}, context).AccountLevel;

const set = ({ call }: PlaneUnderTest, input: ModifyInstanceMetadataDefaultsCommandInput) =>
  call('ModifyInstanceMetadataDefaults', input).Return;

describe('the defaults for the metadata of instances', () => {
  it('are what an account has set, each of them until it takes it back', () => {
    const plane = aPlane();
    expect(read(plane)).toEqual({ ManagedBy: 'account' });
    const all = {
      HttpEndpoint: 'disabled',
      HttpPutResponseHopLimit: 3,
      HttpTokens: 'required',
      HttpTokensEnforced: 'enabled',
      InstanceMetadataTags: 'enabled',
    } as const;
    expect(set(plane, all)).toBe(true);
    expect(read(plane)).toEqual({ ...all, ManagedBy: 'account' });
    expect([read(plane, consumer), read(plane, { region: away })]).toEqual([
      { ManagedBy: 'account' },
      { ManagedBy: 'account' },
    ]);
    const loaded = aPlane();
    loaded.clock.set(plane.clock.now());
    loaded.service.load(JSON.parse(JSON.stringify(plane.service.dump())));
    expect(read(loaded)).toEqual({ ...all, ManagedBy: 'account' });
    set(plane, { HttpTokens: 'optional', HttpEndpoint: 'no-preference', HttpPutResponseHopLimit: -1 });
    expect(read(plane)).toEqual({
      HttpTokens: 'optional',
      HttpTokensEnforced: 'enabled',
      InstanceMetadataTags: 'enabled',
      ManagedBy: 'account',
    });
    expect(refusal(() => set(plane, { HttpPutResponseHopLimit: 65 })).code).toBe('InvalidParameterValue');
  });

  it('stand behind what the launch says, and before what the image asks for', () => {
    const plane = aPlane();
    expect(launched(plane).MetadataOptions).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 2 });
    set(plane, {
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 5,
      HttpEndpoint: 'disabled',
      InstanceMetadataTags: 'enabled',
    });
    expect(launched(plane).MetadataOptions).toMatchObject({
      HttpTokens: 'optional',
      HttpPutResponseHopLimit: 5,
      HttpEndpoint: 'disabled',
      InstanceMetadataTags: 'enabled',
    });
    const MetadataOptions = { HttpTokens: 'required', HttpPutResponseHopLimit: 1, HttpEndpoint: 'enabled' } as const;
    expect(launched(plane, { MetadataOptions }).MetadataOptions).toMatchObject(MetadataOptions);
  });

  it('may insist on tokens, so that nothing is launched without them', async () => {
    const plane = aPlane();
    const ImageId = await anImage(plane);
    const launch = (HttpTokens?: 'optional' | 'required') =>
      plane.call('RunInstances', aLaunch({ ImageId, ...(HttpTokens && { MetadataOptions: { HttpTokens } }) }))
        .Instances;
    const optional = () => refusal(() => launch('optional'));
    expect(launch('optional')).toHaveLength(1);
    set(plane, { HttpTokensEnforced: 'enabled' });
    expect(optional()).toEqual({
      code: 'UnsupportedOperation',
      message: expect.stringContaining('because httpTokensEnforced is enabled for this account'),
    });
    expect(launch('required')).toHaveLength(1);
    // The default of the account is refused as the call's own word is.
    set(plane, { HttpTokens: 'optional' });
    expect(refusal(() => launch()).code).toBe('UnsupportedOperation');
    set(plane, { HttpTokens: 'required' });
    expect(launch()).toHaveLength(1);
    plane.service.setBehaviour({ httpTokensEnforced: true });
    set(plane, { HttpTokensEnforced: 'disabled' });
    expect(launch('optional')).toHaveLength(1);
    set(plane, { HttpTokensEnforced: 'no-preference' });
    expect(read(plane)).toMatchObject({ HttpTokensEnforced: 'enabled' });
    expect(optional().code).toBe('UnsupportedOperation');
  });
});
