import { type ImageId, placeText } from '../../model/ids.ts';
import type { Image } from '../../model/resources.ts';
import type { Instant } from '../../model/time.ts';
import type { CopySettings } from '../../policy/policy.ts';
import { applyKeepRules } from '../../retention/apply-keep-rules.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { HiddenImage } from '../hidden.ts';
import { holdsVersion, isFinished, type LineageInRegion, lineageKey, type SortedImages } from '../lineages.ts';
import { loanOf } from './lending.ts';

/** How a version of a source lineage stands in one DR region. */
export type CopyState =
  | { readonly kind: 'unwanted'; readonly text: string }
  | { readonly kind: 'available' | 'pending'; readonly copy: OwnedImage }
  /** By its name and by what EC2 made it from it is there, but its tags do not prove that it is ours. */
  | { readonly kind: 'unsealed'; readonly copy: Image }
  /** Wanted and not there; `failed` holds the attempts that came to nothing. */
  | { readonly kind: 'missing'; readonly failed: readonly OwnedImage[] };

export interface SourceState {
  readonly source: OwnedImage;
  readonly state: CopyState;
}

/** What a place has of one lineage. */
export interface CopiesThere {
  readonly copies: readonly OwnedImage[];
  /** All copies there that bear a name of ours and no seal that holds, by the image that EC2 copied them from. */
  readonly hidden: ReadonlyMap<ImageId, HiddenImage>;
  /** The slot of the oldest copy that is hidden there and may be of the lineage. */
  readonly oldestHidden: Instant | undefined;
}

/**
 * What a place has of a lineage, out of all that was read there.
 *
 * What is hidden there and of an instance that the lineage does not know may be of another one. Where it is newer than all
 * that could be copied, this lineage would never begin because of it, so it is not counted.
 *
 * @param lineage that of the sources
 */
export function copiesThere(there: SortedImages | undefined, lineage: LineageInRegion): CopiesThere {
  if (!there) return { copies: [], hidden: new Map(), oldestHidden: undefined };
  const copies = there.lineages.get(lineageKey(lineage))?.images ?? [];
  const hidden = there.hiddenOf(lineage);
  if (hidden.length === 0) return { copies, hidden: there.hiddenCopies, oldestHidden: undefined };
  const known = new Set<string>(lineage.images.map(({ stamp }) => stamp.source.instance));
  const newest = Math.max(...lineage.images.filter(isAvailable).map(slotOf));
  const oldest = hidden.findLast(
    ({ image, instance, slot }) => image.sourceImage !== undefined && (slot <= newest || known.has(instance)),
  );
  return { copies, hidden: there.hiddenCopies, oldestHidden: oldest?.slot };
}

/**
 * Which versions of a lineage are wanted in a DR region, and which of those are there: a state for each source that
 * holds a version.
 *
 * A version is wanted only while the copy's own keep rules would keep it today. They are applied to the slots of
 * sources and copies together: what these rules let go among the copies alone, they let go among more of them too,
 * so a copy that was retired is not wanted again, and rules that differ at source and copy make no loop. (Only a
 * `keepWithin` in months or years can want again what it let go, once, as restic's calendar has it: a month before
 * 31 March is 3 March, a month before 1 April is 1 March.) A region where no copy of the lineage was tried yet starts
 * with the newest source that can be copied, not with the whole past. A source that is still being made pushes nothing
 * out: where an image takes longer than the next slot takes to come, there would never be a copy. Nor does a newer one
 * push out what was lent for a copy, see {@link overtaken}.
 */
export function copyStates(
  sources: readonly OwnedImage[],
  { copies, hidden, oldestHidden }: CopiesThere,
  settings: CopySettings,
  { timeZone, now }: { readonly timeZone: string; readonly now: Instant },
): SourceState[] {
  const bySlot = new Map<Instant, { good?: OwnedImage; failed: OwnedImage[] }>();
  for (const copy of copies) {
    const { slot } = copy.stamp;
    const known = bySlot.get(slot) ?? { failed: [] };
    if (holdsVersion(copy)) known.good = betterOf(known.good, copy);
    else known.failed.push(copy);
    bySlot.set(slot, known);
  }
  const good = sources.filter(holdsVersion);
  const copied = [...bySlot].flatMap(([slot, { good: copy }]) => (copy ? [slot] : []));
  const available = good.filter(isAvailable);
  const late = overtaken(available, copied, settings, now);
  const begun = [...bySlot.keys(), ...[oldestHidden, late].filter((slot) => slot !== undefined)];
  const start = begun.length > 0 ? Math.min(...begun) : Math.max(...available.map(slotOf));
  const slots = [...new Set([...good.filter(isFinished).map(slotOf), ...copied])];
  const wanted = new Set(
    applyKeepRules(sinceOrJustBefore(start, slots), (slot) => slot, { rules: settings.retention, timeZone })
      .filter(({ reasons }) => reasons.length > 0)
      .map(({ item }) => item)
      .concat(late ?? []),
  );

  const to = placeText(settings.region, settings.account);
  const older: CopyState = { kind: 'unwanted', text: `${to} starts with a newer version` };
  const unwanted: CopyState = { kind: 'unwanted', text: `the keep rules of ${to} would not keep it today` };
  return good.map((source) => {
    const slot = slotOf(source);
    const there = bySlot.get(slot);
    if (there?.good) {
      const kind = isFinished(there.good) ? 'available' : 'pending';
      return { source, state: { kind, copy: there.good } };
    }
    if (!isFinished(source)) return { source, state: { kind: 'missing', failed: [] } };
    if (slot < start) return { source, state: older };
    if (!wanted.has(slot)) return { source, state: unwanted };
    const unsealed = hidden.get(source.image.id);
    if (unsealed) return { source, state: { kind: 'unsealed', copy: unsealed.image } };
    return { source, state: { kind: 'missing', failed: there?.failed ?? [] } };
  });
}

/**
 * The slot of what was lent to the account of a place and overtaken by a newer version before it was copied there. It is
 * copied all the same: one sweep lends and the next one copies, and where a new slot comes between any two of them, each would
 * lend the newest and take back the one before, and there would never be a copy.
 *
 * @param available newest first
 */
function overtaken(
  available: readonly OwnedImage[],
  copied: readonly Instant[],
  { account }: CopySettings,
  now: Instant,
): Instant | undefined {
  if (account === undefined) return undefined;
  const lent = available.find((source) => loanOf(source, account, now) !== undefined);
  return lent && lent !== available[0] && copied.every((slot) => slot < slotOf(lent)) ? slotOf(lent) : undefined;
}

/**
 * The slots from `start` on, and the newest of those before. What keep rules say of a slot depends on newer ones, and on
 * whether there is an older one: so the many that came before the first copy need not be judged.
 */
function sinceOrJustBefore(start: Instant, slots: readonly Instant[]): Instant[] {
  const since = slots.filter((slot) => slot >= start);
  const before = slots.reduce(
    (newest, slot) => (slot < start && slot > newest ? slot : newest),
    Number.NEGATIVE_INFINITY,
  );
  return Number.isFinite(before) ? [...since, before] : since;
}

function isAvailable({ image }: OwnedImage): boolean {
  return image.state === 'available';
}

function slotOf({ stamp }: OwnedImage): Instant {
  return stamp.slot;
}

/** Of two copies of one version, the one that can be relied on. */
function betterOf(one: OwnedImage | undefined, other: OwnedImage): OwnedImage {
  return one && isFinished(one) ? one : other;
}
