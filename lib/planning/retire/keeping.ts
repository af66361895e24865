import { placeKey, type Target } from '../../model/ids.ts';
import type { KeepRulesInZone } from '../../model/keep-rules.ts';
import { asFarAsKnown, type RetireRules } from '../../model/retire-rules.ts';
import { isSourceOf } from '../../policy/places.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import { applyKeepRules } from '../../retention/apply-keep-rules.ts';
import { reasonText } from '../../retention/reason.ts';
import { formatKeep } from '../../tagging/keep-text.ts';
import type { OwnedImage } from '../../tagging/ownership.ts';
import type { Reason } from '../decision.ts';
import { holdsVersion, isFinished, isOutdated, type LineageInRegion } from '../lineages.ts';

/** Whose rules a lineage is under in one region. */
export interface Governance {
  /** The rules for an image: the policy's, or what was stamped on it where the policy no longer speaks for it. */
  readonly keepFor: (image: OwnedImage) => KeepRulesInZone;
  readonly retire: RetireRules;
  /** Who says so, for people. */
  readonly source: string;
}

/** Whether an image's lineage wants it kept, and the words for it. */
export interface Keeping {
  readonly kept: boolean;
  readonly reason: Reason;
}

/**
 * A policy speaks for the sources in its regions and accounts, and for the copies in places that it names. Where it is gone, or
 * no longer names the place, as in another account whose file has no such copies, the rules stamped on each image at its creation go on holding; where it is gone
 * altogether, so do the rules of retirement that were stamped on the lineage's newest image.
 */
export function governanceOf(
  lineage: LineageInRegion,
  file: Pick<PolicyFile, 'regions' | 'policies'>,
  here: Target,
): Governance {
  const { region } = here;
  const policy = file.policies.find(({ name }) => name === lineage.policy);
  const isSource = placeKey(lineage.source) === placeKey(here);
  const copy = policy?.copies.find(
    (settings) => settings.region === region && (settings.account ?? lineage.source.account) === here.account,
  );
  const speaks = policy !== undefined && (!isSource || isSourceOf(policy, file, here));
  const rules = speaks ? (isSource ? policy.retention : copy?.retention) : undefined;
  if (policy && rules) {
    const keep = { rules, timeZone: policy.schedule.timeZone };
    return {
      keepFor: () => keep,
      retire: policy.retire,
      source: `policy ${policy.name}`,
    };
  }
  const retire = policy?.retire ?? stampedOn(lineage);
  return {
    keepFor: ({ stamp }) => withUnknown(stamp.keep, retire.unknown),
    retire: asFarAsKnown(retire),
    source: `what was stamped on its images while policy ${lineage.policy} covered ${region}${isOutdated(lineage) ? ', of which newer ones have no seal that holds,' : ''}`,
  };
}

/**
 * What was stamped last on a lineage here, which holds where its policy is gone. Where newer images are hidden they may
 * have been stamped otherwise, so nothing goes by what is left.
 */
export function stampedOn(lineage: LineageInRegion): RetireRules {
  const { retire = NEVER_RETIRE } = lineage.images[0]?.stamp ?? {};
  return isOutdated(lineage) ? { ...retire, mode: 'plan', endAfterSourceGoneDays: 'never' } : retire;
}

/** Under rules of retirement that are not known whole nothing expires either, whatever the keep rules are. */
function withUnknown(keep: KeepRulesInZone, unknown: RetireRules['unknown']): KeepRulesInZone {
  return unknown ? { ...keep, unknown: [...(keep.unknown ?? []), ...unknown] } : keep;
}

/**
 * Where the policy is gone, nobody can take it out of plan mode any more, so the word that ends its lineages is the word
 * that carries that out.
 */
export function endedByHand(governance: Governance): Governance {
  return { ...governance, retire: { ...governance.retire, mode: 'apply' } };
}

/** Of a lineage without any image, of which nothing is ever decided. */
const NEVER_RETIRE: RetireRules = {
  mode: 'plan',
  minKeep: 1,
  deprecateDays: 0,
  disableDays: 0,
  endAfterSourceGoneDays: 'never',
};

/**
 * Judges every image of a lineage that holds a version. An image is kept if its own rules, applied to the whole
 * lineage, keep it; so images stamped under different rules do not push each other out. What is not finished stays
 * and pushes nothing out either, since it may yet fail. The newest available ones, `minKeep` of them and one at least,
 * are kept whatever the rules say.
 */
export function judgeLineage(lineage: LineageInRegion, governance: Governance): ReadonlyMap<OwnedImage, Keeping> {
  const versions = lineage.images.filter(isFinished);
  const verdicts = new Map<OwnedImage, Keeping>();
  for (const image of lineage.images) {
    if (holdsVersion(image) && !isFinished(image)) verdicts.set(image, { kept: true, reason: unfinished(image) });
  }
  const newest = versions
    .filter(({ image }) => image.state === 'available')
    .slice(0, Math.max(1, governance.retire.minKeep));

  const byRules = new Map<string, { readonly keep: KeepRulesInZone; readonly images: Set<OwnedImage> }>();
  // By identity first: one text for each set of rules, not one for each image.
  for (const [keep, under] of Map.groupBy(versions, governance.keepFor)) {
    const text = formatKeep(keep);
    const group = byRules.get(text) ?? { keep, images: new Set() };
    for (const image of under) group.images.add(image);
    byRules.set(text, group);
  }
  for (const [text, { keep, images }] of byRules) {
    const expired: Keeping = { kept: false, reason: { code: 'expired', text: `no keep rule wants it (${text})` } };
    for (const { item, reasons } of applyKeepRules(versions, ({ stamp }) => stamp.slot, keep)) {
      if (!images.has(item)) continue;
      if (reasons.length > 0) {
        const rules = reasons.map(reasonText).join(', ');
        verdicts.set(item, { kept: true, reason: { code: 'keep-rule', text: `kept as ${rules}` } });
      } else {
        verdicts.set(item, expired);
      }
    }
  }
  newest.forEach((image, index) => {
    if (verdicts.get(image)?.kept) return;
    const reason: Reason =
      index === 0
        ? { code: 'newest', text: 'it is the newest good image of its lineage here' }
        : { code: 'min-keep', text: `${governance.source} keeps at least ${governance.retire.minKeep}` };
    verdicts.set(image, { kept: true, reason });
  });
  return verdicts;
}

/** Why an image that is not made yet stays. */
export function unfinished({ image }: OwnedImage): Reason {
  const text =
    image.state === 'pending' ? 'it is still being made' : 'EC2 says neither that it is made nor that it failed';
  return { code: 'pending', text };
}
