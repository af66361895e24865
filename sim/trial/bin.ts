import {
  ListSnapshotsInRecycleBinCommand,
  RestoreImageFromRecycleBinCommand,
  RestoreSnapshotFromRecycleBinCommand,
} from '@aws-sdk/client-ec2';
import { region as toRegion } from '../../lib/model/ids.ts';
import { DAY } from '../../lib/model/time.ts';
import { type AffairPorts, nowAndThen } from './affair.ts';
import type { Named } from './company.ts';

const BINNED = 'amikeep:binned';
const KINDS = ['EC2_IMAGE', 'EBS_SNAPSHOT'] as const;

/** Regions whose Recycle Bin keeps for some days what is deleted, and people who take some of it out again. */
export async function binRules(ports: AffairPorts): Promise<void> {
  await Promise.all([
    makeRules(ports),
    nowAndThen(ports, 3 * DAY, () => takeOut(ports)),
    nowAndThen(ports, 8 * DAY, () => letGo(ports)),
  ]);
}

/** Mostly from the beginning; some come later, and some keep images without what they are made of. */
async function makeRules({ site, chance, clock, sandbox, account, until, tell }: AffairPorts): Promise<void> {
  const isLate = chance.hits(0.3);
  const regions = site.regionsOf('retire').filter(() => chance.hits(0.8));
  if (isLate) await clock.sleep(chance.below(Math.max(1, until - clock.now())));
  const days = chance.from(2, 14);
  const kinds = chance.hits(0.85) ? KINDS : [chance.pick(KINDS)];
  const isOfOurs = chance.hits(0.3);
  for (const region of regions) {
    for (const ResourceType of kinds) {
      const input = {
        ResourceType,
        RetentionPeriod: { RetentionPeriodValue: days, RetentionPeriodUnit: 'DAYS' },
        ...(isOfOurs && { ResourceTags: [{ ResourceTagKey: 'amikeep:deployment' }] }),
      };
      await sandbox.call({ service: 'rbin', operation: 'CreateRule', region, account, caller: 'people', input });
    }
  }
  tell(`the Recycle Bin keeps ${kinds.join(' and ')} for ${days} days in ${regions.join(', ') || 'no region'}`);
}

/** Restores an image with all its snapshots that are in the bin, or a snapshot alone. */
async function takeOut({ sandbox, account, clients, chance }: AffairPorts): Promise<string | undefined> {
  const binned = sandbox.ec2.inspect.recycleBin({ account });
  if (binned.length === 0) return undefined;
  const images = binned.filter(({ id }) => id.startsWith('ami-'));
  const { region, id } = chance.pick(images.length > 0 && chance.hits(0.9) ? images : binned);
  const client = clients.ec2(toRegion(region));
  const { Snapshots = [] } = await client.send(new ListSnapshotsInRecycleBinCommand({}));
  const wanted = Snapshots.flatMap(({ SnapshotId, Description }) =>
    SnapshotId !== undefined && (SnapshotId === id || Description?.includes(id)) ? [SnapshotId] : [],
  );
  for (const SnapshotId of wanted) await client.send(new RestoreSnapshotFromRecycleBinCommand({ SnapshotId }));
  if (id.startsWith('ami-')) await client.send(new RestoreImageFromRecycleBinCommand({ ImageId: id }));
  return `${[...wanted, id].join(', ')} taken out of the Recycle Bin of ${region} by hand`;
}

/** Takes the word off that keeps what was restored, of the image and of its snapshots or of the image alone. */
async function letGo({ sandbox, account, company, chance }: AffairPorts): Promise<string | undefined> {
  const isRestored = ({ Tags = [] }: { readonly Tags?: { readonly Key?: string | undefined }[] | undefined }) =>
    Tags.some(({ Key }) => Key === BINNED);
  const images = company.images().flatMap(({ region, image }): Named[] => {
    return isRestored(image) ? [{ region, id: image.ImageId }] : [];
  });
  const snapshots = sandbox.ec2.inspect.snapshots({ account }).flatMap(({ region, snapshot }): Named[] => {
    return snapshot.SnapshotId !== undefined && isRestored(snapshot) ? [{ region, id: snapshot.SnapshotId }] : [];
  });
  const all = [...images, ...snapshots];
  if (all.length === 0) return undefined;
  const { region, id } = chance.pick(images.length > 0 ? images : all);
  await company.untag(region, id, BINNED);
  return `${id} in ${region}, restored from the Recycle Bin, is let go`;
}
