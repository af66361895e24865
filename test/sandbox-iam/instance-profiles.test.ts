import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  GetInstanceProfileCommand,
  IAMClient,
  ListInstanceProfilesCommand,
  type ListInstanceProfilesCommandInput,
  paginateListInstanceProfiles,
} from '@aws-sdk/client-iam';
import { describe, expect, it } from 'vitest';
import { connectInProcess } from '../../sandbox/in-process.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import { ACCOUNT, aSandbox, clientConfig, START, served } from '../sandbox-wire/world.ts';

const TRUST = '{"Version":"2012-10-17","Statement":[]}';

/** IAM behind a real client, each of whose calls is taken over the wire as well. */
function anIam(options: Partial<SandboxOptions> = {}, region = 'us-east-1', sandbox = aSandbox(options)) {
  const iam = new IAMClient(clientConfig(ACCOUNT, region));
  connectInProcess(sandbox, iam, { account: ACCOUNT, replayEvery: 1 });
  return {
    sandbox,
    iam,
    role: (RoleName: string, AssumeRolePolicyDocument = TRUST) =>
      iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })),
    profile: (InstanceProfileName: string, Path?: string) =>
      iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path })),
    add: (InstanceProfileName: string, RoleName: string) =>
      iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName })),
    get: async (InstanceProfileName: string) =>
      (await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile,
    list: (input: ListInstanceProfilesCommandInput = {}) => iam.send(new ListInstanceProfilesCommand(input)),
  };
}

describe('an instance profile', () => {
  it('holds a role', async () => {
    const { profile, role, add, get } = anIam();
    const { InstanceProfile: made } = await profile('web');
    expect(made).toEqual({
      Path: '/',
      InstanceProfileName: 'web',
      InstanceProfileId: expect.stringMatching(/^AIPA[0-9A-F]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:instance-profile/web`,
      CreateDate: new Date(START),
      Roles: [],
    });
    const { Role } = await role('web-role');
    expect(Role).toEqual({
      Path: '/',
      RoleName: 'web-role',
      RoleId: expect.stringMatching(/^AROA[0-9A-F]{17}$/),
      Arn: `arn:aws:iam::${ACCOUNT}:role/web-role`,
      CreateDate: new Date(START),
      AssumeRolePolicyDocument: encodeURIComponent(TRUST),
    });
    await add('web', 'web-role');
    expect(await get('web')).toEqual({ ...made, Roles: [Role] });
  });

  it('is the same in every region, over HTTP as well, and another account’s is another', async () => {
    const { sandbox, profile } = anIam();
    const { InstanceProfile } = await profile('web', '/apps/');
    expect(InstanceProfile?.Arn).toBe(`arn:aws:iam::${ACCOUNT}:instance-profile/apps/web`);
    expect(await anIam({}, 'eu-west-1', sandbox).get('web')).toEqual(InstanceProfile);
    const { url: endpoint } = await served(sandbox);
    const get = async (account: string) => {
      const client = new IAMClient({ ...clientConfig(account, 'us-east-1'), endpoint });
      try {
        return await client.send(new GetInstanceProfileCommand({ InstanceProfileName: 'web' }));
      } finally {
        client.destroy();
      }
    };
    expect((await get(ACCOUNT)).InstanceProfile).toEqual(InstanceProfile);
    await expect(get('444455556666')).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });

  it('that is not there is NoSuchEntity, 404', async () => {
    const { get, add, profile } = anIam();
    const missing = { name: 'NoSuchEntityException', $metadata: { httpStatusCode: 404 } };
    await expect(get('web')).rejects.toMatchObject({
      ...missing,
      message: 'Instance Profile web cannot be found.',
    });
    await profile('web');
    await expect(add('web', 'web-role')).rejects.toMatchObject(missing);
  });

  it('has a name of its own, and one role at most', async () => {
    const { profile, role, add } = anIam();
    const taken = { name: 'EntityAlreadyExistsException', $metadata: { httpStatusCode: 409 } };
    await profile('web');
    await expect(profile('web')).rejects.toMatchObject(taken);
    await role('one');
    await expect(role('one')).rejects.toMatchObject(taken);
    await role('other');
    await add('web', 'one');
    await expect(add('web', 'other')).rejects.toMatchObject({ name: 'LimitExceededException' });
  });

  it('is refused with a name, a path or a policy that IAM does not take', async () => {
    const { profile, role, list } = anIam();
    const invalid = { name: 'ValidationError' };
    await expect(profile('web app')).rejects.toMatchObject(invalid);
    await expect(profile('x'.repeat(129))).rejects.toMatchObject(invalid);
    await expect(profile('web', 'apps')).rejects.toMatchObject(invalid);
    await expect(role('x'.repeat(65))).rejects.toMatchObject(invalid);
    await expect(role('web', '{')).rejects.toMatchObject({ name: 'MalformedPolicyDocumentException' });
    await expect(list({ MaxItems: 0 })).rejects.toMatchObject(invalid);
    await expect(list({ MaxItems: 1_001 })).rejects.toMatchObject(invalid);
    await expect(list({ Marker: 'marker' })).rejects.toMatchObject(invalid);
  });

  it.each(['full', 'uneven'] as const)('is listed by path, in pages that are %s', async (pageFill) => {
    const { iam, profile, list } = anIam({ ec2: { pageFill } });
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await profile(name, name === 'c' ? '/apps/' : '/');
    const told: (string | undefined)[] = [];
    for await (const page of paginateListInstanceProfiles({ client: iam, pageSize: 2 }, {})) {
      expect(page.InstanceProfiles?.length).toBeLessThanOrEqual(2);
      expect(page.IsTruncated).toBe(page.Marker !== undefined);
      told.push(...(page.InstanceProfiles ?? []).map(({ InstanceProfileName }) => InstanceProfileName));
    }
    expect(told).toEqual(names);
    const { InstanceProfiles } = await list({ PathPrefix: '/apps/' });
    expect(InstanceProfiles?.map(({ InstanceProfileName }) => InstanceProfileName)).toEqual(['c']);
  });

  it('outlives a dump, and no reset', async () => {
    const { sandbox, profile, get } = anIam();
    await profile('web');
    const state = JSON.parse(JSON.stringify(sandbox.dump()));
    sandbox.reset();
    await expect(get('web')).rejects.toMatchObject({ name: 'NoSuchEntityException' });
    sandbox.load(state);
    expect((await get('web'))?.InstanceProfileName).toBe('web');
    sandbox.load({ ...state, iam: undefined });
    await expect(get('web')).rejects.toMatchObject({ name: 'NoSuchEntityException' });
  });
});
