import { describe, expect, it } from 'vitest';
import { callerLines, foreignKeyLines, keyLine, vaultKeyLines } from '../../lib/doctor/account.ts';
import type { Facts } from '../../lib/doctor/facts.ts';
import { permissionLines } from '../../lib/doctor/permissions.ts';
import type { KeyDescription } from '../../lib/doctor/ports.ts';
import { quotaLines } from '../../lib/doctor/quotas.ts';
import { sealLines } from '../../lib/doctor/seals.ts';
import { selectionLines } from '../../lib/doctor/selection.ts';
import { accountId, imageId, type Region, volumeId } from '../../lib/model/ids.ts';
import { completeReading, partialReading } from '../../lib/model/reading.ts';
import type { Image, Volume } from '../../lib/model/resources.ts';
import { anImage, anImageOf, anInstance, aPolicy, aPolicyFile, aStamp, DR, HERE, RETIRE_RULES } from '../builders.ts';
import { facts, NOW } from './facts.ts';

describe('a key', () => {
  const USABLE: KeyDescription = { id: 'a1b2', state: 'Enabled', usage: 'ENCRYPT_DECRYPT', spec: 'SYMMETRIC_DEFAULT' };

  it.each<[string, Partial<KeyDescription>, RegExp, RegExp]>([
    [
      'for signing',
      { usage: 'SIGN_VERIFY', spec: 'ECC_NIST_P256' },
      /SIGN_VERIFY, ECC_NIST_P256; EBS/,
      /another kmsKey/,
    ],
    ['that is asymmetric', { spec: 'RSA_2048' }, /ENCRYPT_DECRYPT, RSA_2048; EBS/, /another kmsKey/],
    [
      'that is to be deleted',
      { state: 'PendingDeletion' },
      /is PendingDeletion/,
      /^aws kms cancel-key-deletion --region eu-west-1 --key-id a1b2 && aws kms enable-key /,
    ],
    ['without its material', { state: 'PendingImport' }, /is PendingImport/, /^write another kmsKey, or finish/],
  ])('%s is a problem', (_, description, text, remedy) => {
    const line = keyLine({
      region: DR.region,
      name: 'alias/dr',
      key: { known: true, value: { ...USABLE, ...description } },
    });

    expect(line).toMatchObject({
      verdict: 'problem',
      text: expect.stringMatching(text),
      remedy: expect.stringMatching(remedy),
    });
  });

  it('that KMS does not answer for is unknown, and nobody lacks a right', () => {
    const line = keyLine({
      region: DR.region,
      name: 'alias/dr',
      key: { known: false, denied: false, problem: 'KMSInternalException: try again' },
    });

    expect(line).toMatchObject({ verdict: 'unknown', remedy: 'run doctor again once KMS answers' });
  });
});

describe('the keys of volumes', () => {
  const volume = (kmsKey?: string): Volume => ({
    id: volumeId('vol-0123456789abcdef0'),
    ...HERE,
    size: 8,
    ...(kmsKey !== undefined && { kmsKey }),
  });
  const STRANGERS = 'arn:aws:kms:eu-central-1:333333333333:key/a1b2';
  const linesOf = (volumes: Facts['volumes'], file = aPolicyFile()) => foreignKeyLines({ volumes, file });

  it('are a problem where they are of an account that the policy file does not name', () => {
    expect(linesOf([completeReading('volumes', NOW, [volume(STRANGERS), volume()])])).toEqual([
      {
        check: 'key',
        subject: 'those of account 333333333333',
        verdict: 'problem',
        text: expect.stringContaining(`vol-0123456789abcdef0 is encrypted with ${STRANGERS}`),
        remedy: expect.stringContaining("add '333333333333' to keyAccounts"),
      },
    ]);
    const file = aPolicyFile({ keyAccounts: [accountId('333333333333')] });
    expect(linesOf([completeReading('volumes', NOW, [volume(STRANGERS)])], file)).toEqual([]);
  });

  it('are unknown where volumes could not be read', () => {
    expect(linesOf([partialReading('volumes', NOW, [], 'UnauthorizedOperation')])).toMatchObject([
      { verdict: 'unknown', remedy: 'allow ec2:DescribeVolumes to who runs doctor' },
    ]);
  });
});

it('a key of a vault is unknown here, and named once', () => {
  const copies = [
    { region: DR.region, account: accountId('999988887777'), encrypt: 'always', kmsKey: 'alias/dr' },
  ] as const;
  const copied = copies.map((copy) => ({ ...copy, retention: { keepLast: 1 } }));
  const policies = [aPolicy({ copies: copied }), aPolicy({ name: 'weekly', copies: copied })];

  expect(vaultKeyLines(aPolicyFile({ policies }))).toEqual([
    expect.objectContaining({ verdict: 'unknown', subject: 'alias/dr in eu-west-1 of 999988887777' }),
  ]);
});

