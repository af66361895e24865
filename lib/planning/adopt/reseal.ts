import type { InstanceId } from '../../model/ids.ts';
import { problemsOf } from '../../model/reading.ts';
import type { Image, Recipe } from '../../model/resources.ts';
import { readName } from '../../tagging/name.ts';
import { contradiction, readOwnership } from '../../tagging/ownership.ts';
import { withRoomFor } from '../../tagging/people-tags.ts';
import { decodeStamp, encodeStamp, type Stamp } from '../../tagging/stamp.ts';
import { ADOPTED } from '../../tagging/tag-keys.ts';
import { versionOf } from '../../tagging/version.ts';
import type { Decision, Plan } from '../decision.ts';
import { sealProblems } from '../lineages.ts';
import { crowdedAmong, withRoomForTags } from '../room-for-tags.ts';
import type { AdoptInventory } from './adopt.ts';
import { recipesOf } from './recipes.ts';

/**
 * Seals the deployment's images whose seal is missing or does not hold, as a person vouches for them: those of before there
 * were seals, those that were made while the key could not be used, and those whose tags somebody has changed. What EC2
 * itself contradicts is not sealed. A word that is written on them and has no seal of its own, such as a mark, gets none,
 * and so does a recipe: whoever wrote it could have a machine started under any role. Where the instance lives, what it is
 * now takes its place.
 *
 * @param policy only images of this policy
 */
export function planResealing(
  deployment: string,
  { target, images, sources }: Pick<AdoptInventory, 'target' | 'images' | 'sources'>,
  policy?: string,
): Plan {
  const recipes = recipesOf(sources.value);
  const decisions = images.value.flatMap((image): Decision[] => {
    const decision = decide(image, deployment, recipes);
    return policy === undefined || decision.policy === policy ? [decision] : [];
  });
  return {
    decisions: withRoomForTags(decisions, crowdedAmong(images.value)),
    warnings: [],
    problems: [...problemsOf(target.region, [images, sources]), ...sealProblems(target.region, images.value)],
  };
}

function decide(image: Image, deployment: string, recipes: ReadonlyMap<InstanceId, Recipe>): Decision {
  const subject = { kind: 'image', id: image.id, region: image.region } as const;
  const refuse = (text: string): Decision => ({ subject, action: 'refuse', reason: { code: 'cannot-adopt', text } });
  const ownership = readOwnership(image, deployment);
  const decoded = decodeStamp(image.tags);
  const { stamp } = decoded.ok ? decoded : {};
  const about = stamp && { subject, policy: stamp.policy, lineage: stamp.lineage, version: versionOf(stamp.slot) };
  if (ownership.kind === 'ours') {
    return { subject, ...about, action: 'skip', reason: { code: 'already-there', text: 'its seal holds' } };
  }
  if (ownership.kind !== 'unsealed' || !stamp || !about) return refuse(ownership.problem);
  if (image.seal === 'unread') {
    return { ...about, action: 'refuse', reason: { code: 'evidence-incomplete', text: ownership.problem } };
  }
  const problem = contradiction(image, stamp) ?? unprovenAdoption(image, stamp);
  if (problem !== undefined) return { ...about, action: 'refuse', reason: { code: 'cannot-adopt', text: problem } };
  const tags = encodeStamp(stamp);
  const recipe = withRoomFor(recipes.get(stamp.source.instance), image.tags);
  const snapshots = image.devices.flatMap(({ snapshot }) => snapshot ?? []).sort();
  return {
    ...about,
    action: 'adopt',
    reason: {
      code: 'adopted',
      text: `it is sealed as ${about.version} of ${about.lineage} under policy ${about.policy}`,
    },
    change: { kind: 'adopt', region: image.region, image: image.id, snapshots, tags, ...(recipe && { recipe }) },
  };
}

/**
 * What amikeep made bears a name that it gave, which nobody can change. Of what was adopted only the seal was proof: without it,
 * whoever may tag could bring any image under a policy that lets it go.
 */
function unprovenAdoption({ id, name, tags }: Image, { deployment }: Stamp): string | undefined {
  if (tags[ADOPTED] === undefined) return undefined;
  const remedy = readName(name, deployment)
    ? `its name is one of deployment ${deployment}: take that tag off`
    : `look at it, and adopt it anew if it is meant: amikeep adopt --filter tag:${ADOPTED}=${id} --policy NAME`;
  return `it was adopted, as its tag ${ADOPTED} says, and of that nothing but its seal was proof; ${remedy}`;
}
