import { type AccountId, type ImageId, isImageId, isInstanceId } from '../../lib/model/ids.ts';
import { chooseImage } from '../../lib/planning/restore/choose.ts';
import type { RestoreRequest } from '../../lib/planning/restore/request.ts';
import type { Mode, RunEvent } from '../../lib/run/event.ts';
import { InputError } from '../../lib/run/input-error.ts';
import type { Listing } from '../../lib/run/listing.ts';
import { carryOut, type Restored } from '../../lib/run/restore/applying.ts';
import { type Chosen, planOf, type RestorePorts } from '../../lib/run/restore/restoring.ts';
import type { OwnedImage } from '../../lib/tagging/ownership.ts';
import { type ListPorts, readListings } from '../list/list.ts';
import { isId, namedBy, type Server, serversOf, severalMeant } from '../list/servers.ts';
import { noImageText, unreadSealsProblem } from '../list/unread-seals.ts';
import { NotThereError } from '../not-there.ts';
import { binnedProblems } from './binned.ts';

/** What a person asks to have back. */
export interface Asked {
  /** Of a retire run, which goes where images are. */
  readonly event: RunEvent;
  /** An instance, a lineage, a name or an image. */
  readonly word: string;
  readonly request: RestoreRequest;
  readonly mode: Mode;
}

/** A restore of one server, and what it is called. */
export interface Answered extends Restored {
  readonly server: Server;
  readonly account: AccountId;
  readonly chosen: Chosen;
  /** Whether one more was asked for, whatever is there. */
  readonly another: boolean;
}

/**
 * Finds the server, chooses its image, and plans the machine, or makes it.
 *
 * @throws NotThereError where no server is meant
 * @throws InputError where more than one is, or where there is no image that could be taken
 */
export async function restore(
  { event, word, request: asked, mode }: Asked,
  listing: ListPorts,
  ports: Omit<RestorePorts, 'aws'>,
): Promise<Answered> {
  const { connection, clock } = listing;
  const request = { ...asked, wanted: { ...asked.wanted, ...imageNamed(word) } };
  const listings = await readListings(event, listing);
  const unlisted = listings.flatMap(({ problems }) => problems);
  const servers = serversOf(listings, clock.now());
  const binned = isImageId(word) && isNowhere(word, servers) ? await binnedProblems(word, event, listing) : [];
  if (binned.length > 0) throw new NotThereError(binned);
  const server = serverMeant(word, servers, { unlisted, unreadSeals: unreadSealsProblem(listings, listing.file) });
  const { account } = connection;
  const images = imagesOf(server, listings);
  const choice = chooseImage(images, request.wanted, account);
  if (!choice.ok) throw new InputError([`${nameOf(server)}: ${choice.problem}`, ...unlisted]);
  const { image, why } = choice;
  refuseElsewhere(image, request, server, unlisted);
  const place = image.image;
  const aws = connection.aws(
    { ...event, target: { account, region: place.region }, mode, continuation: 0 },
    Number.POSITIVE_INFINITY,
  );
  const all = { ...ports, aws };
  const chosen = {
    image,
    why,
    named: isInstanceId(word) ? word : undefined,
    byName: !isId(word, server),
    siblings: siblingsOf(image, images, listings).filter((one) => one.image.account === account),
    unlisted,
  };
  const plan = await planOf(request, chosen, all);
  const restored = mode === 'apply' ? await carryOut(plan, request, chosen, all) : { plan, held: false };
  return { ...restored, server, account, chosen, another: request.another };
}

/** Where the source's region could not be read, another region is nobody's choice unless a person names it, or an image there. */
function refuseElsewhere(
  { image, stamp }: OwnedImage,
  { wanted }: RestoreRequest,
  server: Server,
  unlisted: readonly string[],
): void {
  const isNamed = wanted.region !== undefined || wanted.image !== undefined;
  if (unlisted.length === 0 || isNamed || image.region === stamp.source.region) return;
  throw new InputError([
    `${nameOf(server)}: its images in ${stamp.source.region} may be newer, and could not all be read; to take ${image.id} in ${image.region}, say so with --region ${image.region}`,
    ...unlisted,
  ]);
}

function isNowhere(word: string, servers: readonly Server[]): boolean {
  return namedBy([word], servers).named.length === 0;
}

function imageNamed(word: string): { readonly image?: ImageId } {
  return isImageId(word) ? { image: word } : {};
}

/** Why what is not found may be there. */
interface Gaps {
  readonly unlisted: readonly string[];
  readonly unreadSeals: string | undefined;
}

/** One server; of an instance that several policies take, all of them, since its images are alike. */
function serverMeant(word: string, servers: readonly Server[], { unlisted, unreadSeals }: Gaps): Server {
  const { named, unlisted: nowhere } = namedBy([word], servers);
  const [first, ...others] = named;
  if (!first) {
    const near = nowhere[0]?.near;
    throw new NotThereError([
      `${noImageText(unreadSeals)} of '${word}'${near === undefined ? '' : `; did you mean ${near}?`} (amikeep list names all servers)`,
      ...(unreadSeals === undefined ? [] : [unreadSeals]),
      ...unlisted,
    ]);
  }
  if (others.every(({ instances }) => instances[0] === first.instances[0])) {
    return { ...first, versions: [first, ...others].flatMap(({ versions }) => versions) };
  }
  throw new InputError([severalMeant(word, named)]);
}

function imagesOf(server: Server, listings: readonly Listing[]): OwnedImage[] {
  const ids = new Set(server.versions.flatMap(({ images }) => images.map(({ id }) => id)));
  return listings.flatMap(({ images }) => images.flatMap(({ owned }) => (ids.has(owned.image.id) ? [owned] : [])));
}

/** All images of the server, and those that other policies have made of the same instance. */
function siblingsOf({ stamp }: OwnedImage, images: readonly OwnedImage[], listings: readonly Listing[]): OwnedImage[] {
  const all = listings.flatMap((listing) => listing.images.map(({ owned }) => owned));
  return all.filter((one) => images.includes(one) || one.stamp.source.instance === stamp.source.instance);
}

function nameOf({ name, instances, lineage }: Server): string {
  return name ?? instances[0] ?? lineage;
}

/** Whether what was asked for was not to be had. */
export function hasFailed({ plan, made, found, problem }: Restored): boolean {
  return (
    plan.verdict === 'blocked' ||
    problem !== undefined ||
    found !== undefined ||
    (made !== undefined && (made.kind !== 'done' || made.flaw !== undefined))
  );
}