describe('a clock', () => {
  it.each([
    [30_000, 'ok'],
    [-30_000, 'ok'],
    [31_000, 'problem'],
    [undefined, 'unknown'],
  ])('that differs by %s is %s', (skew, verdict) => {
    const identity = {
      known: true,
      value: { account: HERE.account, arn: 'arn:aws:iam::111122223333:user/me' },
    } as const;

    expect(callerLines({ identity, skew })[1]).toMatchObject({ check: 'clock', verdict });
  });

  it.each([
    [600_400, '600 seconds behind'],
    [-600_500, '601 seconds ahead of'],
  ])('that differs by %s is told to be %s', (skew, text) => {
    const identity = { known: false, denied: true, problem: 'ExpiredToken' } as const;

    expect(callerLines({ identity, skew })[1]?.text).toMatch(new RegExp(`^it is ${text} AWS's`));
  });
});

describe('a quota', () => {
  it('that cannot be read is told with the documented one, and the right that is missing', () => {
    const value = { known: false, denied: true, problem: 'AccessDeniedException: no' } as const;

    expect(quotaLines(facts({ quotas: [{ region: HERE.region, quota: 'snapshots', value }] }))).toContainEqual({
      check: 'quota',
      subject: 'snapshots in eu-central-1',
      verdict: 'unknown',
      text: "today's instances will have up to 5, besides others, which were not counted; the quota could not be read (AccessDeniedException: no); it is 100,000 unless raised",
      remedy: 'allow servicequotas:GetServiceQuota in eu-central-1',
    });
  });

  it('says that a policy that only plans to retire needs ever more', () => {
    const policies = [aPolicy({ retire: { ...RETIRE_RULES, mode: 'plan', maxPerDay: { count: 1 } } })];

    expect(quotaLines(facts({ file: aPolicyFile({ policies }) }))).toEqual([
      expect.objectContaining({
        verdict: 'ok',
        text: "today's instances will have up to 5, and more while the retire.mode of nightly is plan, besides 0 others; the quota is 50,000",
      }),
    ]);
  });

  it('is used up by what is there, the images of other policies too', () => {
    const others = [anImage(), anImage({ id: imageId('ami-0000000000000000b'), tags: {} })];
    const images = new Map([[HERE.region, completeReading('images', NOW, others)]]);
    const quotas = [{ region: HERE.region, quota: 'images', value: { known: true, value: 6 } }] as const;
    const elsewhere = aPolicyFile({ policies: [aPolicy({ name: 'weekly' })] });

    expect(quotaLines(facts({ images, quotas }))[0]).toMatchObject({
      verdict: 'ok',
      text: "today's instances will have up to 5, besides 1 others; the quota is 6",
    });
    expect(quotaLines(facts({ images, quotas, file: elsewhere }))[0]).toMatchObject({
      verdict: 'problem',
      text: "today's instances will have up to 5, besides 2 others; the quota is 6",
    });
  });

  it('does without the images of others where they could not be read, and says so', () => {
    const images = new Map([[HERE.region, partialReading('images', NOW, [], 'UnauthorizedOperation: no')]]);

    expect(quotaLines(facts({ images }))[0]?.text).toContain('besides others, which were not counted');
  });
});

describe('a policy', () => {
  it('whose instance has an instance store as its root is a problem', () => {
    const reading = completeReading('instances', NOW, [anInstance({ rootDevice: 'instance-store' })]);

    expect(selectionLines(facts({ instances: new Map([[HERE.region, reading]]) }))).toEqual([
      expect.objectContaining({
        verdict: 'problem',
        text: expect.stringContaining('the root device of i-0123456789abcdef0 is an instance store'),
        remedy: 'exclude them with select.excludeInstances',
      }),
    ]);
  });

  it('whose instance is on an Outpost is a problem', () => {
    const outpost = 'arn:aws:outposts:eu-central-1:111122223333:outpost/op-0123456789abcdef0';
    const reading = completeReading('instances', NOW, [anInstance({ outpost })]);

    expect(selectionLines(facts({ instances: new Map([[HERE.region, reading]]) }))).toMatchObject([
      { verdict: 'problem', text: 'i-0123456789abcdef0 run on an Outpost, where amikeep makes no images' },
    ]);
  });

  it('that selects nothing where a region could not be read is unknown, not empty', () => {
    const reading = partialReading('instances', NOW, [], 'UnauthorizedOperation: no');

    const lines = selectionLines(facts({ instances: new Map([[HERE.region, reading]]) }));

    expect(lines.map(({ verdict, subject }) => `${verdict} ${subject}`)).toEqual(['unknown all', 'unknown nightly']);
  });

  it('whose other accounts could not be read is told of them, once for each reason', () => {
    const denied = partialReading('instances', NOW, [], 'AccessDenied: amikeep-snapshot cannot be assumed');

    const lines = selectionLines(facts({ membersInstances: [denied, denied] }));

    expect(lines.map(({ verdict, text }) => `${verdict} ${text}`)).toEqual([
      'unknown the instances of other accounts could not be read: AccessDenied: amikeep-snapshot cannot be assumed',
      'ok it selects instances: 1 in eu-central-1, 0 in other accounts',
    ]);
  });
});

