import { generateKeyPairSync } from 'node:crypto';
import { CreateAliasCommand, CreateKeyCommand, DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { SealKey, sealKeyAlias } from '../../../lib/aws/calls/seal-key.ts';
import { DAY } from '../../../lib/model/time.ts';
import { ACCOUNT, aWorld, FRANKFURT, sealKeyOf, type World } from '../../handlers/world.ts';

const HOME = { account: ACCOUNT, region: FRANKFURT };
const DISABLED = { code: 'DisabledException', message: 'the key is disabled', status: 400 };

function callerOf({ clients, clock }: World): Caller {
  return new Caller({ clients, clock, pace: new Pace(clock, 1), random: () => 0.5 }, Number.POSITIVE_INFINITY, 'ec2');
}

const asked = (world: World, operation: string) => world.sandbox.calls.total({ operation });

describe('the key that a deployment seals with', () => {
  it('is found by an alias that says whose it is', () => {
    expect(sealKeyAlias('prod')).toBe('alias/amikeep-prod');
  });

  it('signs what its public half confirms, always alike', async () => {
    const world = aWorld();
    const [key, caller] = [sealKeyOf(world), callerOf(world)];
    const [one, other] = await world.clock.run(async () => [
      await key.sign(caller, 'a text'),
      await key.sign(caller, 'a text'),
    ]);
    if (!one?.ok) throw new Error('it signs');
    expect(one.value).toMatch(/^[\w-]{86}$/);
    expect(other).toEqual(one);
    const check = await world.clock.run(() => key.check(caller));
    expect(check.complete).toBe(true);
    expect(check.value?.('a text', one.value)).toBe(true);
    expect(check.value?.('another text', one.value)).toBe(false);
  });

  it('is asked for its public half once, by however many reads at a time', async () => {
    const world = aWorld();
    const [key, caller] = [sealKeyOf(world), callerOf(world)];
    const checks = await world.clock.run(() => Promise.all(Array.from({ length: 20 }, () => key.check(caller))));
    await world.clock.run(() => key.check(caller));
    expect(new Set(checks.map(({ value }) => value)).size).toBe(1);
    expect(asked(world, 'GetPublicKey')).toBe(1);
  });

  it('is asked for by each run itself, until one has got it: what another run waits for may never come', async () => {
    const world = aWorld();
    const key = sealKeyOf(world);
    world.sandbox.faults.add({ kind: 'latency', operation: 'GetPublicKey', latencyMs: DAY, times: 1 });
    const checks = await world.clock.run(async () => {
      const waiting = key.check(callerOf(world));
      const other = await key.check(callerOf(world));
      return { other, at: world.clock.now(), first: await waiting };
    });
    expect(checks.other.complete).toBe(true);
    expect(world.clock.now() - checks.at).toBeGreaterThan(DAY / 2);
    expect(checks.first.value).toBe(checks.other.value);
    await world.clock.run(() => key.check(callerOf(world)));
    expect(asked(world, 'GetPublicKey')).toBe(2);
  });

  it('is believed beside the keys that the policy file trusts', async () => {
    const signingKeys = { [FRANKFURT]: ['alias/amikeep-test', 'alias/amikeep-old'] };
    const world = aWorld({ behaviour: { signingKeys } });
    const caller = callerOf(world);
    const old = new SealKey({ deployment: 'old', trustedKeys: [] }, HOME);
    const [half, signed] = await world.clock.run(async () => [
      await old.publicHalf(caller),
      await old.sign(caller, 'a text'),
    ]);
    if (!half?.ok || !signed?.ok) throw new Error('it signs');
    expect(half.value).toMatch(/^MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=$/);
    const believes = async (trustedKeys: readonly string[]) => {
      const key = new SealKey({ deployment: 'test', trustedKeys }, HOME);
      return (await world.clock.run(() => key.check(caller))).value?.('a text', signed.value);
    };
    expect([await believes([]), await believes([half.value])]).toEqual([false, true]);
  });
});

describe('P4: a key that cannot be read', () => {
  it.each([
    ['is denied', { kind: 'denied' }, /not authorized/],
    ['is disabled', { kind: 'error-before', ...DISABLED }, /DisabledException/],
    ['stays throttled', { kind: 'throttle' }, /Throttling/],
  ] as const)(
    'leaves every seal unread where it %s, says why, and is asked for again later',
    async (_, fault, text) => {
      const world = aWorld();
      const [key, caller] = [sealKeyOf(world), callerOf(world)];
      const id = world.sandbox.faults.add({ ...fault, operation: 'GetPublicKey' });
      const reading = await world.clock.run(() => key.check(caller));
      expect(reading).toMatchObject({
        complete: false,
        source: 'the key alias/amikeep-test',
        value: undefined,
        problem: expect.stringMatching(text),
      });
      world.sandbox.faults.remove(id);
      expect((await world.clock.run(() => key.check(caller))).complete).toBe(true);
    },
  );

  it('is read all the same where it is throttled for a while', async () => {
    const world = aWorld();
    world.sandbox.faults.add({ kind: 'throttle', operation: 'GetPublicKey', times: 2 });
    expect((await world.clock.run(() => sealKeyOf(world).check(callerOf(world)))).complete).toBe(true);
    expect(asked(world, 'GetPublicKey')).toBe(3);
  });

  it('is not there where nobody has made it', async () => {
    const world = aWorld({ behaviour: { signingKeys: {}, kmsKeys: {} } });
    const [key, caller] = [sealKeyOf(world), callerOf(world)];
    const reading = await world.clock.run(() => key.check(caller));
    expect(reading).toMatchObject({ complete: false, problem: expect.stringContaining('NotFoundException') });
    expect(await world.clock.run(() => key.sign(caller, 'a text'))).toMatchObject({ ok: false });
  });
});

describe('a key that somebody made by hand', () => {
  it('is refused where it is of another kind, with the one that it has to be of', async () => {
    const world = aWorld();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const output = { $metadata: {}, PublicKey: publicKey.export({ format: 'der', type: 'spki' }) };
    world.clients.kms(FRANKFURT).middlewareStack.add(() => async () => ({ output, response: undefined }), {
      step: 'initialize',
      priority: 'high',
      name: 'amikeepSandbox',
      override: true,
    });
    expect(await world.clock.run(() => sealKeyOf(world).check(callerOf(world)))).toMatchObject({
      complete: false,
      problem: 'WrongKey: alias/amikeep-test is no key that seals: it has to be of the kind ECC_NIST_EDWARDS25519',
    });
  });

  it('is refused where it is symmetric, in the words of KMS', async () => {
    const world = aWorld({ behaviour: { signingKeys: {} } });
    expect(await world.clock.run(() => sealKeyOf(world).check(callerOf(world)))).toMatchObject({
      complete: false,
      problem: expect.stringContaining('which has no public key'),
    });
  });

  it('signs nothing while it is disabled, and does again once it is enabled', async () => {
    const world = aWorld({ behaviour: { signingKeys: {} } });
    const kms = world.clients.kms(FRANKFURT);
    const KeyId = await world.clock.run(async () => {
      const input = { KeySpec: 'ECC_NIST_EDWARDS25519', KeyUsage: 'SIGN_VERIFY' } as const;
      const { KeyMetadata } = await kms.send(new CreateKeyCommand(input));
      await kms.send(new CreateAliasCommand({ AliasName: 'alias/amikeep-test', TargetKeyId: KeyMetadata?.KeyId }));
      return KeyMetadata?.KeyId;
    });
    const [key, caller] = [sealKeyOf(world), callerOf(world)];
    const sign = () => world.clock.run(() => key.sign(caller, 'a text'));
    expect((await sign()).ok).toBe(true);
    await world.clock.run(() => kms.send(new DisableKeyCommand({ KeyId })));
    expect(await sign()).toMatchObject({ ok: false, failure: { code: 'DisabledException' } });
    await world.clock.run(() => kms.send(new EnableKeyCommand({ KeyId })));
    expect((await sign()).ok).toBe(true);
  });
});
