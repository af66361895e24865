import {
  type AccountId,
  type ImageId,
  type InstanceId,
  isImageId,
  isInstanceId,
  type Region,
} from '../../lib/model/ids.ts';
import type { Image } from '../../lib/model/resources.ts';
import type { Instant } from '../../lib/model/time.ts';
import type { Decision } from '../../lib/planning/decision.ts';
import { lineageKey } from '../../lib/planning/lineages.ts';
import { nearest } from '../../lib/policy/nearest.ts';
import type { ListedImage, Listing } from '../../lib/run/listing.ts';
import type { Drilled, Pass } from '../../lib/tagging/verdict.ts';
import { versionOf } from '../../lib/tagging/version.ts';

/** One image of a version: the source, a copy, or a failed attempt at either. */
export interface VersionImage {
  readonly id: ImageId;
  readonly account: AccountId;
  readonly region: Region;
  readonly state: Image['state'] | 'deprecated';
  readonly action: Decision['action'];
  /** The newest drill that it passed. */
  readonly passed?: Pass;
  /** What its last drill came to. */
  readonly drilled?: Drilled;
  /** Why it stays, or what it waits for, or why it goes. */
  readonly reason: string;
  /** Why it is on hold, whatever else keeps it. */
  readonly hold?: string;
}

export interface ServerVersion {
  readonly version: string;
  readonly images: readonly VersionImage[];
}

/** A server, or several that took each other's place, with all that is there of it. */
export interface Server {
  readonly policy: string;
  readonly lineage: string;
  readonly account: AccountId;
  readonly region: Region;
  /** Newest first. */
  readonly instances: readonly InstanceId[];
  /** As the newest of them is called, or was when its image was made. */
  readonly name?: string;
  /** Newest first. */
  readonly versions: readonly ServerVersion[];
}

/** What listings of several places have of each server, by name. @param now for what is deprecated by then */
export function serversOf(listings: readonly Listing[], now: Instant): Server[] {
  const names = new Map(listings.flatMap((listing) => [...listing.names]));
  const lineages = Map.groupBy(
    listings.flatMap(({ images }) => images),
    ({ owned }) => lineageKey(owned.stamp),
  );
  return [...lineages.values()]
    .flatMap((images) => serverOf(images, names, now))
    .sort((one, other) => (one.name ?? one.lineage).localeCompare(other.name ?? other.lineage, 'en'));
}

function serverOf(listed: readonly ListedImage[], names: ReadonlyMap<InstanceId, string>, now: Instant): Server[] {
  const images = [...listed].sort((one, other) => other.owned.stamp.slot - one.owned.stamp.slot);
  const [newest] = images;
  if (!newest) return [];
  const { policy, lineage, source } = newest.owned.stamp;
  const name = names.get(source.instance) ?? nameOn(newest);
  const versions = Map.groupBy(images, ({ owned }) => versionOf(owned.stamp.slot));
  return [
    {
      ...{ policy, lineage, account: source.account, region: source.region },
      instances: [...new Set(images.map(({ owned }) => owned.stamp.source.instance))],
      ...(name !== undefined && { name }),
      versions: [...versions].map(([version, of]) => ({
        version,
        images: of.map((image) => versionImage(image, now)).sort(sourceFirst(source.region)),
      })),
    },
  ];
}

/** Of an instance without a name its id stands in the place of one. */
function nameOn({ owned: { image, stamp } }: ListedImage): string | undefined {
  const suffix = ` ${versionOf(stamp.slot)}`;
  const { Name = '' } = image.tags;
  const name = Name.endsWith(suffix) ? Name.slice(0, -suffix.length) : '';
  return name === '' || name === stamp.source.instance ? undefined : name;
}

function versionImage({ owned: { image, passed, drilled, hold }, decision }: ListedImage, now: Instant): VersionImage {
  const { id, account, region, state, deprecatedAt } = image;
  const isDeprecated = state === 'available' && deprecatedAt !== undefined && deprecatedAt <= now;
  const { action, reason } = decision;
  return {
    ...{ id, account, region, state: isDeprecated ? 'deprecated' : state },
    ...(passed && { passed }),
    ...(drilled && { drilled }),
    ...{ action, reason: reason.text },
    ...(hold !== undefined && { hold }),
  };
}

function sourceFirst(source: Region) {
  return (one: VersionImage, other: VersionImage) =>
    Number(other.region === source) - Number(one.region === source) || one.region.localeCompare(other.region, 'en');
}

/** What a person named and is nowhere. */
export interface Unlisted {
  readonly word: string;
  /** What is there and has nearly that name. */
  readonly near?: string;
}

/**
 * The servers that words mean: by an instance, a lineage, an image, or a `Name`, whose case counts for nothing. All of them
 * where there is no word.
 */
export function namedBy(
  words: readonly string[],
  servers: readonly Server[],
): { readonly named: readonly Server[]; readonly unlisted: readonly Unlisted[] } {
  if (words.length === 0) return { named: servers, unlisted: [] };
  const known = [...new Set(servers.flatMap(wordsFor))];
  const meant = words.map((word) => ({ word, servers: meantBy(word, servers) }));
  const named = new Set(meant.flatMap((one) => one.servers));
  return {
    named: servers.filter((server) => named.has(server)),
    unlisted: meant
      .filter((one) => one.servers.length === 0)
      .map(({ word }) => {
        const near = nearest(word, known);
        return { word, ...(near !== undefined && { near }) };
      }),
  };
}

/** A Name is a tag, which anybody may write: it counts where nothing is called so by what EC2 and seals say. */
function meantBy(word: string, servers: readonly Server[]): Server[] {
  const byId = servers.filter((server) => isId(word, server));
  if (byId.length > 0 || isInstanceId(word) || isImageId(word)) return byId;
  return servers.filter(({ name }) => name?.toLowerCase() === word.toLowerCase());
}

/** Whether a word is an instance, the lineage or an image of a server, and not only its Name. */
export function isId(word: string, { lineage, instances, versions }: Server): boolean {
  return [lineage, ...instances].includes(word) || versions.some(({ images }) => images.some(({ id }) => id === word));
}

/** What is said of a word that means more than one server, where one has to be meant. */
export function severalMeant(word: string, named: readonly Server[]): string {
  const isInstance = named.every(({ instances }) => instances.some((id) => id === word));
  const each = named.map((server) => {
    const {
      instances,
      policy,
      region,
      versions: [newest],
    } = server;
    const handle = isInstance ? handleOf(server, word) : instances[0];
    return `${handle} (policy ${policy}, ${region}, newest version ${newest?.version})`;
  });
  return isInstance
    ? `${word} was in ${named.length} lineages: name one by its lineage, or by its newest image: ${each.join(', ')}`
    : `${word} means ${named.length} servers: name one by its instance: ${each.join(', ')}`;
}

/** What means this lineage of an instance and no other one. */
function handleOf({ lineage, versions }: Server, instance: string): string {
  return lineage === instance ? (versions[0]?.images[0]?.id ?? lineage) : lineage;
}

function wordsFor({ lineage, instances, name }: Server): string[] {
  return [...instances, lineage, ...(name === undefined ? [] : [name])];
}
