import assert from 'node:assert/strict';
import type { Image } from '@aws-sdk/client-ec2';
import { DEPLOYMENT, DRILL, DRILLED, PASSED } from '../../../lib/tagging/tag-keys.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { Checks } from '../../checks.ts';
import { drillsIn, isTerminated } from '../drills.ts';
import { FRANKFURT, IRELAND } from '../history.ts';
import { imagesOf, tagOf } from '../images.ts';
import type { Outcomes } from '../outcomes.ts';
import { POLICY_FILES, policiesIn } from '../policies.ts';
import { assertDone } from '../stack.ts';
import { until } from '../until.ts';
import type { World } from '../world.ts';

/** One drill was left two hours ago, of an image that does not come up. Nothing else was started up to here. */
export async function checkDrills(checks: Checks, { stacks, sandbox }: World, outcomes: Outcomes): Promise<void> {
  /** What the runs counted, by region, of which each told of one thing. */
  const drill = async (payload: object, told: string) => {
    assertDone(await stacks.shop.invoke('drill', { data: { action: 'drill', ...payload } }));
    const runs = await outcomes.finished(told, 2, ({ action, counts }) => action === 'drill' && told in counts);
    assert.deepEqual(
      runs.flatMap(({ failures }) => failures),
      [],
    );
    return new Map(runs.map(({ region, counts }) => [region, counts]));
  };

  // Nobody has invoked the function yet, so that it is the schedule which did.
  await checks.check('the scheduled sweep ends a drill that was left past its lease', async () => {
    const drills = await allTerminated(sandbox);
    const image = newest(sandbox, 'golden', FRANKFURT);
    assert.deepEqual(
      drills.map(({ ImageId }) => ImageId),
      [image.ImageId],
    );
    assert.match(tagOf(image, DRILLED) ?? '', new RegExp(`Z inconclusive 0 ${drills[0]?.InstanceId} `));
  });
  await checks.check('what is due is started in each region, and what was tried lately is not', async () => {
    const counts = await drill({}, 'drill drill-due');
    assert.deepEqual(counts.get(FRANKFURT), { 'drill drill-due': 1, 'wait drilled': 1 });
    assert.deepEqual(counts.get(IRELAND), { 'drill drill-due': 1 });
  });
  await checks.check(
    'an image that comes up bears the verdict that it passed, and its instance is terminated',
    async () => {
      await drill({ sweep: true }, 'judge passed');
      const drills = await allTerminated(sandbox);
      for (const region of [FRANKFURT, IRELAND]) {
        const image = newest(sandbox, 'nightly', region);
        const ids = drills.filter(({ ImageId }) => ImageId === image.ImageId).map(({ InstanceId }) => InstanceId);
        assert.equal(ids.length, 1);
        assert.match(tagOf(image, PASSED) ?? '', new RegExp(`Z status \\d+s m1\\.small ${ids[0]} `));
      }
    },
  );
  await checks.check('it ran in the sealed network, without a role and without the tags of its server', async () => {
    const nightly = policiesIn(POLICY_FILES.shop).policies.find(({ name }) => name === 'nightly');
    for (const region of [FRANKFURT, IRELAND]) {
      const image = newest(sandbox, 'nightly', region);
      const instance = drillsIn(sandbox).find(({ ImageId }) => ImageId === image.ImageId);
      const network = nightly?.drill?.network[region];
      assert.ok(network);
      assert.ok(
        network.subnets.some((subnet) => subnet === instance?.SubnetId),
        `it ran in ${instance?.SubnetId}`,
      );
      assert.deepEqual(
        instance?.SecurityGroups?.map(({ GroupId }) => GroupId),
        [network.securityGroup],
      );
      assert.equal(instance?.IamInstanceProfile, undefined);
      assert.deepEqual(instance?.Tags?.map(({ Key }) => Key).sort(), [DEPLOYMENT, DRILL]);
    }
  });
}

function newest(sandbox: Sandbox, policy: string, region: string): Image {
  const image = imagesOf(sandbox, 'shop', policy).findLast((own) => own.region === region)?.image;
  assert.ok(image, `policy ${policy} has no image in ${region}`);
  return image;
}

function allTerminated(sandbox: Sandbox) {
  return until('all drills are terminated', async () => {
    const drills = drillsIn(sandbox);
    return drills.every(isTerminated) ? drills : undefined;
  });
}
