import type { Checklist } from './checklist.ts';
import type { Evidence, OurImage } from './evidence.ts';
import { isRecounted, keptSlots } from './keep.ts';
import type { Promised, PromisedPolicy, TableRow } from './promises.ts';
import type { Witness } from './witness.ts';

const DAY = 24 * 60 * 60 * 1_000;

/** Checks the table against the images that there are, and the images against the rules that they are under. */
export function checkVersions(
  list: Checklist,
  promised: Promised,
  table: readonly TableRow[],
  evidence: Evidence,
  witness: Witness,
  now: number,
): void {
  const rows = new Map(table.map((row) => [rowKey(row), row]));
  const existing = Map.groupBy(evidence.images, rowKey);
  list.expectSame('the lineages of the table', [...rows.keys()], [...existing.keys()]);

  const policies = new Map(promised.policies.map((policy) => [policy.name, policy]));
  const past = Map.groupBy(evidence.history.values(), rowKey);
  for (const [key, images] of existing) {
    const row = rows.get(key);
    list.expectSame(
      `${key}: versions`,
      row?.versions.map(({ version, imageId }) => `${version} ${imageId}`) ?? [],
      images.map(({ version, id }) => `${version} ${id}`),
    );
    list.expect(row === undefined || row.made - row.retired === images.length, () => {
      return `${key}: ${row?.made} were made and ${row?.retired} retired, but ${images.length} are there`;
    });
    const [first] = images;
    const policy = first && policies.get(first.policy);
    const rules = first && policy && rulesFor(policy, first);
    if (!row || !policy || !rules || !isRecounted(rules)) continue;
    const good = images.filter(holdsVersion);
    const { timeZone } = policy.schedule;
    const kept = keptSlots(good.map(slotOf), rules, timeZone);
    list.expectSame(
      `${key}: kept by rule`,
      row.versions.filter(({ code }) => code === 'keep-rule').map(({ version }) => version),
      good.filter(({ slot }) => kept.has(slot)).map(({ version }) => version),
    );

    const everThere = new Map([...(past.get(key) ?? []), ...good].map((image) => [image.slot, image.version]));
    const there = new Set(good.map(slotOf));
    for (const slot of keptSlots(everThere.keys(), rules, timeZone)) {
      list.expect(there.has(slot), () => `${key}: ${everThere.get(slot)} should have been kept and is gone`);
    }
    const newest = newestAvailable(good, policy.retire.minKeep);
    for (const image of good) {
      if (kept.has(image.slot) || newest.has(image)) continue;
      const excuse = excuseFor(image, images, policy, { evidence, witness, now });
      list.expect(excuse !== undefined, () => `${key}: nothing explains why ${image.version} (${image.id}) is there`);
    }
  }
}

function rowKey({ policy, lineage, region }: Pick<OurImage, 'policy' | 'lineage' | 'region'>): string {
  return `${policy} ${lineage} in ${region}`;
}

function rulesFor(policy: PromisedPolicy, { region, sourceRegion }: OurImage) {
  return region === sourceRegion ? policy.retention : policy.copies.find((copy) => copy.region === region)?.retention;
}

export function holdsVersion({ state }: OurImage): boolean {
  return state !== 'failed';
}

function slotOf({ slot }: OurImage): number {
  return slot;
}

function newestAvailable(images: readonly OurImage[], count: number): ReadonlySet<OurImage> {
  const available = images.filter(({ state }) => state === 'available');
  return new Set(available.toSorted((one, other) => other.slot - one.slot).slice(0, count));
}

interface Circumstances {
  readonly evidence: Evidence;
  readonly witness: Witness;
  readonly now: number;
}

/** Why an image that no rule keeps has not been retired. */
function excuseFor(
  image: OurImage,
  lineage: readonly OurImage[],
  policy: PromisedPolicy,
  { evidence, witness, now }: Circumstances,
): string | undefined {
  if (policy.retire.mode === 'plan') return 'its policy only proposes';
  if (image.tags['amikeep:hold'] !== undefined) return 'it is on hold';
  if (image.tags['amikeep:retire'] !== undefined) return 'it is marked';
  if (witness.usersNow(image.id).length > 0) return 'an instance was launched from it';
  if (evidence.templates.some(({ imageId }) => imageId === image.id)) return 'a launch template names it';
  if (isProvenLast(image, lineage)) return 'no newer one has passed a drill';
  if (lineage.some(({ createdAt }) => createdAt > witness.lastRetireSweep)) return 'it expired after the last sweep';
  return marksOfDay(image, evidence, now) >= capOf(image, policy, evidence)
    ? 'the cap of the day is used up'
    : undefined;
}

function isProvenLast({ id }: OurImage, lineage: readonly OurImage[]): boolean {
  const proven = lineage.filter(({ tags }) => tags['amikeep:passed'] !== undefined);
  return proven.toSorted((one, other) => other.slot - one.slot).at(0)?.id === id;
}

function marksOfDay({ policy, region }: OurImage, { calls, history }: Evidence, now: number): number {
  const marked = calls
    .filter(
      ({ operation, tagKeys, at }) =>
        operation === 'CreateTags' && tagKeys.includes('amikeep:retire') && at > now - DAY,
    )
    .flatMap(({ subjects }) => subjects);
  return marked.filter((id) => {
    const image = history.get(id);
    return image?.policy === policy && image.region === region;
  }).length;
}

function capOf({ policy: name, region }: OurImage, { retire }: PromisedPolicy, { images }: Evidence): number {
  const { maxPerDay } = retire;
  if ('count' in maxPerDay) return maxPerDay.count;
  const total = images.filter((image) => image.policy === name && image.region === region).length;
  return Math.max(1, Math.floor((total * maxPerDay.percent) / 100));
}
