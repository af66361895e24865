import type { ImageId, Region } from '../../model/ids.ts';
import type { PolicyFile } from '../../policy/policy.ts';
import type { Decision, ReasonCode } from '../decision.ts';
import { endOf, sortByLineage } from '../lineages.ts';
import { BEING_MADE, type DrillRequest, isBeingMade } from './due.ts';
import type { DrillInventory } from './inventory.ts';
import { isStartable } from './proof.ts';

/** What a person named and no policy starts here, each with why. */
export function planNamed(file: PolicyFile, { target, images }: DrillInventory, request: DrillRequest): Decision[] {
  const { lineages, notOurs } = sortByLineage(images.value, file.deployment);
  const all = [...lineages.values()];
  const drilling = new Set(
    file.policies.flatMap(({ name, drill }) => (drill?.regions.includes(target.region) ? [name] : [])),
  );
  const refusal = (id: ImageId, code: ReasonCode, text: string): Decision => {
    return { action: 'refuse', subject: { kind: 'image', id, region: target.region }, reason: { code, text } };
  };
  const undrilled = (policy: string): string | undefined => {
    if (request.policy !== undefined && request.policy !== policy) {
      return `it is of policy ${policy}, and ${request.policy} was asked for`;
    }
    if (drilling.has(policy)) return undefined;
    return `policy ${policy} starts no images here: give it a drill section that names ${target.region} and its network`;
  };
  const ofImages = (request.images ?? []).flatMap((id): Decision[] => {
    const known = all.find((lineage) => lineage.images.some(({ image }) => image.id === id));
    if (known) {
      const elsewhere = drillsElsewhere(known.policy, file, target.region);
      if (elsewhere !== undefined) return [refusal(id, 'no-such-image', elsewhere)];
      const text = undrilled(known.policy);
      return text === undefined ? [] : [refusal(id, 'no-drill', text)];
    }
    const other = notOurs.find(({ image }) => image.id === id);
    if (other) return [refusal(id, other.reason.code, other.reason.text)];
    return images.complete ? [refusal(id, 'no-such-image', `there is no image ${id} in ${target.region}`)] : [];
  });
  const ofLineages = (request.lineages ?? []).flatMap((name): Decision[] => {
    const found = all.filter(({ lineage }) => lineage === name);
    const here = found.filter(({ policy }) => drillsElsewhere(policy, file, target.region) === undefined);
    if (here.length === 0) {
      const [elsewhere] = found.map(({ policy }) => drillsElsewhere(policy, file, target.region));
      if (elsewhere === undefined && !images.complete) return [];
      return [
        noSuchLineage(name, target.region, elsewhere ?? `there is no image of the lineage ${name} in ${target.region}`),
      ];
    }
    // Several policies may have a lineage of this name, and one of them may be meant.
    const meant = here.filter(({ policy }) => policy === request.policy);
    return (meant.length > 0 ? meant : here).flatMap((one): Decision[] => {
      const { lineage, policy } = one;
      const [newest] = one.images;
      if (!newest) return [];
      const refuse = (code: ReasonCode, text: string): Decision => {
        return { ...refusal(newest.image.id, code, text), policy, lineage };
      };
      const text = undrilled(policy);
      if (text !== undefined) return [refuse('no-drill', text)];
      if (endOf(one)) return [refuse('not-startable', 'its lineage has ended; name the image that you mean')];
      if (one.images.some(isStartable)) return [];
      const made = one.images.find(isBeingMade);
      if (made) return [{ ...refusal(made.image.id, 'not-startable', BEING_MADE), policy, lineage }];
      const none = 'none of its lineage is available, neither marked nor revoked; name the image that you mean';
      return [refuse('not-startable', none)];
    });
  });
  return [...ofImages, ...ofLineages];
}

/** What a policy starts elsewhere alone is not there to be started here: a name is asked for wherever any policy drills. */
function drillsElsewhere(policy: string, { policies }: PolicyFile, region: Region): string | undefined {
  const { drill } = policies.find(({ name }) => name === policy) ?? {};
  if (!drill || drill.regions.includes(region)) return undefined;
  return `policy ${policy} starts images in ${drill.regions.join(' and ')}, and none here: ask for it there`;
}

function noSuchLineage(id: string, region: Region, text: string): Decision {
  return { action: 'refuse', subject: { kind: 'lineage', id, region }, reason: { code: 'no-such-lineage', text } };
}

/** The lineages that a person can name here. */
export function nameableLineages(file: PolicyFile, { target, images }: DrillInventory): string[] {
  return [...sortByLineage(images.value, file.deployment).lineages.values()].flatMap(({ policy, lineage }) =>
    drillsElsewhere(policy, file, target.region) === undefined ? [lineage] : [],
  );
}
