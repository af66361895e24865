import type { Instance, Tags } from '../../model/resources.ts';
import { formatInstant } from '../../model/time.ts';
import type { Policy } from '../../policy/policy.ts';
import { LIMIT } from '../../tagging/people-tags.ts';
import { versionOf } from '../../tagging/version.ts';
import { doubtOf } from '../verified.ts';
import { checkFeatures } from './features.ts';
import { blocked, degraded, note, unknown } from './findings.ts';
import { isHome } from './home.ts';
import { imageFindings } from './image-checks.ts';
import type { RestoreInventory } from './inventory.ts';
import { launchOf, type Machine } from './launch.ts';
import { lostOf } from './lost.ts';
import { checkAddress, checkGroups, checkKeyPair, checkSubnet, checkType } from './machine-checks.ts';
import { checkMetadata } from './metadata-check.ts';
import { type Finding, type RestorePlan, verdictOf } from './plan.ts';
import { profileFindings } from './profile-check.ts';
import type { RestoreRequest } from './request.ts';
import { settingsOf } from './settings.ts';
import { tagsOf } from './tags.ts';
import type { Untrusted, Wishes } from './wishes.ts';

/** What has been found out before: which image, why that one, and what the machine is to be like. */
export interface Grounds {
  readonly why: string;
  readonly wishes: Wishes;
  readonly policies: readonly Policy[];
}

/** Plans a machine of an image. It changes nothing, and each setting says where it is from. */
export function planRestore(
  request: RestoreRequest,
  { why, wishes, policies }: Grounds,
  inventory: RestoreInventory,
): RestorePlan {
  const { image: owned } = inventory;
  const [subnet, type] = [checkSubnet(wishes, inventory), checkType(wishes, inventory)];
  const [groups, key] = [checkGroups(wishes, inventory), checkKeyPair(wishes, inventory)];
  const address = checkAddress(request, wishes, inventory);
  const metadata = checkMetadata(wishes, inventory);
  const { features, findings: lacking } = checkFeatures(wishes, type.chosen, inventory);
  const given = tagsOf(request, policies, inventory);
  const findings: Finding[] = [
    ...imageFindings(inventory),
    ...knownFindings(wishes),
    ...sourceFindings(inventory),
    ...inventory.unlisted.map((problem) => unknown('images', `there may be a better one: ${problem}`)),
    ...type.findings,
    ...lacking,
    ...subnet.findings,
    ...groups.findings,
    ...profileFindings(wishes, inventory),
    ...key.findings,
    ...metadata.findings,
    ...address.findings,
    ...tagFindings(given.tags),
    ...earlierFindings(request, inventory),
    ...takeOverFindings(request, inventory, given.unknown),
  ];
  const machine: Machine = {
    type: type.chosen,
    subnet: subnet.chosen,
    groups: groups.chosen,
    key: key.chosen,
    privateAddress: address.chosen,
    imds: metadata.chosen,
    features,
  };
  const elasticAddress = isHome(owned) ? wishes.known?.taken.elasticAddress : undefined;
  const launch = launchOf(request, machine, wishes, given.tags, inventory);
  return {
    verdict: verdictOf(findings),
    image: owned.image.id,
    version: versionOf(owned.stamp.slot),
    why,
    settings: settingsOf(request, machine, wishes, inventory, given),
    lost: lostOf(request, wishes, inventory, given.withheld),
    findings,
    estimate: estimateOf(inventory),
    ...(elasticAddress !== undefined && { elasticAddress }),
    making: { kind: 'machine', ...(launch && { launch }) },
  };
}

function knownFindings({ known, untrusted, profile }: Wishes): Finding[] {
  if (!known) {
    const text = 'the image has no recipe and its instance is gone: only what you give is known of the machine';
    return [degraded('recipe', text)];
  }
  const left = untrusted.map((one) => UNTRUSTED[one]).join(', ');
  return [
    ...(known.proven ? [] : [degraded('recipe', UNPROVEN)]),
    ...(left === '' ? [] : [degraded('recipe', `what it says of ${left} is not taken: give it yourself`)]),
    ...(known.ofNow ? [degraded('recipe', OF_NOW)] : []),
    ...(known.cut ? [degraded('recipe', cutText(profile !== undefined))] : []),
    ...(known.changed.length > 0
      ? [
          degraded(
            'recipe',
            `the machine is not what it was when the image was made: what differs is its ${known.changed.join(', ')}`,
          ),
        ]
      : []),
  ];
}

const UNPROVEN =
  'it is not covered by the seal of the image, so anybody may have written it: see that each setting from it is meant so';
