import type { InstanceId, Target } from '../../model/ids.ts';
import { problemsOf, type Reading } from '../../model/reading.ts';
import type { Image, Instance, Recipe } from '../../model/resources.ts';
import { DAY, formatInstant, type Instant } from '../../model/time.ts';
import type { Policy } from '../../policy/policy.ts';
import { lineageText } from '../../tagging/lineage.ts';
import { readName } from '../../tagging/name.ts';
import { adoptionTags } from '../../tagging/people-tags.ts';
import type { Stamp } from '../../tagging/stamp.ts';
import { ADOPTED, DEPLOYMENT, ENDED, HOLD, RETIRE } from '../../tagging/tag-keys.ts';
import { slotOf, versionOf } from '../../tagging/version.ts';
import type { ChangeDecision, Decision, Plan, Reason } from '../decision.ts';
import { type LineageInRegion, newestSlot, sealProblems, sortByLineage } from '../lineages.ts';
import { endingOf, sourceStateByImages } from '../retire/endings.ts';
import { governanceOf, judgeLineage } from '../retire/keeping.ts';
import { stampedRetire } from '../stamped-rules.ts';
import type { AdoptImage } from './changes.ts';
import { managedByOthers } from './others.ts';
import { recipesOf } from './recipes.ts';

/** What the adoption planner looks at. */
export interface AdoptInventory {
  readonly target: Target;
  /** The images of the account that match what a person named. */
  readonly images: Reading<readonly Image[]>;
  /** What the policy has in the region already, which may be of the same lineages. */
  readonly ours: Reading<readonly Image[]>;
  /** Every instance of the region: whether the sources live. */
  readonly instances: Reading<readonly Instance[]>;
  /** Of these those that images are of, with what a launch of them takes. */
  readonly sources: Reading<readonly Instance[]>;
}

/**
 * Decides which images that something else made come under a policy: each as the version of the minute in which it was
 * made, in the lineage of the instance that EC2 says it was made of. What EC2 does not say so of is left alone, and so is
 * what would be on its way out the moment it is adopted, since its lineage has ended.
 */
export function planAdoption(deployment: string, policy: Policy, inventory: AdoptInventory, now: Instant): Plan {
  const { target, images, ours, instances, sources } = inventory;
  const recipes = recipesOf(sources.value);
  const decided = images.value.map((image) => ({
    image,
    decision: decide(image, deployment, policy, target, recipes),
  }));
  const adopted = decided.flatMap(({ image, decision }) =>
    decision.action === 'adopt'
      ? [{ ...image, tags: { ...image.tags, ...decision.change.tags }, seal: 'valid' as const }]
      : [],
  );
  const { lineages } = sortByLineage([...ours.value, ...adopted], deployment);
  const lineageOf = new Map(
    [...lineages.values()].flatMap((lineage) => lineage.images.map((owned) => [owned.image.id, lineage] as const)),
  );
  const decisions = decided.map(({ image, decision }) => {
    const lineage = lineageOf.get(image.id);
    return decision.action === 'adopt' && lineage
      ? unlessEnded(decision, image, lineage, policy, inventory, now)
      : decision;
  });
  const leaving = lettingGo(decisions, lineageOf, policy, target);
  return {
    decisions: decisions.map((decision) => leaving.get(decision) ?? decision),
    warnings: leaving.size === 0 ? [] : [leavingWarning(leaving.size, decisions, policy)],
    problems: [
      ...problemsOf(target.region, [images, ours, instances, sources]),
      ...sealProblems(target.region, [...images.value, ...ours.value]),
    ],
  };
}

/** Of what is adopted, that which the keep rules would let go at once: the same decisions, which say so. */
function lettingGo(
  decisions: readonly Decision[],
  lineageOf: ReadonlyMap<string, LineageInRegion>,
  policy: Policy,
  target: Target,
): ReadonlyMap<Decision, Decision> {
  const verdicts = new Map(
    [...new Set(lineageOf.values())].flatMap((lineage) => {
      const governance = governanceOf(lineage, { regions: [target.region], policies: [policy] }, target);
      return [...judgeLineage(lineage, governance)].map(([{ image, hold }, keeping]) => {
        return [image.id, hold === undefined ? keeping : undefined] as const;
      });
    }),
  );
  const what = policy.retire.mode === 'apply' ? 'marks it' : 'proposes to retire it';
  return new Map(
    decisions.flatMap((decision): [Decision, Decision][] => {
      if (decision.action !== 'adopt') return [];
      const verdict = verdicts.get(decision.change.image);
      if (!verdict || verdict.kept) return [];
      const text = `${decision.reason.text}; ${verdict.reason.text}, so the next sweep ${what} unless it is in use`;
      return [[decision, { ...decision, reason: { ...decision.reason, text } }]];
    }),
  );
}

function leavingWarning(leaving: number, decisions: readonly Decision[], { name }: Policy): string {
  const adopted = decisions.filter(({ action }) => action === 'adopt').length;
  return `of ${adopted} to be adopted, the keep rules of policy ${name} let ${leaving} go with the next sweep; hold what is to stay, by the tag ${HOLD}`;
}

