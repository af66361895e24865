import type { AccountId, ImageId, InstanceId, Region } from '../../lib/model/ids.ts';
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
  return {
    named: servers.filter((server) => words.some((word) => isMeant(server, word))),
    unlisted: words
      .filter((word) => !servers.some((server) => isMeant(server, word)))
      .map((word) => {
        const near = nearest(word, known);
        return { word, ...(near !== undefined && { near }) };
      }),
  };
}

/** What is said of a word that means more than one server, where one has to be meant. */
export function severalMeant(word: string, named: readonly Server[]): string {
  const each = named.map(
    ({ instances, policy, region, versions: [newest] }) =>
      `${instances[0]} (policy ${policy}, ${region}, newest version ${newest?.version})`,
  );
  return `${word} means ${named.length} servers: name one by its instance: ${each.join(', ')}`;
}

function wordsFor({ lineage, instances, name }: Server): string[] {
  return [...instances, lineage, ...(name === undefined ? [] : [name])];
}

function isMeant(server: Server, word: string): boolean {
  const isImage = server.versions.some(({ images }) => images.some(({ id }) => id === word));
  return isImage || wordsFor(server).includes(word) || server.name?.toLowerCase() === word.toLowerCase();
}