describe('a call that could not be tried for want of an image', () => {
  const textOf = (...images: readonly Image[]) => {
    const reading = new Map([[HERE.region, completeReading('images', NOW, images)]]);
    const right = { right: 'ec2:DisableImage', by: ['retire'], needs: 'image' } as const;
    const permission = { action: 'retire', region: HERE.region, right, permission: { kind: 'untried' } } as const;
    return permissionLines(facts({ images: reading, permissions: [permission] })).map(({ text }) => text);
  };

  it('says whether there is none, or one that is still being made', () => {
    const text = 'ec2:DisableImage could not be tried, since';
    expect(textOf()).toEqual([`${text} there is no image of prod here yet`]);
    expect(textOf(anImage({ state: 'failed' }))).toEqual([`${text} there is no image of prod here yet`]);
    expect(textOf(anImage({ state: 'pending', tags: {} }))).toEqual([`${text} there is no image of prod here yet`]);
    expect(textOf(anImage({ state: 'pending' }))).toEqual([
      `${text} an image of prod here is pending, and none is available yet`,
    ]);
  });
});

describe('the key that seals', () => {
  const lines = (overrides: Partial<Facts>) =>
    sealLines(facts(overrides)).map(({ verdict, text }) => `${verdict}: ${text}`);
  const holding = (...images: Image[]) => ({
    images: new Map([[HERE.region, completeReading('images', NOW, images)]]),
  });
  const copyOfHub = (seal: Image['seal']) =>
    anImageOf(aStamp({ source: { ...aStamp().source, account: accountId('999988887777') } }), { seal });

  it('says its public half, for the policy files that are to trust it', () => {
    expect(lines(holding(anImage()))).toEqual(['ok: it is there; for trustedKeys elsewhere its public half is MCow']);
  });

  it.each<[string, Facts['sealKey'], RegExp]>([
    ['is not there yet', { known: true, value: undefined }, /^unknown: it is not there yet/],
    [
      'may not be read by who asks',
      { known: false, denied: true, problem: 'no' },
      /^unknown: it could not be read: no/,
    ],
    ['cannot be used', { known: false, denied: false, problem: 'DisabledException' }, /^problem: .*nothing is retired/],
  ])('says what to do where it %s, and nothing of seals', (_, sealKey, line) => {
    expect(lines({ sealKey, ...holding(anImage({ seal: 'unread' })) })).toEqual([expect.stringMatching(line)]);
  });

  it('tells of images whose seal does not hold, and of none that are not ours', () => {
    const images = [anImage({ seal: 'missing' }), anImage({ seal: 'broken' }), anImage(), anImage({ tags: {} })];
    expect(lines(holding(...images)).slice(1)).toEqual([
      'problem: 2 bear no seal that holds, and stay until a person has them sealed',
    ]);
  });

  it('has to be trusted by the file where copies are to outlive its region', () => {
    const copies = (to: Region) =>
      aPolicyFile({
        policies: [aPolicy({ copies: [{ region: to, encrypt: 'as-source', retention: { keepLast: 1 } }] })],
      });
    expect(lines({ file: copies(DR.region) }).slice(1)).toEqual([
      'problem: while eu-central-1 is out nothing can be restored from the copies in eu-west-1: their seals are checked by the key there',
    ]);
    expect(lines({ file: { ...copies(DR.region), trustedKeys: ['MCow'] } })).toHaveLength(1);
    expect(lines({ file: copies(HERE.region) })).toHaveLength(1);
  });

  it('tells in a vault whether the key of the hub is trusted', () => {
    expect(lines(holding(copyOfHub('valid'))).slice(1)).toEqual([
      'ok: the keys of the accounts that 1 copies here come from are trusted',
    ]);
    expect(lines(holding(copyOfHub('broken'), copyOfHub('valid'))).slice(1)).toEqual([
      'problem: 1 of 2 copies from other accounts bear no seal that is believed, and stay',
    ]);
  });
});
