import type { Image } from '@aws-sdk/client-ec2';
import { History } from './history.ts';

export type State = 'pending' | 'available' | 'failed' | 'disabled' | 'gone';

/** What a mark says, and who wrote it. */
export interface SeenMark {
  readonly text: string;
  /** The run, or `people`. */
  readonly by: string;
}

/** What stands for an image in its maker's eyes: all of it is in the tags that it was made with, or adopted or sealed anew. */
export interface SeenStamp {
  readonly policy: string;
  readonly lineage: string;
  /** Milliseconds since the Unix epoch. */
  readonly slot: number;
  readonly attempt: number;
  readonly instance: string;
  readonly sourceRegion: string;
  readonly keep: string;
  readonly retire: string;
}

/** An image that a deployment made or adopted, with all that became of it. */
export interface ImageRecord {
  readonly id: string;
  readonly account: string;
  readonly region: string;
  /** The deployment that made it or put it under a policy, by its own call. */
  readonly maker: string;
  readonly name: string;
  isCopy: boolean;
  readonly createdAt: number;
  /** What it is, which changes where a person has it sealed anew. */
  stamp: SeenStamp;
  written: ReadonlyMap<string, string>;
  /** Whether a person has had it sealed as another than it was. */
  isAltered: boolean;
  readonly snapshots: readonly string[];
  /** The reports of its use elsewhere that EC2 was asked for. */
  readonly reports: Set<string>;
  readonly state: History<State>;
  readonly mark: History<SeenMark | undefined>;
  readonly hold: History<string | undefined>;
  /** Whether the tags that say whose it is are those that it was made with. */
  readonly intact: History<boolean>;
  /** Whether it is protected against deregistration. */
  readonly isProtected: History<boolean>;
  /** Whether one of its maker's runs has deprecated it. */
  readonly deprecated: History<boolean>;
  /** Whether it was a person who disabled it last. */
  readonly disabledByHand: History<boolean>;
}

export const MARK = 'amikeep:retire';
export const HOLD = 'amikeep:hold';
const DEPLOYMENT = 'amikeep:deployment';
const SEAL = 'amikeep:seal';

/** The tags that say what an image is, and the seal over them; with any of them changed it is nobody's. */
export const STAMPED: ReadonlySet<string> = new Set([
  DEPLOYMENT,
  'amikeep:adopted',
  'amikeep:policy',
  'amikeep:lineage',
  'amikeep:slot',
  'amikeep:version',
  'amikeep:attempt',
  'amikeep:home',
  'amikeep:source-account',
  'amikeep:source-region',
  'amikeep:source-instance',
  'amikeep:keep',
  'amikeep:retire-rules',
  SEAL,
]);

/** Where something is. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** @returns nothing for an image that does not carry the maker's stamp, which no deployment makes */
export function recordOf(
  image: Image,
  maker: string,
  { account, region }: Place,
  isCopy: boolean,
  snapshots: readonly string[],
  now: number,
): ImageRecord | undefined {
  const tags = tagsOf(image);
  const { ImageId: id, Name: name } = image;
  if (id === undefined || name === undefined || tags.get(DEPLOYMENT) !== maker) return undefined;
  const text = (key: string) => tags.get(`amikeep:${key}`) ?? '';
  return {
    id,
    account,
    region,
    maker,
    name,
    isCopy,
    createdAt: now,
    stamp: {
      policy: text('policy'),
      lineage: text('lineage'),
      slot: Date.parse(text('slot')),
      attempt: Number(text('attempt')),
      instance: text('source-instance'),
      sourceRegion: text('source-region'),
      keep: text('keep'),
      retire: text('retire-rules'),
    },
    written: tags,
    isAltered: false,
    snapshots,
    reports: new Set(),
    state: new History<State>(now, 'pending'),
    mark: new History<SeenMark | undefined>(now, undefined),
    hold: new History(now, tags.get(HOLD)),
    // One that could not be sealed is nobody's until a person has it sealed.
    intact: new History(now, tags.has(SEAL)),
    isProtected: new History(now, false),
    deprecated: new History(now, false),
    disabledByHand: new History(now, false),
  };
}

/** Takes down what became of an image's tags. */
export function noteTags(record: ImageRecord, tags: ReadonlyMap<string, string>, by: string, now: number): void {
  const mark = tags.get(MARK);
  if (mark !== record.mark.now?.text) record.mark.set(now, mark === undefined ? undefined : { text: mark, by });
  const hold = tags.get(HOLD);
  if (hold !== record.hold.now) record.hold.set(now, hold);
  const intact = isIntact(tags, record);
  if (intact !== record.intact.now) record.intact.set(now, intact);
}

/** Whether anybody can know of it whose it is: of what people have hidden its name tells, but for what had one of its own. */
export function isKnown({ intact, name, maker }: ImageRecord): boolean {
  return intact.now || name.startsWith(`${maker}/`);
}

/** Whether it is an image that can be used, or could be. */
export function isGood(state: State): boolean {
  return state === 'available' || state === 'disabled';
}

/** The tags of any resource of EC2, by key. */
export function tagsOf({ Tags = [] }: { readonly Tags?: Image['Tags'] }): ReadonlyMap<string, string> {
  return new Map(Tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** An image's lineage over all regions. */
export function lineageKey({ maker, stamp }: ImageRecord): string {
  return `${maker}\n${stamp.policy}\n${stamp.sourceRegion}\n${stamp.lineage}`;
}

/** Whether tags, of an image or of one of its snapshots, are still those that it was made with, as far as the seal is about them. */
export function isIntact(tags: ReadonlyMap<string, string>, { written }: ImageRecord): boolean {
  return tags.has(SEAL) && [...STAMPED].every((key) => tags.get(key) === written.get(key));
}
