import assert from 'node:assert/strict';
import type { Checks } from '../../checks.ts';
import { FRANKFURT } from '../history.ts';
import { imagesOf, standing } from '../images.ts';
import { assertDone } from '../stack.ts';
import { ACCOUNT, type World } from '../world.ts';

/** The policy golden goes, which kept one image. Of four the first two were marked a day ago. */
export async function checkPolicyRemoval(checks: Checks, { stacks, sandbox }: World): Promise<void> {
  const golden = () => standing(imagesOf(sandbox, 'shop', 'golden'));

  await checks.check('a deployment goes on without a policy that was taken out', async () => {
    const { stderr } = assertDone(await stacks.shopWithoutGolden.deploy());
    assert.doesNotMatch(stderr, /No changes to deploy/);
    const { code, stdout } = await stacks.shopWithoutGolden.invoke('snapshot', {
      data: { action: 'snapshot', policy: 'golden' },
    });
    assert.notEqual(code, 0);
    assert.match(stdout, /there is no policy 'golden'/);
  });
  await checks.check(
    'the images of that policy go on being retired by the rules that are stamped on them',
    async () => {
      const [, , third = '', newest = ''] = golden();
      const target = { account: ACCOUNT, region: FRANKFURT };
      assertDone(await stacks.shopWithoutGolden.invoke('retire', { data: { action: 'retire', target } }));
      assert.deepEqual(golden(), [`${third} marked`, newest]);
    },
  );
}
