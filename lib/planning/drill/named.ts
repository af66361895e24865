import type { PolicyFile } from '../../policy/policy.ts';
import type { Decision, ReasonCode } from '../decision.ts';
import { endOf, sortByLineage } from '../lineages.ts';
import { type DrillRequest, isStartable } from './due.ts';
import type { DrillInventory } from './inventory.ts';

/** What a person named and no policy starts here, each with why. */
export function planNamed(file: PolicyFile, { target, images }: DrillInventory, request: DrillRequest): Decision[] {
  const { lineages, notOurs } = sortByLineage(images.value, file.deployment);
  const drilling = new Set(
    file.policies.flatMap(({ name, drill }) => (drill?.regions.includes(target.region) ? [name] : [])),
  );
  const ours = [...lineages.values()].flatMap((lineage) => lineage.images.map((owned) => ({ lineage, owned })));
  const refusal = (id: (typeof images.value)[number]['id'], code: ReasonCode, text: string): Decision => {
    return { action: 'refuse', subject: { kind: 'image', id, region: target.region }, reason: { code, text } };
  };
  const undrilled = (policy: string) =>
    `policy ${policy} starts no images here: give it a drill section that names ${target.region} and its network`;
  const ofImages = (request.images ?? []).flatMap((id): Decision[] => {
    const known = ours.find(({ owned }) => owned.image.id === id);
    if (known) {
      const { policy } = known.lineage;
      return drilling.has(policy) ? [] : [refusal(id, 'no-drill', undrilled(policy))];
    }
    const other = notOurs.find(({ image }) => image.id === id);
    if (other) return [refusal(id, other.reason.code, other.reason.text)];
    return images.complete ? [refusal(id, 'no-such-image', `there is no image ${id} in ${target.region}`)] : [];
  });
  const ofLineages = [...lineages.values()].flatMap((one): Decision[] => {
    const {
      lineage,
      policy,
      images: [newest],
    } = one;
    if (!request.lineages?.includes(lineage) || !newest) return [];
    const refuse = (code: ReasonCode, text: string): Decision => {
      return { ...refusal(newest.image.id, code, text), policy, lineage };
    };
    if (!drilling.has(policy)) return [refuse('no-drill', undrilled(policy))];
    if (endOf(one)) return [refuse('not-startable', 'its lineage has ended; name the image that you mean')];
    if (one.images.some(isStartable)) return [];
    const text = 'none of its lineage is available, neither marked nor revoked; name the image that you mean';
    return [refuse('not-startable', text)];
  });
  return [...ofImages, ...ofLineages];
}

/** The lineages that a person can name here. */
export function nameableLineages({ deployment }: PolicyFile, { images }: DrillInventory): string[] {
  return [...sortByLineage(images.value, deployment).lineages.values()].map(({ lineage }) => lineage);
}
