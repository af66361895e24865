import type { Target } from '../model/ids.ts';
import { problemsOf, type Reading } from '../model/reading.ts';
import type { Image } from '../model/resources.ts';
import type { Policy } from '../policy/policy.ts';
import { lineageText } from '../tagging/lineage.ts';
import { adoptionTags } from '../tagging/people-tags.ts';
import { stageKeys } from '../tagging/stages.ts';
import type { Stamp } from '../tagging/stamp.ts';
import { DEPLOYMENT, ENDED, RETIRE } from '../tagging/tag-keys.ts';
import { slotOf, versionOf } from '../tagging/version.ts';
import type { Decision, Plan, Reason } from './decision.ts';
import { stampedRetire } from './stamped-rules.ts';

/** What the adoption planner looks at: the images of the account that match what a person named. */
export interface AdoptInventory {
  readonly target: Target;
  readonly images: Reading<readonly Image[]>;
}

/**
 * Decides which images that something else made come under a policy: each as the version of the minute in which it was
 * made, in the lineage of the instance that EC2 says it was made of. What EC2 does not say so of is left alone.
 */
export function planAdoption(deployment: string, policy: Policy, { target, images }: AdoptInventory): Plan {
  return {
    decisions: images.value.map((image) => decide(image, deployment, policy, target)),
    warnings: [],
    problems: problemsOf(target.region, [images]),
  };
}

function decide(image: Image, deployment: string, policy: Policy, target: Target): Decision {
  const subject = { kind: 'image', id: image.id, region: image.region } as const;
  const owner = image.tags[DEPLOYMENT];
  if (owner === deployment) {
    return { subject, action: 'skip', reason: { code: 'already-there', text: 'it is under management already' } };
  }
  const refuse = (text: string): Decision => ({ subject, action: 'refuse', reason: { code: 'cannot-adopt', text } });
  const refusal = whyNot(image, owner);
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
  const tags = adoptionTags(image, stamp);
  if (!tags.ok) return { ...about, action: 'refuse', reason: { code: 'too-many-tags', text: tags.problem } };
  const snapshots = image.devices.flatMap(({ snapshot }) => snapshot ?? []).sort();
  const reason: Reason = {
    code: 'adopted',
    text: `it comes under policy ${policy.name} as ${about.version} of ${stamp.lineage}`,
  };
  const change = { kind: 'adopt', region: image.region, image: image.id, snapshots, tags: tags.tags } as const;
  return { ...about, action: 'adopt', reason, change };
}

function whyNot({ state, tags }: Image, owner: string | undefined): string | undefined {
  if (owner !== undefined) return `its tag ${DEPLOYMENT} says that it is of '${owner}'`;
  if (state !== 'available' && state !== 'disabled') {
    return `it is ${state}; only an image that is made can be adopted`;
  }
  // Of a time when it was under management: it would go on its way out where it stopped, and its lineage with it.
  const leaving = [RETIRE, ENDED].filter((key) => key in tags).concat(stageKeys(tags));
  return leaving.length > 0
    ? `it still bears tags of an earlier retirement; take ${leaving.join(', ')} off`
    : undefined;
}
