import { DescribeInstancesCommand, EC2Client, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { publicImageId } from '../../../sandbox/ec2/index.ts';
import { connectInProcess } from '../../../sandbox/in-process.ts';
import { furnishNetwork } from '../../../sim/networks.ts';
import { ACCOUNT, aWorld, FRANKFURT, LOCAL, tagOf } from '../world.ts';

const MEMBER = '222222222222';

function clientOf(world: ReturnType<typeof aWorld>): EC2Client {
  const ec2 = new EC2Client({ region: FRANKFURT, credentials: { accessKeyId: MEMBER, secretAccessKey: 'any' } });
  connectInProcess(world.sandbox, ec2, { account: MEMBER });
  return ec2;
}

describe('in another source account', () => {
  it('images are started in the network that the policy names for that account', async () => {
    const scout = aWorld();
    const told = await scout.clock.run(() => furnishNetwork(clientOf(scout), 'test'));
    const network = `{ subnets: [${told.subnets.join(', ')}], securityGroup: ${told.securityGroup} }`;
    const policies = `${LOCAL.replace('policies:', `accounts:\n  - { id: '${MEMBER}', rolePrefix: amikeep-test }\npolicies:`)}
    drill:
      every: { days: 30 }
      regions: [eu-central-1]
      check: status
      maxAgeDays: 45
      network: { ${MEMBER}/eu-central-1: ${network} }
`;
    const roles = Object.fromEntries(
      ['snapshot', 'copy', 'retire', 'drill'].map((name) => [
        `arn:aws:iam::${MEMBER}:role/amikeep-test-${name}`,
        { trusts: [ACCOUNT] },
      ]),
    );
    const world = aWorld({ policies, behaviour: { roles } });
    const ec2 = clientOf(world);
    await world.clock.run(() => furnishNetwork(ec2, 'test'));
    await world.clock.run(() =>
      ec2.send(
        new RunInstancesCommand({
          ImageId: publicImageId(FRANKFURT, 'al2023'),
          MinCount: 1,
          MaxCount: 1,
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'Backup', Value: 'nightly' }] }],
        }),
      ),
    );
    await world.clock.advance(60_000);
    expect(await world.night('2026-11-02')).toEqual([]);
    await world.invoke('drill');
    expect(await world.deliver()).toEqual([]);
    const Filters = [{ Name: 'tag-key', Values: ['amikeep:drill'] }];
    const { Reservations = [] } = await world.clock.run(() => ec2.send(new DescribeInstancesCommand({ Filters })));
    expect(Reservations.flatMap(({ Instances = [] }) => Instances)).toMatchObject([{ SubnetId: told.subnets[0] }]);
    await world.clock.advance(5 * 60_000);
    await world.invoke('drill', { sweep: true });
    expect(await world.deliver()).toEqual([]);
    const [image] = world.sandbox.ec2.inspect.images({ account: MEMBER, region: FRANKFURT });
    expect(tagOf(image?.image, 'amikeep:passed')).toContain(' status ');
  });
});
