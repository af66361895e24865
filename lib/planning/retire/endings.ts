import type { Region } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import type { Instance } from '../../model/resources.ts';
import { DAY, formatInstant, type Instant } from '../../model/time.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { lineageTagsOf, lineageText } from '../../tagging/lineage.ts';
import type { AbandonedLineage, Reason } from '../decision.ts';
import { instancesOf } from '../hidden.ts';
import { endOf, type LineageInRegion, lineageKey, newestSlot, sortByLineage } from '../lineages.ts';
import type { RetireInventory } from './inventory.ts';
import { isUnbelieved } from './suspect.ts';

/** Whether anything still makes images of a lineage. */
export type SourceState =
  | { readonly kind: 'alive' }
  | { readonly kind: 'gone' }
  /** It lives, but its policy is in the file no more: only a person can mean that it is over. */
  | { readonly kind: 'policy-gone' }
  /** What should tell could not be read, or says too little to be believed. */
  | { readonly kind: 'unknown' }
  /** It is in another account, which is not read from here. */
  | { readonly kind: 'elsewhere' };

type Policies = Pick<PolicyFile, 'regions' | 'policies'>;
type Read = Pick<RetireInventory, 'target' | 'instances'>;

/**
 * Whether the source of a lineage lives, by its images in this region and, where those may not tell of all its instances,
 * by those in its own.
 *
 * A lineage that goes by a tag passes from instance to instance, and the copies in a region may all be of former ones. One
 * that came later and has lost the tag since then lives all the same, and the images of it at home are kept: so are these.
 *
 * @param isConfirmed whether a person says in this run that a region without instances really has none
 */
export function sourceStateOf(
  lineage: LineageInRegion,
  file: Policies & Pick<PolicyFile, 'deployment'>,
  read: Read & Pick<RetireInventory, 'sources'>,
  isConfirmed: boolean,
): SourceState {
  const state = sourceStateByImages(lineage, file, read, isConfirmed);
  if (state.kind !== 'gone' || !mayHaveOthers(lineage, read.target)) return state;
  const images = read.sources.get(lineage.source.region);
  if (!images?.complete) return { kind: 'unknown' };
  const { lineages, hiddenOf } = sortByLineage(images.value, file.deployment);
  const atSource = lineages.get(lineageKey(lineage))?.images ?? [];
  const everywhere = { ...lineage, images: [...lineage.images, ...atSource], hidden: hiddenOf(lineage) };
  return sourceStateByImages(everywhere, file, read, isConfirmed);
}

/** By region, the policies whose images there tell whether the source of a lineage lives, since those here don't. */
export function policiesToAsk(
  lineages: Iterable<LineageInRegion>,
  file: Policies,
  read: Read,
  isConfirmed: boolean,
): ReadonlyMap<Region, ReadonlySet<string>> {
  const policies = new Map<Region, Set<string>>();
  for (const lineage of lineages) {
    if (!mayHaveOthers(lineage, read.target)) continue;
    if (sourceStateByImages(lineage, file, read, isConfirmed).kind !== 'gone') continue;
    const { region } = lineage.source;
    policies.set(region, (policies.get(region) ?? new Set()).add(lineage.policy));
  }
  return policies;
}

/** Whether instances may be of a lineage that no image in this region is of. */
function mayHaveOthers({ lineage, source }: LineageInRegion, target: Read['target']): boolean {
  return source.region !== target.region && lineageTagsOf(lineage).length > 0;
}

/**
 * Whether the source of a lineage lives: any of the instances that these images are of, in any state but terminated, or
 * one that carries the tag value that continues the lineage: by the policy's tag, or where the policy is gone by the one
 * that the lineage's text tells of. A region without a single instance tells nothing: it is more likely that the read is
 * wrong than that everything is gone, unless a person says so.
 */
export function sourceStateByImages(
  lineage: LineageInRegion,
  file: Policies,
  read: Read,
  isConfirmed: boolean,
): SourceState {
  const { source } = lineage;
  const reading = read.instances.get(source.region);
  if (source.account !== read.target.account) return { kind: 'elsewhere' };
  if (!reading?.complete || (!isConfirmed && isUnbelieved(lineage, file, read))) return { kind: 'unknown' };
  const policy = file.policies.find(({ name }) => name === lineage.policy);
  const living = livingIn(reading);
  const tags = policy ? [policy.lineageTag].filter((tag) => tag !== undefined) : lineageTagsOf(lineage.lineage);
  const alive =
    lineage.images.some(({ stamp }) => living.ids.has(stamp.source.instance)) ||
    tags.some((tag) => living.lineagesBy(tag).has(lineage.lineage));
  if (alive) return { kind: policy ? 'alive' : 'policy-gone' };
  // By its name an image of one that lives may be of this lineage, and somebody has hidden it by its tags.
  if ([...instancesOf(lineage.hidden)].some((instance) => living.ids.has(instance))) return { kind: 'unknown' };
  return { kind: 'gone' };
}

/** Why a lineage ends with all its images, or undefined if it does not. */
export function endingOf(
  lineage: LineageInRegion,
  endAfterSourceGoneDays: number | 'never',
  source: SourceState,
  now: Instant,
): Reason | undefined {
  if (source.kind === 'alive' || source.kind === 'unknown') return undefined;
  const ended = endOf(lineage);
  if (ended?.by === 'hand') {
    const gone = source.kind === 'policy-gone' ? 'policy' : 'source';
    return { code: 'ended-by-hand', text: `its ${gone} is gone, and its lineage was ended ${formatInstant(ended.at)}` };
  }
  // What is in another account, or under a policy that is gone, only a person can know to be over.
  if (source.kind !== 'gone') return undefined;
  const newest = newestSlot(lineage);
  if (endAfterSourceGoneDays === 'never' || now < newest + endAfterSourceGoneDays * DAY) return undefined;
  const text = `its source is gone, and its lineage had no new version for ${endAfterSourceGoneDays} days`;
  return { code: 'source-gone', text };
}

export function abandonedLineage(
  lineage: LineageInRegion,
  region: Region,
  why: AbandonedLineage['why'],
): AbandonedLineage {
  const gib = lineage.images.reduce(
    (sum, { image }) => sum + image.devices.reduce((size, device) => size + device.size, 0),
    0,
  );
  const { policy, lineage: name, images } = lineage;
  return { why, policy, lineage: name, region, images: images.length, gib, newest: newestSlot(lineage) };
}

interface Living {
  readonly all: readonly Instance[];
  readonly ids: ReadonlySet<string>;
  lineagesBy(tag: string): ReadonlySet<string>;
}

/** By the reading's identity: it is asked once for each lineage. */
const known = new WeakMap<Reading<readonly Instance[]>, Living>();

function livingIn(reading: Reading<readonly Instance[]>): Living {
  const before = known.get(reading);
  if (before) return before;
  const all = reading.value.filter(({ state }) => state !== 'terminated');
  const byTag = new Map<string, ReadonlySet<string>>();
  const living: Living = {
    all,
    ids: new Set(all.map(({ id }) => id)),
    lineagesBy: (tag) => {
      const texts =
        byTag.get(tag) ??
        new Set(
          all.flatMap(({ id, tags }) => {
            const value = Object.hasOwn(tags, tag) ? (tags[tag] ?? '') : '';
            return value === '' ? [] : [lineageText(tag, value), lineageText(tag, value, id)];
          }),
        );
      byTag.set(tag, texts);
      return texts;
    },
  };
  known.set(reading, living);
  return living;
}
