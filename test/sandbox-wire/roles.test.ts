import { DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Ec2Behaviour } from '../../sandbox/ec2/behaviour/behaviour.ts';
import { connectInProcess } from '../../sandbox/in-process.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { ACCOUNT, aSandbox, clientConfig, REGION, START, served } from './world.ts';

const MEMBER = '333344445555';
const ROLE = `arn:aws:iam::${MEMBER}:role/backup/amikeep-copy`;
const ASKED: AssumeRoleCommandInput = { RoleArn: ROLE, RoleSessionName: 'amikeep-test-copy' };
const MINUTE = 60_000;

interface Key {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Real clients of whoever has the key, over HTTP or in process. */
type ClientsOf = (key: Key) => { readonly sts: STSClient; readonly ec2: EC2Client };

async function theWays(sandbox: Sandbox): Promise<[string, ClientsOf][]> {
  const { url: endpoint } = await served(sandbox);
  return [
    [
      'over HTTP',
      (credentials) => {
        const config = { ...clientConfig(), credentials, endpoint };
        const clients = { sts: new STSClient(config), ec2: new EC2Client(config) };
        onTestFinished(() => {
          for (const client of Object.values(clients)) client.destroy();
        });
        return clients;
      },
    ],
    [
      'in process',
      (credentials) => {
        const config = { ...clientConfig(), credentials };
        const clients = { sts: new STSClient(config), ec2: new EC2Client(config) };
        for (const client of Object.values(clients)) {
          connectInProcess(sandbox, client, { accessKey: credentials, replayEvery: 1 });
        }
        return clients;
      },
    ],
  ];
}

const MINE: Key = { accessKeyId: ACCOUNT, secretAccessKey: 'any' };

async function assume({ sts }: ReturnType<ClientsOf>, asked: Partial<AssumeRoleCommandInput> = {}) {
  const answer = await sts.send(new AssumeRoleCommand({ ...ASKED, ...asked }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = answer.Credentials ?? {};
  const key = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  return { key, expiration: Expiration, user: answer.AssumedRoleUser };
}

const whoIs = async ({ sts }: ReturnType<ClientsOf>) => {
  const { $metadata: _, ...identity } = await sts.send(new GetCallerIdentityCommand({}));
  return identity;
};
const look = ({ ec2 }: ReturnType<ClientsOf>) => ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));

/** A sandbox with these roles, and one client in process. */
function withRoles(roles: Ec2Behaviour['roles']) {
  const sandbox = aSandbox({ ec2: { roles } });
  const sts = new STSClient(clientConfig());
  connectInProcess(sandbox, sts, { accessKey: MINE });
  return (asked: Partial<AssumeRoleCommandInput> = {}) => sts.send(new AssumeRoleCommand({ ...ASKED, ...asked }));
}

describe('a role', () => {
  it('that is assumed gives keys of its account, for an hour, over HTTP as in process', async () => {
    const sandbox = aSandbox();
    for (const [, clientsOf] of await theWays(sandbox)) {
      const { key, expiration, user } = await assume(clientsOf(MINE));
      expect(key.accessKeyId).toMatch(new RegExp(`^ASIA${MEMBER}[0-9A-Z]{4}$`));
      expect(expiration).toEqual(new Date(START + 60 * MINUTE));
      expect(await whoIs(clientsOf(key))).toEqual({
        Account: MEMBER,
        Arn: `arn:aws:sts::${MEMBER}:assumed-role/amikeep-copy/amikeep-test-copy`,
        UserId: user?.AssumedRoleId,
      });
      await look(clientsOf(key));
      expect(sandbox.calls.total({ account: MEMBER, operation: 'DescribeImages', region: REGION })).toBe(1);
      sandbox.calls.reset();
    }
  });

  it('that is assumed twice gives two keys', async () => {
    const sandbox = aSandbox();
    for (const [, clientsOf] of await theWays(sandbox)) {
      const [one, other] = [await assume(clientsOf(MINE)), await assume(clientsOf(MINE))];
      expect(one.key.accessKeyId).not.toBe(other.key.accessKeyId);
    }
  });

  it('ends when its time is over, in the words of each service', async () => {
    const sandbox = aSandbox();
    const ways = await theWays(sandbox);
    const held = await Promise.all(
      ways.map(async ([, clientsOf]) => clientsOf((await assume(clientsOf(MINE), { DurationSeconds: 900 })).key)),
    );
    await sandbox.clock.advance(15 * MINUTE - 1);
    for (const clients of held) await look(clients);
    await sandbox.clock.advance(1);
    for (const clients of held) {
      await expect(look(clients)).rejects.toMatchObject({ name: 'RequestExpired', message: 'Request has expired.' });
      await expect(whoIs(clients)).rejects.toMatchObject({ name: 'ExpiredToken' });
    }
  });

  it('is nobody’s without its session token', async () => {
    const sandbox = aSandbox();
    for (const [, clientsOf] of await theWays(sandbox)) {
      const { key } = await assume(clientsOf(MINE));
      const bare = clientsOf({ accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey });
      await expect(look(bare)).rejects.toMatchObject({ name: 'AuthFailure' });
      await expect(whoIs(bare)).rejects.toMatchObject({ name: 'InvalidClientTokenId' });
    }
  });

  it('may be assumed by a role, which is named where it is not trusted', async () => {
    const far = 'arn:aws:iam::444455556666:role/far';
    const sandbox = aSandbox({ ec2: { roles: { [ROLE]: { trusts: [ACCOUNT] }, [far]: { trusts: [ACCOUNT] } } } });
    for (const [, clientsOf] of await theWays(sandbox)) {
      const { key } = await assume(clientsOf(MINE));
      await expect(assume(clientsOf(key), { RoleArn: far })).rejects.toThrow(
        `User: arn:aws:sts::${MEMBER}:assumed-role/amikeep-copy/amikeep-test-copy is not authorized to perform: sts:AssumeRole on resource: ${far}`,
      );
    }
  });
});

describe('who may assume a role', () => {
  it.each<[string, Ec2Behaviour['roles'], Partial<AssumeRoleCommandInput>]>([
    ['is everybody, unless the roles are named', 'any', {}],
    ['is whom it trusts', { [ROLE]: { trusts: [ACCOUNT] } }, {}],
    ['has to say its external id', { [ROLE]: { trusts: [ACCOUNT], externalId: 'ours' } }, { ExternalId: 'ours' }],
    ['may say an external id that it does not ask for', { [ROLE]: { trusts: [ACCOUNT] } }, { ExternalId: 'ours' }],
  ])('%s', async (_, roles, asked) => {
    expect(await withRoles(roles)(asked)).toMatchObject({ AssumedRoleUser: expect.anything() });
  });

  it.each<[string, Ec2Behaviour['roles'], Partial<AssumeRoleCommandInput>]>([
    ['the role is not there', {}, {}],
    ['the role trusts others', { [ROLE]: { trusts: [MEMBER] } }, {}],
    ['the external id is not said', { [ROLE]: { trusts: [ACCOUNT], externalId: 'ours' } }, {}],
    ['the external id is another', { [ROLE]: { trusts: [ACCOUNT], externalId: 'ours' } }, { ExternalId: 'theirs' }],
  ])('is told the same where %s', async (_, roles, asked) => {
    const error = await withRoles(roles)(asked).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${ACCOUNT}:user/sandbox is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
      $metadata: { httpStatusCode: 403 },
    });
  });

  it.each<[Partial<AssumeRoleCommandInput>, RegExp]>([
    [{ RoleArn: 'amikeep-copy-of-mine-own' }, /^amikeep-copy-of-mine-own is invalid$/],
    [{ RoleSessionName: 'two words' }, /Value 'two words' at 'roleSessionName' failed to satisfy constraint/],
    [{ DurationSeconds: 899 }, /Value '899' at 'durationSeconds' .* greater than or equal to 900/],
    [{ DurationSeconds: 43_201 }, /Value '43201' at 'durationSeconds' .* less than or equal to 43200/],
    [{ DurationSeconds: 3_601 }, /exceeds the MaxSessionDuration set for this role/],
  ])('is refused who asks for %j', async (asked, message) => {
    const error = await withRoles('any')(asked).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'ValidationError', message: expect.stringMatching(message) });
  });
});
