import { type Instant, MINUTE } from './time.ts';

/** A stage of retirement that EC2 tells of by a date of deprecation. */
export type DatedStage = 'deprecated' | 'disabled';

const PARITY: Readonly<Record<DatedStage, number>> = { deprecated: 0, disabled: 1 };

/**
 * The date of deprecation with which a stage begins. EC2 keeps whole minutes and takes no date that is past, so it lies one
 * to three minutes ahead; and since EC2 does not tell since when an image is disabled, the minute says which stage the
 * date is of: an even one of deprecation, an odd one of disabling. Nobody sets it by writing tags.
 */
export function stageDate(stage: DatedStage, now: Instant): Instant {
  const minute = Math.ceil(now / MINUTE) + 1;
  return (minute % 2 === PARITY[stage] ? minute : minute + 1) * MINUTE;
}

/** The stage that a date of ours is of. */
export function stageOfDate(date: Instant): DatedStage {
  return Math.floor(date / MINUTE) % 2 === PARITY.deprecated ? 'deprecated' : 'disabled';
}
