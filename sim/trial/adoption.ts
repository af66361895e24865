import { DAY, HOUR } from '../../lib/model/time.ts';
import { type AffairPorts, nowAndThen } from './affair.ts';

const SEAL = 'amikeep:seal';

/** Images that people make by hand and put under a policy, and seals that are lost and written anew at their word. */
export async function adoption(ports: AffairPorts): Promise<void> {
  let batch = 0;
  await Promise.all([
    nowAndThen(ports, 6 * DAY, () => {
      batch += 1;
      return adopt(ports, `batch-${batch}`);
    }),
    nowAndThen(ports, 12 * DAY, () => sealAnew(ports)),
  ]);
}

/** Images of some servers, at once or days apart, which are adopted together by the tag that they have in common. */
async function adopt(
  { company, chance, clock, runs, site, tell }: AffairPorts,
  Made: string,
): Promise<string | undefined> {
  const policies = site.promised.policies;
  if (policies.length === 0) return undefined;
  const policy = chance.pick(policies).name;
  for (let count = chance.from(1, 3); count > 0; count--) {
    const members = company.servers.filter(({ server }) => site.promised.regions.some((one) => one === server.region));
    if (members.length === 0) return undefined;
    const member = chance.pick(members);
    const Role = member.server.tags.Role ?? '';
    await company.createImage(member, {
      Made,
      ...(chance.hits(0.6) && { Role }),
      ...(chance.hits(0.2) && { Team: 'x' }),
    });
    tell(`an image of ${member.id} is made by hand, of ${Made}`);
    await clock.sleep(chance.pick([HOUR, HOUR, 3 * DAY]));
  }
  const event = { action: 'adopt', policy, filter: { Made } };
  if (chance.hits(0.2)) await runs.byHand(site, { ...event, mode: 'plan' });
  const came = await runs.byHand(site, { ...event, mode: 'apply' });
  const again = chance.hits(0.3) ? `; once more: ${await runs.byHand(site, { ...event, mode: 'apply' })}` : '';
  return `${Made} is adopted under ${policy}: ${came}${again}`;
}

/** Somebody takes the seals off some images; a day later a person vouches for all that has none. */
async function sealAnew({ company, chance, clock, runs, site, tell }: AffairPorts): Promise<string | undefined> {
  const sealed = company.images().filter(({ image }) => image.Tags?.some(({ Key }) => Key === SEAL));
  for (let count = Math.min(sealed.length, chance.below(4)); count > 0; count--) {
    const { region, image } = chance.pick(sealed);
    await company.untag(region, image.ImageId, SEAL);
    for (const { Ebs } of image.BlockDeviceMappings ?? []) {
      if (Ebs?.SnapshotId !== undefined) await company.untag(region, Ebs.SnapshotId, SEAL);
    }
    tell(`${image.ImageId} loses its seal, and so do its snapshots`);
  }
  await clock.sleep(DAY);
  const came = await runs.byHand(site, { action: 'adopt', unsealed: true, mode: chance.hits(0.9) ? 'apply' : 'plan' });
  return `what has no seal that holds is vouched for: ${came}`;
}
