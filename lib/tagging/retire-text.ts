import type { RetireRules } from '../model/retire-rules.ts';
import { memoise } from './memoise.ts';

/** Longer spans mean nothing, and EC2 deprecates ten years ahead at most. */
const NUMBER = '(0|[1-9]\\d{0,8})';
/** A later version may say more behind what this one knows. */
const MORE = '((?: [a-z][a-z0-9-]*=[^\\s=]+)*)';
const FORM = new RegExp(
  `^(plan|apply) keep=${NUMBER} deprecate=${NUMBER}d disable=${NUMBER}d end=(?:never|${NUMBER}d)${MORE}$`,
);
const KNOWN = /^(?:keep|deprecate|disable|end)=/;

/** Rules of retirement as the value of a tag: `apply keep=2 deprecate=7d disable=7d end=never`. */
export function formatRetire({
  mode,
  minKeep,
  deprecateDays,
  disableDays,
  endAfterSourceGoneDays,
  unknown = [],
}: RetireRules): string {
  const end = endAfterSourceGoneDays === 'never' ? 'never' : `${endAfterSourceGoneDays}d`;
  const known = `${mode} keep=${minKeep} deprecate=${deprecateDays}d disable=${disableDays}d end=${end}`;
  return [known, ...unknown].join(' ');
}

/** The rules that a tag's value says, or undefined if it is not of the form in which they are written. */
export const parseRetire: (text: string) => RetireRules | undefined = memoise(1_000, (text) => {
  const [, mode, minKeep, deprecateDays, disableDays, end, more = ''] = FORM.exec(text) ?? [];
  const unknown = more.split(' ').slice(1);
  if (mode === undefined || minKeep === '0' || unknown.some((word) => KNOWN.test(word))) return undefined;
  return {
    mode: mode === 'apply' ? 'apply' : 'plan',
    minKeep: Number(minKeep),
    deprecateDays: Number(deprecateDays),
    disableDays: Number(disableDays),
    endAfterSourceGoneDays: end === undefined ? 'never' : Number(end),
    ...(unknown.length > 0 && { unknown }),
  };
});
