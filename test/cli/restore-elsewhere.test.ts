import { CreateSecurityGroupCommand, DescribeVolumesCommand, ImportKeyPairCommand } from '@aws-sdk/client-ec2';
import { CreateAliasCommand, CreateKeyCommand, GetPublicKeyCommand } from '@aws-sdk/client-kms';
import { describe, expect, it } from 'vitest';
import { aWorld, FRANKFURT, IRELAND, NIGHTLY, type World } from '../handlers/world.ts';
import { amikeep } from './in-world.ts';
import { aLostServer, checksOf, livingIn, restoreBy, type Scene, type SceneOptions, subnetsIn } from './lost-server.ts';

/** What is there in Ireland for a server of Frankfurt. */
interface Prepared extends Scene {
  readonly subnet: string;
  readonly group: string;
  /** The zone that the server was in, and its group. */
  readonly was: { readonly zone: string; readonly group: string };
}

async function prepared(options: SceneOptions = {}): Promise<Prepared> {
  const scene = await aLostServer(options);
  const { world, before } = scene;
  const [, second] = await subnetsIn(world, IRELAND);
  const group = await world.send(IRELAND, (client) =>
    client.send(new CreateSecurityGroupCommand({ GroupName: 'web', Description: 'web', VpcId: second?.VpcId })),
  );
  const key = new ImportKeyPairCommand({ KeyName: 'ops-dr', PublicKeyMaterial: Buffer.from(PUBLIC_KEY) });
  await world.send(IRELAND, (client) => client.send(key));
  await world.clock.run(async () => {
    const kms = world.clients.kms(IRELAND);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: 'alias/dr', TargetKeyId: KeyMetadata?.KeyId }));
  });
  return {
    ...scene,
    subnet: second?.SubnetId ?? '',
    group: group.GroupId ?? '',
    was: { zone: before.Placement?.AvailabilityZoneId ?? '', group: before.SecurityGroups?.[0]?.GroupId ?? '' },
  };
}

const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE ops';

const mapped = ({ subnet, group, was }: Prepared) => `
restore:
  eu-west-1:
    subnets: { ${was.zone}: ${subnet} }
    securityGroups: { ${was.group}: ${group} }
    keyName: ops-dr
    kmsKey: alias/dr
    instanceTypes: [m7g.large, m5.large]
${NIGHTLY}`;

const inIreland = (world: World, policies: string, ...args: readonly string[]) =>
  restoreBy(policies, world, 'web-1', '--region', IRELAND, ...args);

