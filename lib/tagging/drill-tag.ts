import { type ImageId, isImageId, type Target } from '../model/ids.ts';
import type { Tags } from '../model/resources.ts';
import type { Rung } from '../model/rungs.ts';
import { formatInstant, type Instant, parseInstant } from '../model/time.ts';
import { parseSealed, wordText } from './seal.ts';
import type { SealCheck } from './seal-check.ts';
import { DRILL } from './tag-keys.ts';

/** What stands on the instance, the volumes and the interface of a drill. */
interface DrillTag {
  readonly image: ImageId;
  /** When it was launched. */
  readonly at: Instant;
  readonly rung: Rung;
  readonly leaseMinutes: number;
}

/** `ami-0123456789abcdef0 2026-11-24T03:10:00Z status 45m` */
export function drillTag({ image, at, rung, leaseMinutes }: DrillTag): Tags {
  return { [DRILL]: `${image} ${formatInstant(at)} ${rung} ${leaseMinutes}m` };
}

/**
 * What the tag of a volume or an interface says of its launch; undefined where its seal does not hold. Of an instance its
 * token tells that, which needs no seal.
 */
export function readDrillTag(
  tags: Tags,
  deployment: string,
  place: Target,
  check: SealCheck,
): Pick<DrillTag, 'image' | 'at'> | undefined {
  const parts = parseSealed(tags[DRILL] ?? '');
  const [image = '', since = ''] = parts?.said.split(' ') ?? [];
  const at = parseInstant(since);
  if (!parts || at === undefined || !isImageId(image)) return undefined;
  const text = wordText({ kind: 'drill', deployment, image, place }, parts.said);
  return check(text, parts.signature) ? { image, at } : undefined;
}
