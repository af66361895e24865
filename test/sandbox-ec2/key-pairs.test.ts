import { describe, expect, it } from 'vitest';
import { aPlane, away, idOf, refusal } from './plane.ts';

const publicKey = (text: string) => ({ PublicKeyMaterial: Buffer.from(text) });

describe('a key pair', () => {
  it('is made with a private key that is told once', () => {
    const { call } = aPlane();
    const TagSpecifications = [{ ResourceType: 'key-pair' as const, Tags: [{ Key: 'team', Value: 'web' }] }];
    const made = call('CreateKeyPair', { KeyName: 'web', TagSpecifications });
    expect(made.KeyMaterial).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(call('DescribeKeyPairs', { KeyNames: ['web'] }).KeyPairs).toEqual([
      expect.objectContaining({
        KeyName: 'web',
        KeyPairId: made.KeyPairId,
        KeyFingerprint: made.KeyFingerprint,
        KeyType: 'rsa',
        Tags: [{ Key: 'team', Value: 'web' }],
      }),
    ]);
    expect(refusal(() => call('CreateKeyPair', { KeyName: 'web' })).code).toBe('InvalidKeyPair.Duplicate');
  });

  it('is imported by its public key, of which the fingerprint is', () => {
    const { call } = aPlane();
    const one = call('ImportKeyPair', { KeyName: 'web', ...publicKey('ssh-ed25519 AAAAC3Nza web') });
    const other = call('ImportKeyPair', { KeyName: 'db', ...publicKey('ssh-ed25519 AAAAC3Nza web') });
    expect(other.KeyFingerprint).toBe(one.KeyFingerprint);
    expect(call('DescribeKeyPairs', {}).KeyPairs).toMatchObject([{ KeyType: 'ed25519' }, { KeyType: 'ed25519' }]);
    expect(refusal(() => call('ImportKeyPair', { KeyName: 'x', ...publicKey('none') })).code).toBe('InvalidKey.Format');
  });

  it('is found by name, id, filter and tag, in its region', () => {
    const { call } = aPlane();
    const id = idOf(call('CreateKeyPair', { KeyName: 'web' }).KeyPairId);
    call('CreateKeyPair', { KeyName: 'db' });
    call('CreateTags', { Resources: [id], Tags: [{ Key: 'team', Value: 'web' }] });
    const found = (Name: string, value: string) =>
      call('DescribeKeyPairs', { Filters: [{ Name, Values: [value] }] }).KeyPairs?.map(({ KeyName }) => KeyName);
    expect([found('key-name', 'web'), found('tag:team', 'web'), found('key-pair-id', id)]).toEqual([
      ['web'],
      ['web'],
      ['web'],
    ]);
    expect(call('DescribeKeyPairs', { KeyPairIds: [id] }).KeyPairs).toHaveLength(1);
    expect(refusal(() => call('DescribeKeyPairs', { KeyNames: ['web'] }, { region: away }))).toEqual({
      code: 'InvalidKeyPair.NotFound',
      message: "The key pair 'web' does not exist",
    });
  });

  it('is deleted by name or id, once or twice', () => {
    const { call } = aPlane();
    const KeyPairId = idOf(call('CreateKeyPair', { KeyName: 'web' }).KeyPairId);
    expect(call('DeleteKeyPair', { KeyName: 'web' })).toEqual({ Return: true, KeyPairId });
    expect(call('DeleteKeyPair', { KeyPairId })).toEqual({ Return: true });
    expect(call('DescribeKeyPairs', {}).KeyPairs).toEqual([]);
  });

  it('comes back with a dump', () => {
    const one = aPlane();
    one.call('CreateKeyPair', { KeyName: 'web' });
    const other = aPlane();
    other.clock.set(one.clock.now());
    other.service.load(JSON.parse(JSON.stringify(one.service.dump())));
    expect(other.call('DescribeKeyPairs', {})).toEqual(one.call('DescribeKeyPairs', {}));
  });
});