const OF_NOW =
  'nothing proves what the machine was then, so it is taken as it is now, which somebody may have changed since: see that each setting is meant so';
const UNTRUSTED: Readonly<Record<Untrusted, string>> = {
  profile: 'the instance profile (--profile)',
  subnet: 'the subnet (--subnet)',
  groups: 'the security groups (--security-group)',
  key: 'the key pair (--key)',
  publicAddress: 'a public address (--public)',
};

function cutText(hasProfile: boolean): string {
  const profile = hasProfile ? '' : ', the instance profile perhaps (--profile)';
  return `it had no room for all that the machine was: something is left out${profile}`;
}

function sourceFindings({ source: { instance, attributes }, image }: RestoreInventory): Finding[] {
  const id = image.stamp.source.instance;
  if (!instance.complete) {
    return [unknown('old machine', `whether ${id} is still there could not be read (${instance.problem})`)];
  }
  const state = instance.value?.state;
  if (state === undefined || state === 'terminated') {
    return [note('old machine', `${id} is gone, and its user data with it`)];
  }
  return [
    note('old machine', `${id} is ${state}: there will be two of it`),
    ...(attributes.complete ? [] : [degraded('user data', `it could not be read (${attributes.problem})`)]),
  ];
}

function earlierFindings(request: RestoreRequest, inventory: RestoreInventory): Finding[] {
  return [...earlierHere(request, inventory), ...earlierElsewhere(request, inventory)];
}

function earlierHere({ another }: RestoreRequest, { earlier }: RestoreInventory): Finding[] {
  if (!earlier.complete) {
    const text = `what was restored of this server before could not be read (${earlier.problem}): a second machine could be launched; mend that first`;
    return [blocked('earlier tries', text)];
  }
  return stillThere(earlier.value).map((instance) => {
    const text = `${inWords(instance)} was restored of it before and is ${instance.state}`;
    return another
      ? note('earlier tries', text)
      : blocked('earlier tries', `${text}: go on with that one, or launch one more with --another`);
  });
}

/** A region that cannot be read may be the one that is lost: it is no reason to launch nothing. */
function earlierElsewhere({ another }: RestoreRequest, { earlierElsewhere: elsewhere }: RestoreInventory): Finding[] {
  return [...elsewhere].flatMap(([region, earlier]) => [
    ...stillThere(earlier.value).map((instance) => {
      const text = `${inWords(instance)} in ${region} was restored of it before and is ${instance.state}: there will be two of it`;
      return another ? note('earlier tries', text) : degraded('earlier tries', text);
    }),
    ...(earlier.complete
      ? []
      : [note('earlier tries', `what was restored of it in ${region} before could not be read (${earlier.problem})`)]),
  ]);
}

function inWords({ id, tags, thereSince }: Instance): string {
  const name = tags.Name === undefined ? '' : ` (${tags.Name})`;
  return `${id}${name}${thereSince === undefined ? '' : `, launched ${formatInstant(thereSince)},`}`;
}

/** What earlier restores have left. */
export function stillThere(earlier: readonly Instance[]): Instance[] {
  return earlier.filter(({ state }) => state !== 'terminated' && state !== 'shutting-down');
}

/** Which tag it can do without is a person's to say: policies, roles and bills go by tags. */
function tagFindings(tags: Tags): Finding[] {
  const excess = Object.keys(tags).length - LIMIT;
  if (excess <= 0) return [];
  const text = `it would get ${Object.keys(tags).length} tags, and EC2 allows ${LIMIT}: take ${excess} off the old machine first`;
  return [blocked('tags', text)];
}

function takeOverFindings(
  { takeOver }: RestoreRequest,
  { source: { instance } }: RestoreInventory,
  unknownTags: readonly string[],
): Finding[] {
  if (!takeOver) return [];
  const isThere = instance.value !== undefined && instance.value.state !== 'terminated';
  return [
    ...(isThere
      ? [degraded('take-over', 'the old machine is there: with the same tags each of both gets a lineage of its own')]
      : []),
    ...(unknownTags.length > 0
      ? [
          degraded(
            'take-over',
            `what ${unknownTags.join(', ')} was, by which policies select, is not known: tag it yourself`,
          ),
        ]
      : []),
  ];
}

function estimateOf({ image: owned }: RestoreInventory): string {
  const { image, passed } = owned;
  const size = image.devices.reduce((sum, device) => sum + device.size, 0);
  const time =
    passed && !doubtOf(owned)
      ? `it came up in ${passed.seconds} s when it was last started`
      : 'some minutes until it runs';
  return `${time}; its ${size} GiB are fetched from S3 as they are read, so it is slow at first`;
}
