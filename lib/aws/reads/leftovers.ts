import type { Filter } from '@aws-sdk/client-ec2';
import type { ImageId, SnapshotId, Target } from '../../model/ids.ts';
import { mapReading, partialReading, type Reading } from '../../model/reading.ts';
import type { Image, Snapshot } from '../../model/resources.ts';
import type { Leftovers, LeftoversScope } from '../../run/ports.ts';
import { nameStart } from '../../tagging/name.ts';
import { ADOPTED, DEPLOYMENT, POLICY, RETIRE } from '../../tagging/tag-keys.ts';
import type { Caller } from '../calls/caller.ts';
import { joinReadings } from '../calls/pages.ts';
import type { SealKey } from '../calls/seal-key.ts';
import { snapshotAuthenticator } from './authenticated.ts';
import { exactly } from './filters.ts';
import { type Keeping, snapshotsBy } from './snapshots.ts';

/** How EC2 describes the snapshots that it makes for images, as patterns of a filter. */
const MADE_FOR_IMAGES: Filter = {
  Name: 'description',
  Values: ['Created by CreateImage(*', 'Copied for DestinationAmi *'],
};

type ReadOwnImages = (target: Target, keep: Keeping<Image>) => Promise<Reading<readonly Image[]>>;

/**
 * The deployment's images, and the snapshots that no image of the account names. A region may have a hundred thousand
 * snapshots that an image names: these are left out page by page, while they are read.
 *
 * @param readOwnImages reads all of the account's own images, whoever made them, and gives back those to keep
 */
export async function readLeftovers(
  caller: Caller,
  sealKey: SealKey,
  target: Target,
  scope: LeftoversScope,
  readOwnImages: ReadOwnImages,
): Promise<Leftovers> {
  const at = caller.now();
  const named = new Map<SnapshotId, ImageId>();
  const leaving = new Set<SnapshotId>();
  const images = await readOwnImages(target, (image) => {
    for (const { snapshot } of image.devices) {
      if (snapshot === undefined) continue;
      named.set(snapshot, image.id);
      if (image.tags[RETIRE] !== undefined) leaving.add(snapshot);
    }
    return isIn(scope, image);
  });
  // Whatever was not read may name any of them.
  if (!images.complete) {
    const none = partialReading('snapshots', at, [], images.problem);
    return { images, snapshots: none, uses: { ...none, value: new Map() }, strays: none };
  }
  const isLeft = ({ id, tags }: Snapshot) => !named.has(id) || (tags[RETIRE] !== undefined && !leaving.has(id));
  const { deployment, policy } = scope;
  const by = (filters: readonly Filter[]) => snapshotsBy(caller, target, filters, 'snapshots', isLeft);
  // An adopted image's snapshots may be anybody's work.
  const adopted = [exactly(`tag:${DEPLOYMENT}`, deployment), exactly('tag-key', ADOPTED)];
  const searches = [[MADE_FOR_IMAGES], adopted];
  const [authenticate, ...readings] = await Promise.all([snapshotAuthenticator(caller, sealKey), ...searches.map(by)]);
  const left = mapReading(joinReadings('snapshots', at, readings), (found) => [
    ...new Map(found.map((snapshot) => [snapshot.id, snapshot])).values(),
  ]);
  const isMeant = ({ tags }: Snapshot) => policy === undefined || tags[POLICY] === policy;
  const isOurs = ({ tags }: Snapshot) => tags[DEPLOYMENT] === deployment;
  return {
    images,
    snapshots: mapReading(left, (found) => found.filter(isOurs).filter(isMeant).map(authenticate)),
    uses: mapReading(
      { ...left, source: 'images by snapshot' },
      (found) => new Map(found.flatMap(({ id }) => usedBy(id, named))),
    ),
    strays: mapReading({ ...left, source: 'snapshots of others' }, (found) =>
      policy === undefined ? found.filter((snapshot) => !isOurs(snapshot) && !named.has(snapshot.id)) : [],
    ),
  };
}

function usedBy(id: SnapshotId, named: ReadonlyMap<SnapshotId, ImageId>): [SnapshotId, ImageId][] {
  const image = named.get(id);
  return image === undefined ? [] : [[id, image]];
}

/**
 * By its name, which nobody can change as tags can be. What bears the deployment's tag under another name was adopted, or is
 * somebody's copy, of which people are told.
 */
function isIn({ deployment, policy }: LeftoversScope, { name, tags }: Image): boolean {
  if (name.startsWith(nameStart(deployment, policy))) return true;
  return tags[DEPLOYMENT] === deployment && (policy === undefined || tags[POLICY] === policy);
}