describe('a server that is long gone, in the DR region', () => {
  it('is launched with what the policy file says stands in there', async () => {
    const scene = await prepared();
    const { world, subnet, group } = scene;
    const { status, out } = await inIreland(world, mapped(scene), '--mode', 'apply');
    expect(out).toMatch(new RegExp(`subnet +${subnet} +map`));
    expect(out).toMatch(new RegExp(`security groups +${group} +map`));
    expect(out).toMatch(/key pair +ops-dr +map/);
    expect(out).toMatch(/encryption +alias\/dr +map/);
    expect(status).toBe(0);
    const [machine = {}] = await livingIn(world, IRELAND);
    expect(machine).toMatchObject({
      InstanceType: 't3.micro',
      SubnetId: subnet,
      SecurityGroups: [{ GroupId: group }],
      KeyName: 'ops-dr',
    });
    const { Volumes = [] } = await world.send(IRELAND, (client) => client.send(new DescribeVolumesCommand({})));
    expect(Volumes).toEqual([expect.objectContaining({ Encrypted: true, KmsKeyId: expect.stringContaining('arn:') })]);
    expect(await livingIn(world)).toEqual([]);
  });

  it('is told of a machine that an earlier restore has made at home: there will be two of it', async () => {
    const scene = await prepared();
    const { world } = scene;
    expect((await restoreBy(NIGHTLY, world, 'web-1', '--mode', 'apply')).status).toBe(0);
    const [machine] = await livingIn(world);
    const { status, out } = await inIreland(world, mapped(scene));
    expect([status, out]).toEqual([0, expect.stringMatching(/^degraded \(.*earlier tries/m)]);
    expect(out).toMatch(
      new RegExp(`degraded +earlier tries +${machine?.InstanceId} .* in eu-central-1 was restored .* two of it`),
    );
    const another = await inIreland(world, mapped(scene), '--another');
    expect(another.out).toMatch(/note +earlier tries .* in eu-central-1 was restored of it before/);
    world.sandbox.faults.add({ kind: 'denied', operation: 'DescribeInstances', region: FRANKFURT });
    const blind = await inIreland(world, mapped(scene));
    expect(blind.out).toMatch(/note +earlier tries +what was restored of it in eu-central-1 before could not be read/);
  });

  it('is of the first type of the policy file that fits the image, where its own is not offered', async () => {
    const scene = await prepared();
    const { world } = scene;
    const zone = (await subnetsIn(world, IRELAND)).find(({ SubnetId }) => SubnetId === scene.subnet)?.AvailabilityZone;
    world.sandbox.ec2.setBehaviour({ typesNotOffered: { [zone ?? '']: ['t3.micro'] } }, IRELAND);
    const ended = await inIreland(world, mapped(scene), '--mode', 'apply');
    expect(checksOf(ended, 'type')).toEqual([
      expect.stringMatching(/degraded .*t3\.micro is not offered in .*m7g\.large is arm64.*: m5\.large is taken/),
    ]);
    expect(await livingIn(world, IRELAND)).toEqual([expect.objectContaining({ InstanceType: 'm5.large' })]);
  });

  it('is blocked by each thing for which nothing stands in, with the key of the policy file to write', async () => {
    const { world, was, subnet } = await prepared();
    const nothing = await inIreland(world, NIGHTLY);
    expect(nothing.status).toBe(1);
    expect(checksOf(nothing, 'subnet')[0]).toContain(`restore.eu-west-1.subnets.${was.zone} in the policy file`);
    expect(checksOf(nothing, 'security groups')[0]).toContain(`nothing stands in for ${was.group} in eu-west-1`);
    const half = `${NIGHTLY}\nrestore: { eu-west-1: { subnets: { ${was.zone}: ${subnet} } } }\n`;
    const ended = await inIreland(world, half, '--mode', 'apply');
    expect(checksOf(ended, 'subnet')[0]).toContain('ok');
    expect(ended.out).toContain('nothing was made: it is blocked');
    expect(await livingIn(world, IRELAND)).toEqual([]);
  });

  it('is blocked by what the policy file names and is not there', async () => {
    const scene = await prepared();
    const { world, group, subnet } = scene;
    const policies = mapped(scene)
      .replace(subnet, 'subnet-0bad')
      .replace(group, 'sg-0bad')
      .replace('alias/dr', 'alias/no');
    world.sandbox.ec2.setBehaviour({ kmsKeys: {} });
    const ended = await inIreland(world, policies);
    expect(checksOf(ended, 'subnet')[0]).toContain('subnet-0bad is not in eu-west-1 any more');
    expect(checksOf(ended, 'security groups')[0]).toContain('sg-0bad is not in eu-west-1');
    expect(checksOf(ended, 'encryption').join()).toContain('the key alias/no is not there');
  });
});

describe('while the region is out in which the deployment has its key', () => {
  const lose = ({ sandbox }: World) => {
    for (const service of ['ec2', 'kms', 'ssm'] as const)
      sandbox.faults.add({ kind: 'error-before', service, region: FRANKFURT });
  };

  it('nobody says that there is no image of a server: seals could not be checked, and what helps is told', async () => {
    const { world } = await aLostServer();
    lose(world);
    const restored = await inIreland(world, NIGHTLY);
    expect(restored).toMatchObject({
      status: 1,
      err: expect.stringContaining("it could not be told whether there is an image of 'web-1'"),
    });
    const listed = await amikeep(world, NIGHTLY, 'list', 'web-1');
    expect(listed.out).toContain('not found: it could not be told whether there is an image of web-1');
    for (const text of [restored.err, listed.out]) {
      expect(text).toContain('seals could not be checked, since the key alias/amikeep-test in eu-central-1');
      expect(text).toContain('under trustedKeys of the policy file');
      expect(text).not.toContain('there is no image');
    }
  });

  it('a server is restored in the DR region where its public half stands under trustedKeys', async () => {
    const { clients, clock } = aWorld();
    const ask = new GetPublicKeyCommand({ KeyId: 'alias/amikeep-test' });
    const { PublicKey = [] } = await clock.run(() => clients.kms(FRANKFURT).send(ask));
    const half = Buffer.from(PublicKey).toString('base64');
    const policies = NIGHTLY.replace('policies:', `trustedKeys: [${half}]\npolicies:`);
    const scene = await prepared({ policies });
    const { world, subnet, group } = scene;
    lose(world);
    const given = ['--subnet', subnet, '--security-group', group, '--mode', 'apply'];
    const { status, out } = await inIreland(world, policies, ...given);
    expect([status, out]).toEqual([0, expect.stringMatching(/note +earlier tries .*in eu-central-1 before could not/)]);
    expect(await livingIn(world, IRELAND)).toHaveLength(1);
  });
});
