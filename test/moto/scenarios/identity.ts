import { DescribeImagesCommand, DescribeRegionsCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { AWAY_REGION, OTHER_ACCOUNT } from '../emulators.ts';
import type { Witness } from '../witness.ts';
import { imaged, launched } from './setting.ts';

/** Who calls, and where: STS, and what accounts and regions see of each other. */
export async function callersAndPlaces(witness: Witness): Promise<void> {
  const account = async (caller?: string) => {
    const sts = await witness.sts(caller);
    const { Account } = await sts.send(new GetCallerIdentityCommand({}));
    return { Account };
  };
  await witness.step('the caller', account());
  await witness.step('a caller of another account', account(OTHER_ACCOUNT));

  const here = await witness.ec2();
  const golden = await imaged(witness, here, await launched(witness, here, 'web'), 'golden');
  const there = await witness.ec2(AWAY_REGION);
  await witness.step('an image of another region', there.send(new DescribeImagesCommand({ ImageIds: [golden] })));
  await witness.step('images of mine in another region', there.send(new DescribeImagesCommand({ Owners: ['self'] })));
  const stranger = await witness.ec2OfOtherAccount();
  await witness.step("another account's images", stranger.send(new DescribeImagesCommand({ Owners: ['self'] })));
  await witness.step('a region by name', here.send(new DescribeRegionsCommand({ RegionNames: [AWAY_REGION] })));
  await witness.step('an unknown region', here.send(new DescribeRegionsCommand({ RegionNames: ['xx-nowhere-1'] })));
}
