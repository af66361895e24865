/**
 * The identifiers that cross module boundaries, each a type of its own, so that an image id cannot be passed
 * where a snapshot id is meant. Parsing happens once, at the edge; inside, the type is the proof.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AccountId = Branded<'AccountId'>;
export type Region = Branded<'Region'>;
export type ImageId = Branded<'ImageId'>;
export type InstanceId = Branded<'InstanceId'>;
export type SnapshotId = Branded<'SnapshotId'>;
export type VolumeId = Branded<'VolumeId'>;

/** Eight hexadecimal digits are the old form, which stays valid for ever; seventeen are today's. */
const resourceId = (prefix: string) => new RegExp(`^${prefix}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`);

function parser<Id extends string>(what: string, form: RegExp, example: string): (text: string) => Id {
  const matches = (text: string): text is Id => form.test(text);
  return (text) => {
    if (!matches(text)) throw new TypeError(`'${text}' is not ${what}; expected the form of ${example}`);
    return text;
  };
}

/** Whether a text has the form of an image id, for texts that may as well be something else. */
export function isImageId(text: string): text is ImageId {
  return resourceId('ami').test(text);
}

const REGION_NAME = /^[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}$/;

/** Whether a text has the form of a region's name; whether there is such a region only AWS knows. */
export function isRegionName(text: string): text is Region {
  return REGION_NAME.test(text);
}

/** The same for a snapshot id. */
export function isSnapshotId(text: string): text is SnapshotId {
  return resourceId('snap').test(text);
}

/** The same for an instance id. */
export function isInstanceId(text: string): text is InstanceId {
  return resourceId('i').test(text);
}

export const accountId = parser<AccountId>('an AWS account id', /^\d{12}$/, '111122223333');
export const region = parser<Region>('an AWS region', REGION_NAME, 'eu-central-1');
export const imageId = parser<ImageId>('an image id', resourceId('ami'), 'ami-0123456789abcdef0');
export const instanceId = parser<InstanceId>('an instance id', resourceId('i'), 'i-0123456789abcdef0');
export const snapshotId = parser<SnapshotId>('a snapshot id', resourceId('snap'), 'snap-0123456789abcdef0');
export const volumeId = parser<VolumeId>('a volume id', resourceId('vol'), 'vol-0123456789abcdef0');

/** Where work is done: one account, one region. */
export interface Target {
  readonly account: AccountId;
  readonly region: Region;
}

/** A target as a key of maps: `111122223333/eu-west-1`. */
export type PlaceKey = `${AccountId}/${Region}`;

export function placeKey({ account, region }: Target): PlaceKey {
  return `${account}/${region}`;
}

/** A place for people: `eu-west-1`, or `eu-west-1 of account 444455556666` where the account has to be said. */
export function placeText(region: Region, account?: AccountId): string {
  return account === undefined ? region : `${region} of account ${account}`;
}

/** A place as problems name it: by its region alone where that is in the account at work. */
export function placeName(place: PlaceKey, { account }: Target): string {
  return place.startsWith(`${account}/`) ? place.slice(account.length + 1) : place;
}
