import { instanceId } from '../../../lib/model/ids.ts';
import type { LaunchSettings } from '../../../lib/model/launch-settings.ts';
import { completeReading, partialReading, type Reading } from '../../../lib/model/reading.ts';
import type { Image, Instance, Tags } from '../../../lib/model/resources.ts';
import type { InstanceTypeFacts, RestoreInventory } from '../../../lib/planning/restore/inventory.ts';
import type { Launch, RestorePlan } from '../../../lib/planning/restore/plan.ts';
import type { RestoreFlags, RestoreRequest, Wanted } from '../../../lib/planning/restore/request.ts';
import { planRestore } from '../../../lib/planning/restore/restore.ts';
import { wishesOf } from '../../../lib/planning/restore/wishes.ts';
import type { RestoreMapping } from '../../../lib/policy/policy.ts';
import { type OwnedImage, readOwnership } from '../../../lib/tagging/ownership.ts';
import { writeRecipe } from '../../../lib/tagging/recipe.ts';
import { anImageOf, anInstance, aPolicy, aStamp, DR, HERE } from '../../builders.ts';

const NOW = Date.UTC(2026, 10, 24);
export const SERVER: LaunchSettings = {
  type: 'm7g.large',
  zoneId: 'euc1-az2',
  subnet: 'subnet-01',
  vpc: 'vpc-01',
  groups: ['sg-01', 'sg-02'],
  profile: 'web',
  key: 'ops',
  imds: 'required',
  privateAddress: '10.0.3.7',
};
const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/1';

export const read = <T>(value: T): Reading<T> => completeReading('test', NOW, value);
export const unread = <T>(value: T): Reading<T> => partialReading('test', NOW, value, 'UnauthorizedOperation: no');

/** An image with the recipe of {@link SERVER}, sealed. */
export function owned(overrides: Partial<Image> = {}, home = HERE, settings: LaunchSettings = SERVER): OwnedImage {
  const image = anImageOf(aStamp({ home }), { recipe: { ...writeRecipe(settings), sealed: true }, ...overrides });
  const found = readOwnership(image, 'prod');
  if (found.kind !== 'ours') throw new Error(found.problem);
  return found;
}

export const living = (launch: LaunchSettings = SERVER, tags: Tags = { Name: 'web-1', Backup: 'nightly' }): Instance =>
  anInstance({ state: 'running', launch, tags });

/** Of a type such as m7g.large. */
export function typeFacts(overrides: Partial<InstanceTypeFacts> = {}): InstanceTypeFacts {
  return {
    architectures: ['arm64'],
    vcpus: 2,
    bootModes: ['uefi'],
    tpm: true,
    needsEna: true,
    ebsOptimized: true,
    hibernation: true,
    enclave: true,
    ...overrides,
  };
}

/** Everything that {@link SERVER} takes is there; its instance is gone. */
export function inventoryOf(image: OwnedImage, overrides: Partial<RestoreInventory> = {}): RestoreInventory {
  const { account, region } = image.image;
  return {
    target: { account, region },
    image,
    source: { instance: read(undefined), attributes: read(undefined) },
    details: read({
      architecture: 'arm64',
      tpm: false,
      ena: true,
      sriov: true,
      productCodes: [],
      rootDevice: '/dev/xvda',
      volumes: new Map(),
    }),
    subnet: read({ id: 'subnet-01', vpc: 'vpc-01', zoneId: 'euc1-az2', cidr: '10.0.3.0/24', freeAddresses: 40 }),
    groups: read([
      { id: 'sg-01', vpc: 'vpc-01' },
      { id: 'sg-02', vpc: 'vpc-01' },
    ]),
    keyPair: read(true),
    profile: read({ role: 'web-role' }),
    tokensEnforced: read(false),
    types: read(
      new Map([
        ['m7g.large', typeFacts()],
        ['m7i.large', typeFacts({ architectures: ['x86_64'], bootModes: ['legacy-bios', 'uefi'], enclave: false })],
        ['t4g.large', typeFacts({ tpm: false, enclave: false })],
      ]),
    ),
    offered: read(new Set(['m7g.large', 'm7i.large', 't4g.large'])),
    keys: read(new Map([[KEY, { state: 'Enabled', arn: KEY }]])),
    snapshots: read([]),
    vcpuQuota: read(64),
    earlier: read([]),
    earlierElsewhere: new Map(),
    unlisted: [],
    now: NOW,
    ...overrides,
  };
}

export interface Situation {
  readonly image?: OwnedImage;
  readonly inventory?: Partial<RestoreInventory>;
  readonly flags?: Partial<RestoreFlags>;
  readonly takeOver?: boolean;
  readonly another?: boolean;
  readonly wanted?: Wanted;
  readonly mapping?: Partial<RestoreMapping>;
}

const MAPPING: RestoreMapping = {
  subnets: { 'euc1-az2': 'subnet-0d' },
  securityGroups: { 'sg-01': 'sg-0d1', 'sg-02': 'sg-0d2' },
  instanceTypes: [],
};

const POLICY = aPolicy({ lineageTag: 'Role', image: { ...aPolicy().image, instanceTags: ['Team'] } });

/** The launch of a plan of a machine. */
export function launchOf({ making }: RestorePlan): Launch | undefined {
  return making.kind === 'machine' ? making.launch : undefined;
}

export function plan({
  image = owned(),
  inventory = {},
  flags = {},
  takeOver = false,
  another = false,
  wanted = {},
  mapping,
}: Situation = {}): RestorePlan {
  const request: RestoreRequest = {
    deployment: 'prod',
    wanted,
    what: { kind: 'machine' },
    flags: { keepAddress: false, isPublic: false, ...flags },
    takeOver,
    another,
  };
  const there = inventoryOf(image, inventory);
  const mappings = mapping ? { [image.image.region]: { ...MAPPING, ...mapping } } : {};
  const wishes = wishesOf(request, image, there.source.instance.value, mappings);
  return planRestore(request, { why: 'it was named', wishes, policies: [POLICY] }, there);
}

/** In Ireland, where the policy file says what stands in. */
export function abroad(situation: Situation = {}): RestorePlan {
  return plan({
    image: owned({}, DR),
    mapping: {},
    ...situation,
    inventory: {
      subnet: read({ id: 'subnet-0d', vpc: 'vpc-0d', zoneId: 'euw1-az1', cidr: '10.9.0.0/24', freeAddresses: 9 }),
      groups: read([
        { id: 'sg-0d1', vpc: 'vpc-0d' },
        { id: 'sg-0d2', vpc: 'vpc-0d' },
      ]),
      ...situation.inventory,
    },
  });
}

/** By its name, each setting of a plan and its source: `m7g.large (recipe)`. */
export function settingsOf(situation: Situation): Readonly<Record<string, string>> {
  return Object.fromEntries(plan(situation).settings.map(({ name, value, source }) => [name, `${value} (${source})`]));
}

/** What a plan says about one thing, without the words. */
export function outcomesOf({ findings }: RestorePlan, about: string): string[] {
  return findings.filter((finding) => finding.about === about).map(({ outcome }) => outcome);
}

export function textOf({ findings }: RestorePlan, about: string): string {
  return findings
    .filter((finding) => finding.about === about)
    .map(({ text }) => text)
    .join('\n');
}

export const ANOTHER = instanceId('i-0aaaaaaaaaaaaaaaa');
