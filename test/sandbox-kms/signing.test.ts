import { createPublicKey, verify } from 'node:crypto';
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisabledException,
  DisableKeyCommand,
  EnableKeyCommand,
  GetPublicKeyCommand,
  InvalidKeyUsageException,
  type KMSClient,
  KMSInvalidStateException,
  NotFoundException,
  ScheduleKeyDeletionCommand,
  SignCommand,
  type SignCommandInput,
  UnsupportedOperationException,
} from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, aSandbox, kmsOf, kmsOverHttp, REGION } from './world.ts';

const MESSAGE = new TextEncoder().encode('what is signed');
const SIGNING = { KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' } as const;
const ED25519 = { SigningAlgorithm: 'ED25519_SHA_512', MessageType: 'RAW' } as const;
const DAY = 86_400_000;

const signed = async (kms: KMSClient, KeyId: string, input: Partial<SignCommandInput> = {}) =>
  await kms.send(new SignCommand({ KeyId, Message: MESSAGE, ...ED25519, ...input }));

async function publicKeyOf(kms: KMSClient, KeyId: string) {
  const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId }));
  return createPublicKey({ key: Buffer.from(PublicKey ?? []), format: 'der', type: 'spki' });
}

/** A key that a call has made, and that goes by the name alias/seals. */
async function aMadeKey(kms: KMSClient) {
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({ ...SIGNING, Description: 'seals' }));
  const { Arn = '', KeyId = '' } = KeyMetadata ?? {};
  await kms.send(new CreateAliasCommand({ AliasName: 'alias/seals', TargetKeyId: KeyId }));
  return { Arn, KeyId };
}

const aSettledSandbox = (ec2 = {}) => aSandbox({ ec2: { signingKeys: { [REGION]: ['alias/seals'] }, ...ec2 } });

const refusal = async (call: Promise<unknown>) => await call.catch((error: unknown) => error);

