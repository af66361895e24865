import type { Region } from '../model/ids.ts';
import { counted } from '../model/plural.ts';
import type { Reading } from '../model/reading.ts';
import type { Image, Instance } from '../model/resources.ts';
import type { PolicyFile } from '../policy/policy.ts';
import { DEPLOYMENT, POLICY } from '../tagging/tag-keys.ts';
import { CONCURRENT_COPIES, capacityLines } from './capacity.ts';
import type { Facts, QuotaFact } from './facts.ts';
import { type Line, linesAbout } from './line.ts';
import { copiesOfASlot, needIn } from './need.ts';
import type { Quota } from './ports.ts';

/** What is documented, for where an account's own quota can't be read, and where a person asks for more. */
const QUOTAS: Readonly<Record<Quota, { readonly preset: number; readonly name: string }>> = {
  images: { preset: 50_000, name: "'AMIs' of Amazon EC2" },
  snapshots: { preset: 100_000, name: "'Snapshots per Region' of Amazon EBS" },
};

/** What the policies will need, against what the account may have. */
export function quotaLines(facts: Facts): Line[] {
  const unread = facts.file.regions.filter((region) => facts.instances.get(region)?.complete !== true);
  if (unread.length > 0) {
    return [
      linesAbout('quota', 'all').unknown(
        `what the policies will need depends on the instances of ${unread.join(', ')}, which could not be read`,
        'mend what is said of instances there, and run doctor again',
      ),
    ];
  }
  const instances = new Map<Region, readonly Instance[]>(
    [...facts.instances].map(([region, { value }]) => [region, value]),
  );
  return [
    ...facts.quotas.map((quota) => quotaLine(quota, facts, instances)),
    ...copyLines(facts, instances),
    ...capacityLines(facts, instances),
  ];
}

function quotaLine(
  { region, quota, value }: QuotaFact,
  { file, images, at }: Facts,
  instances: ReadonlyMap<Region, readonly Instance[]>,
): Line {
  const { ok, problem, unknown } = linesAbout('quota', `${quota} in ${region}`);
  const { preset, name } = QUOTAS[quota];
  const { unending, ...need } = needIn(region, file, instances, at);
  const growing = unending.length > 0 ? `, and more while the retire.mode of ${unending.join(', ')} is plan` : '';
  const present = quota === 'images' ? presentImages(file, images.get(region)) : undefined;
  const besides = present === undefined ? 'others, which were not counted' : `${counted(present.others)} others`;
  const text = `today's instances will have up to ${counted(need[quota])}${growing}, besides ${besides}`;
  const wanted = present ? Math.max(need.images, present.ours) + present.others : need[quota];
  if (!value.known) {
    const remedy = value.denied
      ? `allow servicequotas:GetServiceQuota in ${region}`
      : `look up ${name} in Service Quotas`;
    return unknown(
      `${text}; the quota could not be read (${value.problem}); it is ${counted(preset)} unless raised`,
      remedy,
    );
  }
  if (wanted > value.value) {
    return problem(
      `${text}; the quota is ${counted(value.value)}`,
      `ask for more of ${name} in Service Quotas, or keep fewer`,
    );
  }
  return ok(`${text}; the quota is ${counted(value.value)}`);
}

/** How many images there are, of the policies and besides; nothing where they could not be read whole. */
function presentImages(
  { deployment, policies }: PolicyFile,
  reading: Reading<readonly Image[]> | undefined,
): { readonly ours: number; readonly others: number } | undefined {
  if (!reading?.complete) return undefined;
  const names = new Set(policies.map(({ name }) => name));
  const ours = reading.value.filter(
    ({ tags }) => tags[DEPLOYMENT] === deployment && names.has(tags[POLICY] ?? ''),
  ).length;
  return { ours, others: reading.value.length - ours };
}

function copyLines(
  { file, capacity: { maxCopiesInFlight } }: Facts,
  instances: ReadonlyMap<Region, readonly Instance[]>,
): Line[] {
  const regions = new Set(
    file.policies.flatMap(({ copies }) =>
      copies.flatMap(({ region, account }) => (account === undefined ? [region] : [])),
    ),
  );
  return [...regions].sort().map((region) => {
    const { ok, problem } = linesAbout('quota', `copies to ${region}`);
    const due = copiesOfASlot(region, file, instances);
    if (maxCopiesInFlight > CONCURRENT_COPIES) {
      return problem(
        `amikeep would keep ${maxCopiesInFlight} in flight, and EC2 takes ${CONCURRENT_COPIES}`,
        `set AMIKEEP_MAX_COPIES_IN_FLIGHT to ${CONCURRENT_COPIES} or less`,
      );
    }
    const rest = due > maxCopiesInFlight ? ', so the others follow as those are done' : '';
    return ok(`up to ${due} are due at a time, of which ${maxCopiesInFlight} may be in flight${rest}`);
  });
}
