import { DAY, HOUR } from '../../lib/model/time.ts';
import { type AffairPorts, nowAndThen } from './affair.ts';
import type { Named } from './company.ts';

const MARK = 'amikeep:retire';

/** People who want back what is on its way out, or in the Recycle Bin, by the command. */
export async function undo(ports: AffairPorts): Promise<void> {
  await nowAndThen(ports, 5 * DAY, () => undoOne(ports));
}

async function undoOne({ chance, clock, runs, site, ...world }: AffairPorts): Promise<string | undefined> {
  const leaving = leavingIn({ site, ...world });
  if (leaving.length === 0) return undefined;
  const { region, id } = chance.pick(leaving);
  const isNamed = chance.hits(0.7);
  const mode = chance.hits(0.15) ? 'plan' : 'apply';
  const event = { action: 'undo', images: [id], mode, ...(isNamed && { target: { region } }) };
  const came = await runs.byHand(site, event);
  // Whoever is told that it failed tries once more, that day or at once.
  if (/failed/.test(came) && chance.hits(0.7)) {
    await clock.sleep(chance.pick([60_000, 3 * HOUR]));
    return `undo of ${id} in ${region}: ${came}; once more: ${await runs.byHand(site, event)}`;
  }
  return `undo of ${id} in ${region}: ${came}`;
}

/** What bears a mark, and what was an image of the deployment before it went into the bin. */
function leavingIn({
  company,
  sandbox,
  account,
  site,
}: Pick<AffairPorts, 'company' | 'sandbox' | 'account' | 'site'>): Named[] {
  const marked = company.images().flatMap(({ region, image }): Named[] => {
    const has = (key: string, value?: string) =>
      image.Tags?.some(({ Key, Value }) => Key === key && (value === undefined || Value === value));
    return has(MARK) && has('amikeep:deployment', site.name) ? [{ region, id: image.ImageId }] : [];
  });
  const regions = new Set<string>(site.regionsOf('retire'));
  const binned = sandbox.ec2.inspect
    .recycleBin({ account })
    .filter(({ id, region }) => id.startsWith('ami-') && regions.has(region));
  return [...marked.filter(({ region }) => regions.has(region)), ...binned];
}