describe('a key that signs', () => {
  it.each([
    ['made by calls, in process', async () => kmsOf(aSandbox())],
    ['made by calls, over HTTP', async () => await kmsOverHttp(aSandbox())],
  ])('and was %s signs by id, ARN and alias, and its public key verifies that', async (_, client) => {
    const kms = await client();
    const { Arn, KeyId } = await aMadeKey(kms);
    const names = [Arn, KeyId, 'alias/seals', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/seals`];

    for (const name of names) {
      const answer = await signed(kms, name);
      expect(answer).toMatchObject({ KeyId: Arn, SigningAlgorithm: 'ED25519_SHA_512' });
      expect(verify(null, MESSAGE, await publicKeyOf(kms, name), answer.Signature ?? new Uint8Array())).toBe(true);
    }
  });

  it('can be a setting, and every account then has one of its own by that name', async () => {
    const sandbox = aSettledSandbox();
    const own = await signed(kmsOf(sandbox), 'alias/seals');
    const other = await signed(kmsOf(sandbox, '444455556666'), 'alias/seals');

    expect(verify(null, MESSAGE, await publicKeyOf(kmsOf(sandbox), own.KeyId ?? ''), own.Signature ?? MESSAGE)).toBe(
      true,
    );
    expect(other.Signature).not.toEqual(own.Signature);
  });

  it('can be a setting of one account in one region', async () => {
    const sandbox = aSandbox({ ec2: { signingKeys: { [`${ACCOUNT}/${REGION}`]: ['alias/seals'] } } });

    expect((await signed(kmsOf(sandbox), 'alias/seals')).Signature).toHaveLength(64);
    await expect(signed(kmsOf(sandbox, '444455556666'), 'alias/seals')).rejects.toBeInstanceOf(
      InvalidKeyUsageException,
    );
  });

  it('signs the same in every run', async () => {
    const made = async () => {
      const kms = kmsOf(aSandbox());
      return await signed(kms, (await aMadeKey(kms)).Arn);
    };
    const settled = async () => await signed(kmsOf(aSettledSandbox()), 'alias/seals');

    expect((await made()).Signature).toEqual((await made()).Signature);
    expect((await settled()).Signature).toEqual((await settled()).Signature);
  });

  it('signs the same once its sandbox was saved and loaded, and is gone once it was reset', async () => {
    const [saved, loaded] = [aSandbox(), aSandbox({ seed: 8 })];
    const { Arn } = await aMadeKey(kmsOf(saved));
    loaded.load(JSON.parse(JSON.stringify(saved.dump())));

    const before = await signed(kmsOf(saved), Arn);
    expect(await signed(kmsOf(loaded), 'alias/seals')).toMatchObject({ KeyId: Arn, Signature: before.Signature });
    loaded.reset();
    await expect(signed(kmsOf(loaded), Arn)).rejects.toBeInstanceOf(InvalidKeyUsageException);
  });

  it('tells of its kind', async () => {
    const sandbox = aSettledSandbox();
    const kind = { ...SIGNING, SigningAlgorithms: ['ED25519_SHA_512', 'ED25519_PH_SHA_512'] };

    const { KeyMetadata } = await kmsOf(sandbox).send(new DescribeKeyCommand({ KeyId: 'alias/seals' }));
    expect(KeyMetadata).toMatchObject({ ...kind, KeyState: 'Enabled', Enabled: true, KeyManager: 'CUSTOMER' });
    expect(KeyMetadata).not.toHaveProperty('EncryptionAlgorithms');
    expect(await kmsOf(sandbox).send(new GetPublicKeyCommand({ KeyId: 'alias/seals' }))).toMatchObject(kind);
  });

  it('lets another account use it where a setting says so, and no other', async () => {
    const sandbox = aSettledSandbox();
    const { KeyId: arn = '' } = await signed(kmsOf(sandbox), 'alias/seals');
    sandbox.ec2.setBehaviour({ kmsKeyUsers: { [arn]: ['444455556666'] } });

    expect((await publicKeyOf(kmsOf(sandbox, '444455556666'), arn)).asymmetricKeyType).toBe('ed25519');
    expect(await refusal(publicKeyOf(kmsOf(sandbox, '777788889999'), arn))).toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`kms:GetPublicKey on resource: ${arn}`),
    });
  });

  it.each([
    ['a message of 4,097 bytes', { Message: new Uint8Array(4_097) }, 'less than or equal to 4096'],
    ['no bytes', { Message: new Uint8Array() }, 'greater than or equal to 1'],
    ['a digest', { MessageType: 'DIGEST' }, 'Message type DIGEST is incompatible with algorithm ED25519_SHA_512.'],
  ] as const)('does not sign %s', async (_, input, message) => {
    expect(await refusal(signed(kmsOf(aSettledSandbox()), 'alias/seals', input))).toMatchObject({
      name: 'ValidationException',
      message: expect.stringContaining(message),
    });
  });

  it('signs a message of 4,096 bytes', async () => {
    const { Signature } = await signed(kmsOf(aSettledSandbox()), 'alias/seals', { Message: new Uint8Array(4_096) });
    expect(Signature).toHaveLength(64);
  });

  it('signs by no algorithm of other keys, and says that the sandbox has no prehashing', async () => {
    const kms = kmsOf(aSettledSandbox());
    const by = (SigningAlgorithm: SignCommandInput['SigningAlgorithm']) =>
      refusal(signed(kms, 'alias/seals', { SigningAlgorithm }));

    expect(await by('ECDSA_SHA_256')).toBeInstanceOf(InvalidKeyUsageException);
    expect(await by('ED25519_PH_SHA_512')).toMatchObject({
      message: expect.stringContaining('sandbox does not model'),
    });
  });

  it('is not one that encrypts', async () => {
    const kms = kmsOf(aSandbox());
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));

    expect(await refusal(signed(kms, KeyMetadata?.KeyId ?? ''))).toMatchObject({
      name: 'InvalidKeyUsageException',
      message: `${KeyMetadata?.Arn} key usage is ENCRYPT_DECRYPT which is not valid for Sign.`,
    });
    await expect(publicKeyOf(kms, KeyMetadata?.KeyId ?? '')).rejects.toBeInstanceOf(UnsupportedOperationException);
  });

  it('takes no part in a dry run, which the sandbox does not model', async () => {
    expect(await refusal(signed(kmsOf(aSettledSandbox()), 'alias/seals', { DryRun: true }))).toMatchObject({
      name: 'UnsupportedOperation',
      message: expect.stringContaining('the member DryRun of Sign'),
    });
  });
});

describe('a key out of use', () => {
  const states: readonly (readonly [string, () => Promise<Sandbox>, string, object])[] = [
    ['was disabled', sandboxAfter('DisableKey'), 'Disabled', DisabledException],
    [
      'is a setting that is unusable',
      async () => aSettledSandbox({ unusableKmsKeys: ['alias/seals'] }),
      'Disabled',
      DisabledException,
    ],
    ['waits for its end', sandboxAfter('ScheduleKeyDeletion'), 'PendingDeletion', KMSInvalidStateException],
  ];

  function sandboxAfter(change: 'DisableKey' | 'ScheduleKeyDeletion'): () => Promise<Sandbox> {
    return async () => {
      const sandbox = aSettledSandbox();
      const { KeyId } = await signed(kmsOf(sandbox), 'alias/seals');
      await sandbox.call({ service: 'kms', operation: change, region: REGION, account: ACCOUNT, input: { KeyId } });
      return sandbox;
    };
  }

  it.each(states)('that %s neither signs nor shows its public key', async (_, sandbox, KeyState, exception) => {
    const kms = kmsOf(await sandbox());

    expect(await refusal(signed(kms, 'alias/seals'))).toBeInstanceOf(exception);
    expect(await refusal(publicKeyOf(kms, 'alias/seals'))).toBeInstanceOf(exception);
    const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: 'alias/seals' }));
    expect(KeyMetadata).toMatchObject({ KeyState, Enabled: false });
  });

  it('signs again, and as before, once it is enabled', async () => {
    const kms = kmsOf(aSettledSandbox());
    const before = await signed(kms, 'alias/seals');
    const key = { KeyId: before.KeyId };
    await kms.send(new DisableKeyCommand(key));
    await kms.send(new EnableKeyCommand(key));

    expect((await signed(kms, 'alias/seals')).Signature).toEqual(before.Signature);
  });

  it('is gone once its days are over, and so is its alias', async () => {
    const sandbox = aSandbox({ ec2: { kmsKeys: {} } });
    const kms = kmsOf(sandbox);
    const { Arn, KeyId } = await aMadeKey(kms);
    const scheduled = await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await sandbox.clock.advance(7 * DAY);

    expect(scheduled).toMatchObject({ KeyId: Arn, KeyState: 'PendingDeletion', PendingWindowInDays: 7 });
    expect(await refusal(signed(kms, Arn))).toMatchObject({ message: `Key '${Arn}' does not exist` });
    expect(await refusal(signed(kms, 'alias/seals'))).toBeInstanceOf(NotFoundException);
  });

  it.each([6, 31])('is not asked to wait for %i days', async (PendingWindowInDays) => {
    const kms = kmsOf(aSandbox());
    const { KeyId } = await aMadeKey(kms);

    expect(await refusal(kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays })))).toMatchObject({
      name: 'ValidationException',
    });
  });

  it('that waits for its end is not changed any more', async () => {
    const kms = kmsOf(aSandbox());
    const { KeyId } = await aMadeKey(kms);
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId }));

    for (const command of [new EnableKeyCommand({ KeyId }), new DisableKeyCommand({ KeyId })]) {
      expect(await refusal(kms.send(command))).toBeInstanceOf(KMSInvalidStateException);
    }
  });
});

describe('making a key', () => {
  it.each([
    ['no usage', { KeySpec: SIGNING.KeySpec }, 'ValidationException', 'You must specify a KeyUsage value'],
    [
      'a usage of others',
      { ...SIGNING, KeyUsage: 'ENCRYPT_DECRYPT' },
      'ValidationException',
      'KeyUsage ENCRYPT_DECRYPT is not compatible with KeySpec ECC_NIST_EDWARDS25519',
    ],
    ['a kind that the sandbox lacks', { ...SIGNING, KeySpec: 'RSA_2048' }, 'UnsupportedOperation', 'RSA_2048'],
  ] as const)('with %s is refused', async (_, input, name, message) => {
    expect(await refusal(kmsOf(aSandbox()).send(new CreateKeyCommand(input)))).toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['without its prefix', 'seals', 'ValidationException'],
    ['with a space', 'alias/my seals', 'ValidationException'],
    ["of AWS's own", 'alias/aws/seals', 'InvalidAliasNameException'],
    ['that is taken', 'alias/seals', 'AlreadyExistsException'],
  ])('does not give it an alias %s', async (_, AliasName, name) => {
    const kms = kmsOf(aSandbox());
    const { KeyId } = await aMadeKey(kms);

    expect(await refusal(kms.send(new CreateAliasCommand({ AliasName, TargetKeyId: KeyId })))).toMatchObject({ name });
  });

  it('takes the key of an alias, and the one to be changed, by id or ARN only', async () => {
    const kms = kmsOf(aSandbox());
    await aMadeKey(kms);
    const other = { AliasName: 'alias/other', TargetKeyId: 'alias/seals' };

    expect(await refusal(kms.send(new CreateAliasCommand(other)))).toMatchObject({ name: 'ValidationException' });
    expect(await refusal(kms.send(new DisableKeyCommand({ KeyId: 'alias/seals' })))).toBeInstanceOf(NotFoundException);
  });

  it("leaves alone what is another account's, another region's or AWS's", async () => {
    const sandbox = aSandbox();
    const { Arn } = await aMadeKey(kmsOf(sandbox));
    const disabling = (kms: KMSClient, KeyId: string) => refusal(kms.send(new DisableKeyCommand({ KeyId })));
    const { KeyMetadata } = await kmsOf(sandbox).send(new DescribeKeyCommand({ KeyId: 'alias/aws/ebs' }));

    expect(await disabling(kmsOf(sandbox, '444455556666'), Arn)).toMatchObject({ name: 'AccessDeniedException' });
    expect(await disabling(kmsOf(sandbox, ACCOUNT, 'eu-west-1'), Arn)).toMatchObject({ name: 'NotFoundException' });
    expect(await disabling(kmsOf(sandbox), KeyMetadata?.Arn ?? '')).toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('calls for keys', () => {
  it.each([
    ['Sign', 1_000, { Message: MESSAGE, ...ED25519 }],
    ['GetPublicKey', 2_000, {}],
    ['DescribeKey', 2_000, {}],
  ])('of %s pass %i times a second and are throttled beyond, in words of their own', async (operation, most, input) => {
    const sandbox = aSettledSandbox();
    const call = { service: 'kms', operation, region: REGION, account: ACCOUNT } as const;
    const ask = () => sandbox.call({ ...call, input: { KeyId: 'alias/seals', ...input } });
    for (let passed = 0; passed < most; passed += 1) await ask();

    await expect(ask()).rejects.toMatchObject({
      code: 'ThrottlingException',
      message: 'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
    });
  });
});
