import type { AccountId, ImageId, Region } from '../../model/ids.ts';
import type { Image } from '../../model/resources.ts';
import { formatInstant, type Instant } from '../../model/time.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import { REVOKED } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import { isProven, verifiedText } from '../verified.ts';
import type { Wanted } from './request.ts';

/** The image that a restore starts from, and why it is this one. */
export type Choice =
  | { readonly ok: true; readonly image: OwnedImage; readonly why: string }
  | { readonly ok: false; readonly problem: string };

/**
 * Chooses among the images of one lineage, in all places: the one that is named, else the newest good one, in the region
 * that is named, in the source's or, where that has none, in the region that has the newest.
 *
 * @param account whose credentials are used: a machine is launched nowhere else
 */
export function chooseImage(images: readonly OwnedImage[], wanted: Wanted, account: AccountId): Choice {
  if (wanted.image !== undefined) return named(images, wanted.image, account);
  const inTime = images.filter((owned) => isInTime(owned, wanted));
  if (inTime.length === 0) return { ok: false, problem: noVersion(images, wanted) };
  const own = inTime.filter(({ image }) => image.account === account);
  if (own.length === 0) return { ok: false, problem: elsewhere(inTime, account) };
  const good = own.filter(isGood).sort(newestFirst);
  const region = wanted.region ?? regionFor(good);
  const here = good.filter(({ image }) => image.region === region);
  const [chosen] = here;
  if (!chosen) return { ok: false, problem: noneGood(own, region) };
  const newer = own.filter(({ image, stamp }) => image.region === region && stamp.slot > chosen.stamp.slot);
  const why = [
    reasonFor(wanted, region),
    ...newer.map(({ image, stamp }) => `${versionOf(stamp.slot)} (${image.id}) is ${stateOf(image)}`),
    `it is ${verifiedText(chosen)}`,
    ...verifiedElse(chosen, here),
    ...verifiedElsewhere(chosen, own),
  ];
  return { ok: true, image: chosen, why: why.join('; ') };
}

function named(images: readonly OwnedImage[], id: ImageId, account: AccountId): Choice {
  const image = images.find((owned) => owned.image.id === id);
  if (!image) return { ok: false, problem: `there is no image ${id} of this deployment` };
  if (image.image.account !== account) return { ok: false, problem: elsewhere([image], account) };
  return { ok: true, image, why: `it was named; it is ${verifiedText(image)}` };
}

function isInTime(owned: OwnedImage, { at, version }: Wanted): boolean {
  if (version !== undefined) return versionOf(owned.stamp.slot) === version;
  return at === undefined || dataOf(owned) <= at;
}

/**
 * When the data of an image are of. A slot may have had its image an hour late, after a failed attempt; of a copy EC2 tells
 * only when the copy was made, so its slot has to do.
 */
function dataOf({ image, stamp }: OwnedImage): Instant {
  return image.sourceInstance === undefined ? stamp.slot : Math.max(stamp.slot, image.createdAt);
}

/** Of what was revoked nothing is launched unless a person names it, and then the plan says why. */
function isGood({ image }: OwnedImage): boolean {
  return image.state === 'available' && image.tags[REVOKED] === undefined;
}

function stateOf({ state, tags }: Image): string {
  return tags[REVOKED] === undefined ? state : 'revoked';
}

/** Where the image is not verified, the newest one that is may be the better choice: that is a person's to say. */
function verifiedElse(chosen: OwnedImage, here: readonly OwnedImage[]): string[] {
  if (isProven(chosen)) return [];
  const verified = here.find(isProven);
  if (!verified) return [];
  return [`the newest verified one there is ${versionOf(verified.stamp.slot)} (${verified.image.id})`];
}

/** Images of one version are alike: that a copy came up elsewhere says much of its source. */
function verifiedElsewhere(chosen: OwnedImage, own: readonly OwnedImage[]): string[] {
  if (isProven(chosen)) return [];
  const { slot } = chosen.stamp;
  const twin = own.find((one) => one.stamp.slot === slot && one.image.region !== chosen.image.region && isProven(one));
  return twin ? [`the same version in ${twin.image.region} (${twin.image.id}) is ${verifiedText(twin)}`] : [];
}

function newestFirst(one: OwnedImage, other: OwnedImage): number {
  return other.stamp.slot - one.stamp.slot;
}

function regionFor(good: readonly OwnedImage[]): Region | undefined {
  const atSource = good.find(({ image, stamp }) => image.region === stamp.source.region);
  return (atSource ?? good[0])?.image.region;
}

function reasonFor({ version, at }: Wanted, region: Region | undefined): string {
  if (version !== undefined) return `${version} was asked for, in ${region}`;
  if (at !== undefined) return `the newest good one in ${region} from ${formatInstant(at)} or before`;
  return `the newest good one in ${region}`;
}

function noVersion(images: readonly OwnedImage[], { version, at }: Wanted): string {
  const versions = [...new Set(images.map(({ stamp }) => versionOf(stamp.slot)))].sort();
  const [oldest] = versions;
  const newest = versions.at(-1);
  const there = newest === undefined ? 'there is none at all' : `there are ${oldest} to ${newest}`;
  if (version !== undefined) return `there is no version ${version}: ${there}; amikeep list has them all`;
  return `no version is of ${at === undefined ? 'that time' : formatInstant(at)} or before: ${there}; give a later --at`;
}

function elsewhere(images: readonly OwnedImage[], account: AccountId): string {
  const [first] = images;
  const where = first ? `${first.image.account}, ${first.image.region}` : 'another account';
  return `${first?.image.id} is in account ${where}, and the credentials are of ${account}: a machine is restored in the account of the credentials alone. By hand, with credentials of that account: its tags amikeep:shape and amikeep:address say what the server was`;
}

function noneGood(images: readonly OwnedImage[], region: Region | undefined): string {
  const here = images.filter(({ image }) => region === undefined || image.region === region).sort(newestFirst);
  if (here.length === 0) {
    const others = [...new Set(images.map(({ image }) => image.region))].join(', ');
    return `there is no image of it in ${region}: it has some in ${others}; name one of these with --region`;
  }
  const states = here
    .slice(0, 3)
    .map(({ image, stamp }) => `${image.id} (${versionOf(stamp.slot)}) is ${stateOf(image)}`);
  const where = region === undefined ? '' : ` in ${region}`;
  return `none of its images${where} can be started: ${states.join('; ')}; name one by its id to hear what to do about it`;
}
