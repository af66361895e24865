import { DAY, HOUR, type Instant, MINUTE } from '../lib/model/time.ts';
import { matchesPattern } from '../lib/policy/pattern.ts';
import type { Policy, PolicyFile } from '../lib/policy/policy.ts';
import type { SeededRandom } from '../sandbox/seeded.ts';
import type { Occurrence } from './driver.ts';
import type { InstanceSpec } from './fleet.ts';
import type { Member, World } from './world.ts';

/** Something that happened to the fleet, for the account at the end. */
export interface LifeEvent {
  readonly at: Instant;
  readonly text: string;
}

export interface LifeOptions {
  readonly world: World;
  readonly file: PolicyFile;
  readonly random: SeededRandom;
  readonly from: Instant;
  readonly until: Instant;
  readonly tell: (event: LifeEvent) => void;
}

/** The moments of a working day at which people act: between the usual slots, so that no image is cut off by them. */
const WORKING_HOURS = [9, 15] as const;

/**
 * What happens to a fleet by itself, drawn from the seed: instances are replaced, arrive, are terminated, lose their
 * tags and get them back. Each happens once to each policy that it makes sense for.
 */
export function fleetLife(options: LifeOptions): Occurrence[] {
  return options.file.policies.flatMap((policy) => lifeUnder(policy, options));
}

function lifeUnder(policy: Policy, options: LifeOptions): Occurrence[] {
  const { world, random, tell } = options;
  // Drawn beforehand, so that what happens depends on the seed and the fleet and not on when it is asked.
  const candidates = shuffled(
    world.live.filter(({ tags }) => isMeant(policy, tags)),
    random,
  );
  const occurrences: Occurrence[] = [];
  const plan = (share: readonly [number, number], happen: (at: Instant) => Promise<string>) => {
    const at = momentIn(share, options);
    occurrences.push({ at, happen: async () => tell({ at, text: await happen(at) }) });
  };
  const take = () => candidates.pop();
  /** Only what bears the lineage tag has something for another to continue. */
  const takeWith = (tag: string) => {
    const at = candidates.findLastIndex(({ tags }) => Object.hasOwn(tags, tag) && tags[tag] !== '');
    return at < 0 ? undefined : candidates.splice(at, 1)[0];
  };

  if (policy.lineageTag !== undefined) {
    const tag = policy.lineageTag;
    const lost = takeWith(tag);
    if (lost) plan([0.2, 0.4], () => replaceFromImage(world, lost, tag));
    const rebuilt = takeWith(tag);
    if (rebuilt) plan([0.5, 0.8], () => rebuild(world, rebuilt, tag));
    const careless = take();
    if (careless) occurrences.push(...losesTags(careless, policy, options));
  } else {
    const leaver = take();
    if (leaver) plan([0.55, 0.75], () => terminate(world, leaver));
    const forgotten = take();
    if (forgotten && policy.retire.mode === 'plan') plan([0.3, 0.6], () => losesTagsForGood(world, forgotten, policy));
  }
  const model = candidates.at(0);
  if (model) plan([0.15, 0.35], () => arrive(world, model, policy));
  return occurrences;
}

async function replaceFromImage(world: World, member: Member, tag: string): Promise<string> {
  const image = await world.newestImageOf(member);
  await world.terminate(member);
  const next = await world.replace(member, image?.ImageId);
  const origin = image ? `its newest image ${image.ImageId}` : 'a public image, since it had none';
  return `${member.spec.name} (${member.id}) failed; ${next.id} was launched from ${origin} and continues ${tag}=${next.tags[tag]}`;
}

async function rebuild(world: World, member: Member, tag: string): Promise<string> {
  await world.terminate(member);
  const next = await world.replace(member);
  return `${member.spec.name} (${member.id}) was rebuilt from a public image as ${next.id} and continues ${tag}=${next.tags[tag]}`;
}

async function terminate(world: World, member: Member): Promise<string> {
  await world.terminate(member);
  return `${member.spec.name} (${member.id}) was terminated for good; its images stay`;
}

async function arrive(world: World, model: Member, policy: Policy): Promise<string> {
  const name = `${model.spec.name}-new`;
  const { lineageTag } = policy;
  const tags = { ...model.spec.tags, Name: name, ...(lineageTag !== undefined && { [lineageTag]: name }) };
  const spec: InstanceSpec = { ...model.spec, name, tags, state: 'running' };
  const { id } = await world.launch(spec);
  return `${name} (${id}) was launched beside ${model.spec.name}, under policy ${policy.name}`;
}

async function losesTagsForGood(world: World, member: Member, policy: Policy): Promise<string> {
  const keys = Object.keys(policy.select.tags);
  await world.untag(member, ...keys);
  return `${member.spec.name} (${member.id}) lost its ${keys.join(', ')} tag for good: no more images of it`;
}

function losesTags(member: Member, policy: Policy, options: LifeOptions): Occurrence[] {
  const { world, tell } = options;
  const keys = Object.keys(policy.select.tags);
  const before = Object.fromEntries(Object.entries(member.tags).filter(([key]) => keys.includes(key)));
  const lostAt = momentIn([0.4, 0.5], options);
  const foundAt = lostAt + 2 * DAY;
  return [
    {
      at: lostAt,
      happen: async () => {
        await world.untag(member, ...keys);
        tell({ at: lostAt, text: `${member.spec.name} (${member.id}) lost its ${keys.join(', ')} tag` });
      },
    },
    {
      at: foundAt,
      happen: async () => {
        await world.tag(member, before);
        tell({ at: foundAt, text: `${member.spec.name} (${member.id}) got its ${keys.join(', ')} tag back` });
      },
    },
  ];
}

/** Whether an instance's tags are those that a policy selects. */
export function isMeant({ select }: Policy, tags: Readonly<Record<string, string>>): boolean {
  const matches = (key: string, patterns: readonly string[]) =>
    patterns.some((pattern) => Object.hasOwn(tags, key) && matchesPattern(pattern, tags[key] ?? ''));
  return (
    Object.entries(select.tags).every(([key, patterns]) => matches(key, patterns)) &&
    !Object.entries(select.exclude).some(([key, patterns]) => matches(key, patterns))
  );
}

/** A moment of a working day somewhere in a part of the time that passes. */
export function momentIn(
  [least, most]: readonly [number, number],
  { random, from, until }: Pick<LifeOptions, 'random' | 'from' | 'until'>,
): Instant {
  const share = least + (most - least) * random.next();
  const day = Math.floor((from + share * (until - from)) / DAY) * DAY;
  const hour = WORKING_HOURS[random.next32() % WORKING_HOURS.length] ?? WORKING_HOURS[0];
  return day + hour * HOUR + 17 * MINUTE;
}

function shuffled<T>(items: readonly T[], random: SeededRandom): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(random.next32() % left.length, 1));
  return drawn;
}