function decide(
  image: Image,
  deployment: string,
  policy: Policy,
  target: Target,
  recipes: ReadonlyMap<InstanceId, Recipe>,
): Decision {
  const subject = { kind: 'image', id: image.id, region: image.region } as const;
  const owner = image.tags[DEPLOYMENT];
  const isOurs = owner === deployment;
  if (isOurs && !isAdoptionUnsealed(image, deployment)) {
    return { subject, action: 'skip', reason: { code: 'already-there', text: 'it is under management already' } };
  }
  const refuse = (text: string): Decision => ({ subject, action: 'refuse', reason: { code: 'cannot-adopt', text } });
  const refusal = whyNot(image, isOurs ? undefined : owner);
  if (refusal !== undefined) return refuse(refusal);
  if (!image.sourceInstance) {
    return refuse('EC2 does not say which instance it was made of, as of copies, so there is no lineage for it');
  }
  const tag = policy.lineageTag;
  const value = tag !== undefined && Object.hasOwn(image.tags, tag) ? (image.tags[tag] ?? '') : '';
  const stamp: Stamp = {
    deployment,
    policy: policy.name,
    lineage: tag !== undefined && value !== '' ? lineageText(tag, value) : image.sourceInstance,
    slot: slotOf(image.createdAt),
    attempt: 1,
    home: target,
    source: { ...target, instance: image.sourceInstance },
    keep: { rules: policy.retention, timeZone: policy.schedule.timeZone },
    retire: stampedRetire(policy.retire),
  };
  const about = { subject, policy: policy.name, lineage: stamp.lineage, version: versionOf(stamp.slot) };
  const tags = adoptionTags(image, stamp, recipes.get(image.sourceInstance));
  if (!tags.ok) return { ...about, action: 'refuse', reason: { code: 'too-many-tags', text: tags.problem } };
  const snapshots = image.devices.flatMap(({ snapshot }) => snapshot ?? []).sort();
  const reason: Reason = {
    code: 'adopted',
    text: `it comes under policy ${policy.name} as ${about.version} of ${stamp.lineage}`,
  };
  const { id, region } = image;
  const { tags: written, recipe } = tags;
  const change = { kind: 'adopt', region, image: id, snapshots, tags: written, ...(recipe && { recipe }) } as const;
  return { ...about, action: 'adopt', reason, change };
}

/**
 * The same decision where its lineage goes on; where it ends one day, with that day. Where it has ended already, only a
 * hold on the image lets it be adopted. A region that shows no instance may really have none, so it does not save it.
 */
function unlessEnded(
  decision: ChangeDecision<AdoptImage>,
  image: Image,
  lineage: LineageInRegion,
  policy: Policy,
  { target, ours, instances }: AdoptInventory,
  now: Instant,
): Decision {
  const read = { target, instances: new Map([[target.region, instances]]) };
  const source = sourceStateByImages(lineage, { regions: [target.region], policies: [policy] }, read, true);
  if (source.kind === 'alive') return decision;
  const { change, ...about } = decision;
  const inWords = (text: string): Decision => ({ ...decision, reason: { ...decision.reason, text } });
  const whose = `${decision.reason.text}, whose source is gone`;
  const days = policy.retire.endAfterSourceGoneDays;
  const held = Object.hasOwn(image.tags, HOLD);
  const hold = `hold it first: aws ec2 create-tags --region ${target.region} --resources ${image.id} --tags 'Key=${HOLD},Value=adopted'`;
  const unread = [ours, ...(days === 'never' ? [] : [instances])].find((reading) => !reading.complete);
  if (unread && !held) {
    const [problem] = problemsOf(target.region, [unread]);
    const text = `whether its source ${image.sourceInstance} lives and its lineage goes on could not be read (${problem}); mend that, or ${hold}`;
    return { ...about, action: 'refuse', reason: { code: 'evidence-incomplete', text } };
  }
  const ending = endingOf(lineage, days, { kind: 'gone' }, now);
  if (held) return ending ? inWords(`${whose}: it stays for as long as it is on hold`) : decision;
  if (ending) {
    const remedy =
      ending.code === 'ended-by-hand'
        ? `take ${ENDED} off the images of its lineage`
        : 'adopt it under a policy with endAfterSourceGoneDays: never';
    const text = `${ending.text}: under policy ${policy.name} it would be on its way out with the next sweep; ${remedy}, or ${hold}`;
    return { ...about, action: 'refuse', reason: { code: 'cannot-adopt', text } };
  }
  if (days === 'never') return decision;
  const end = formatInstant(newestSlot(lineage) + days * DAY);
  return inWords(`${whose}: its lineage ends ${end}, and everything of it goes then`);
}

/** Whether it was adopted and its seal is lost: a person who names it may adopt it anew, as what EC2 says of it. */
function isAdoptionUnsealed({ id, name, tags, seal }: Image, deployment: string): boolean {
  return tags[ADOPTED] === id && (seal === 'missing' || seal === 'broken') && !readName(name, deployment);
}

function whyNot({ state, tags, ignored = [] }: Image, owner: string | undefined): string | undefined {
  if (owner !== undefined) return `its tag ${DEPLOYMENT} says that it is of '${owner}'`;
  if (state !== 'available' && state !== 'disabled') {
    return `it is ${state}; only an image that is made can be adopted`;
  }
  const managed = managedByOthers(tags);
  if (managed !== undefined) return managed;
  // Of a time when it was under management: it would go on its way out where it stopped, and its lineage with it.
  // What nothing proves now may hold again once its stamp is written anew.
  const leaving = [RETIRE, ENDED].filter((key) => key in tags || ignored.includes(key));
  return leaving.length > 0
    ? `it still bears tags of an earlier retirement; take ${leaving.join(', ')} off`
    : undefined;
}
