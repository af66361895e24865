import { z } from 'zod';
import { isRegionName } from '../model/ids.ts';
import { NETWORK_REMEDY } from './drill-schema.ts';
import { nearest } from './nearest.ts';
import { MOST_TAGS } from './schema.ts';

/** A mistake and where in the file's data it is. */
export interface Inconsistency {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A text where there is one; anything else leaves its place empty, so that the rest keeps its own. */
const looseText = z.string().optional().catch(undefined);
const looseTexts = z.array(looseText).catch([]);

/**
 * As much of the file as these rules need, each part that is not as it should be left out. Such parts are
 * {@link policyFileSchema}'s to report; here they must not hide the mistakes of the others.
 */
const looseFile = z
  .object({
    regions: looseTexts,
    restore: z.record(z.string(), z.unknown()).catch({}),
    formerRegions: looseTexts,
    keyAccounts: looseTexts,
    accounts: z
      .array(z.object({ id: looseText, vault: z.boolean().catch(false) }).catch({ id: undefined, vault: false }))
      .catch([]),
    policies: z
      .record(
        z.string(),
        z
          .object({
            regions: looseTexts.optional().catch(undefined),
            accounts: looseTexts,
            copies: z
              .array(
                z
                  .object({ region: looseText, account: looseText, kmsKey: looseText, encrypt: looseText })
                  .catch({ region: undefined, account: undefined, kmsKey: undefined, encrypt: undefined }),
              )
              .catch([]),
            drill: z
              .object({ regions: looseTexts, network: z.record(z.string(), z.unknown()).optional().catch(undefined) })
              .catch({ regions: [], network: undefined }),
            image: z
              .object({ tags: z.record(z.string(), z.unknown()).catch({}), instanceTags: looseTexts })
              .catch({ tags: {}, instanceTags: [] }),
          })
          .catch({
            regions: undefined,
            accounts: [],
            copies: [],
            drill: { regions: [], network: undefined },
            image: { tags: {}, instanceTags: [] },
          }),
      )
      .catch({}),
  })
  .catch({ regions: [], restore: {}, formerRegions: [], keyAccounts: [], accounts: [], policies: {} });

type LooseFile = z.output<typeof looseFile>;
type LoosePolicy = LooseFile['policies'][string];
type LooseCopy = LoosePolicy['copies'][number];

/** Checks the rules that join distant parts of a policy file, in whatever state the rest of its data is. */
export function findInconsistencies(
  data: unknown,
  partitionOf: (region: string) => string | undefined,
): Inconsistency[] {
  const file = looseFile.parse(data);
  return [
    ...findUnknownRegions(file, partitionOf),
    ...findRepeated(file.regions, ['regions']),
    ...findRepeated(file.formerRegions, ['formerRegions']),
    ...findRepeated(file.keyAccounts, ['keyAccounts']),
    ...findFormerInUse(file),
    ...findRestoreProblems(file),
    ...findAccountProblems(file),
    ...Object.entries(file.policies).flatMap(([name, policy]) => [
      ...findPlaceProblems(policy, file, ['policies', name]),
      ...findCopyProblems(policy, file, ['policies', name, 'copies']),
      ...findDrillProblems(policy, file, ['policies', name, 'drill', 'regions']),
      ...findTagProblems(policy.image, ['policies', name, 'image']),
    ]),
  ];
}

function findRepeated(texts: readonly (string | undefined)[], path: Inconsistency['path']): Inconsistency[] {
  return texts.flatMap((text, index) =>
    text === undefined || texts.indexOf(text) === index
      ? []
      : [{ path: [...path, index], message: `is '${text}' again: write each once` }],
  );
}

/**
 * What does not even have the form of a region's name is told by the schema. An account is of one partition. A region of
 * `restore` has to be named elsewhere as well, and is looked at there.
 */
function findUnknownRegions(
  { regions, formerRegions, policies }: LooseFile,
  partitionOf: (region: string) => string | undefined,
): Inconsistency[] {
  const named = [
    ...regions.map((name, index) => ({ name, path: ['regions', index] })),
    ...formerRegions.map((name, index) => ({ name, path: ['formerRegions', index] })),
    ...Object.entries(policies).flatMap(([policy, { copies, drill }]) => [
      ...copies.map((copy, index) => ({ name: copy.region, path: ['policies', policy, 'copies', index, 'region'] })),
      ...Object.keys(drill.network ?? {}).map((at) => ({
        name: at.split('/').at(-1),
        path: ['policies', policy, 'drill', 'network', at],
      })),
    ]),
  ];
  const known = named.flatMap(({ name }) => (name !== undefined && partitionOf(name) !== undefined ? [name] : []));
  const [first = ''] = known;
  const home = partitionOf(first);
  return named.flatMap(({ name, path }) => {
    if (name === undefined || !isRegionName(name)) return [];
    const partition = partitionOf(name);
    if (partition === undefined) {
      return [
        { path, message: `is '${name}', which AWS does not have: write the name of a region, such as eu-central-1` },
      ];
    }
    if (partition === home) return [];
    const message = `is '${name}' of the partition ${partition}, but '${first}' is of ${home}, and no account is in two: write it in a policy file of its own`;
    return [{ path, message }];
  });
}

function findFormerInUse({ regions, formerRegions, policies }: LooseFile): Inconsistency[] {
  const used = new Set([...regions, ...Object.values(policies).flatMap(({ copies }) => copiedTo(copies))]);
  return formerRegions.flatMap((region, index) =>
    region === undefined || !used.has(region)
      ? []
      : [{ path: ['formerRegions', index], message: `is '${region}', which is still in use: leave it out here` }],
  );
}

/** Images are restored where they are, with credentials of their own account. A slip would show only in the disaster. */
function findRestoreProblems({ restore, regions, formerRegions, policies }: LooseFile): Inconsistency[] {
  const copied = Object.values(policies).flatMap(({ copies }) => copiedTo(copies));
  const known = [...new Set([...regions, ...copied, ...formerRegions])].filter((region) => region !== undefined);
  if (known.length === 0) return [];
  return Object.keys(restore).flatMap((region) => {
    if (known.includes(region) || !isRegionName(region)) return [];
    const meant = nearest(region, known);
    const remedy = meant === undefined ? `write one of ${known.join(', ')}` : `did you mean '${meant}'?`;
    const message = `is '${region}', where the file has neither sources nor copies of this account, so that nothing is restored there; ${remedy}`;
    return [{ path: ['restore', region], message }];
  });
}

/** What is in a vault is the vault's own: a region that only a vault uses is none of ours. */
function copiedTo(copies: readonly LooseCopy[]): (string | undefined)[] {
  return copies.flatMap(({ region, account }) => (account === undefined ? [region] : []));
}

function findAccountProblems({ accounts, policies }: LooseFile): Inconsistency[] {
  const ids = accounts.map(({ id }) => id);
  const named = new Set(Object.values(policies).flatMap(({ copies }) => copies.map(({ account }) => account)));
  return accounts.flatMap(({ id, vault }, index) => {
    const path = ['accounts', index, 'id'];
    if (id === undefined) return [];
    if (ids.indexOf(id) !== index) return [{ path, message: `is '${id}' again: write each account once` }];
    if (!vault || named.has(id)) return [];
    return [
      {
        path,
        message: `is '${id}', a vault that no policy copies into: write account: '${id}' with the copies that are to go there, or leave it out here`,
      },
    ];
  });
}

/** An account that is not listed may be the one that amikeep runs in, which only a run knows. */
function findPlaceProblems(
  { regions = [], accounts }: LoosePolicy,
  file: LooseFile,
  path: Inconsistency['path'],
): Inconsistency[] {
  const vaults = file.accounts.filter(({ vault }) => vault).map(({ id }) => id);
  return [
    ...findRepeated(regions, [...path, 'regions']),
    ...regions.flatMap((region, index) =>
      region === undefined || file.regions.includes(region)
        ? []
        : [
            {
              path: [...path, 'regions', index],
              message: `is '${region}', which is no source region: write one of ${file.regions.join(', ')}, or add it to the file's regions`,
            },
          ],
    ),
    ...findRepeated(accounts, [...path, 'accounts']),
    ...accounts.flatMap((account, index) =>
      account === undefined || !vaults.includes(account)
        ? []
        : [
            {
              path: [...path, 'accounts', index],
              message: `is '${account}', a vault, which has no instances of ours: write accounts that are sources`,
            },
          ],
    ),
  ];
}

function findCopyProblems(
  { copies, regions }: LoosePolicy,
  file: LooseFile,
  path: Inconsistency['path'],
): Inconsistency[] {
  return copies.flatMap((copy, index) => {
    const problems = findKeyProblems(copy, [...path, index]);
    const { region, account } = copy;
    if (account !== undefined) problems.push(...findVaultProblems(account, file, [...path, index, 'account']));
    if (region === undefined) return problems;
    const at = [...path, index, 'region'];
    const sources = regions ?? file.regions;
    if (account === undefined && sources.length > 0 && sources.every((source) => source === region)) {
      problems.push({
        path: at,
        message: `is '${region}', the only source region of the policy, whose images would have nowhere to be copied from: write another region`,
      });
    }
    if (copies.findIndex((other) => other.region === region && other.account === account) !== index) {
      const where = account === undefined ? '' : ` of account '${account}'`;
      problems.push({ path: at, message: `is '${region}'${where} again: write one copy a region and account` });
    }
    return problems;
  });
}

/** Images are started where they are. What is in a vault is for the vault's own deployment to start. */
function findDrillProblems(
  { drill, copies, regions }: LoosePolicy,
  file: LooseFile,
  path: Inconsistency['path'],
): Inconsistency[] {
  const known = [...new Set([...(regions ?? file.regions), ...copiedTo(copies)])].filter(
    (region) => region !== undefined,
  );
  // Where there are no networks at all, that is told by the schema.
  const networks = drill.network && Object.keys(drill.network);
  return [
    ...findRepeated(drill.regions, path),
    ...drill.regions.flatMap((region, index) => {
      if (region === undefined || !isRegionName(region) || drill.regions.indexOf(region) !== index) return [];
      const at = [...path, index];
      if (!known.includes(region)) {
        const message = `is '${region}', where the policy has neither sources nor copies of this account: write one of ${known.join(', ')}`;
        return [{ path: at, message }];
      }
      if (networks === undefined || networks.some((place) => place.split('/').at(-1) === region)) return [];
      return [{ path: at, message: `is '${region}', for which network names none: ${NETWORK_REMEDY}` }];
    }),
  ];
}

function findVaultProblems(account: string, { accounts }: LooseFile, path: Inconsistency['path']): Inconsistency[] {
  const named = accounts.filter(({ id }) => id === account);
  if (named.some(({ vault }) => vault)) return [];
  const remedy =
    named.length > 0
      ? 'which accounts has as a source: write vault: true there, or leave it out here for a copy in the account of its image'
      : 'which accounts does not have: add it there with vault: true, or leave it out here';
  return [{ path, message: `is '${account}', ${remedy}` }];
}

function findKeyProblems(
  { region, account, kmsKey, encrypt }: LooseCopy,
  path: Inconsistency['path'],
): Inconsistency[] {
  const problems: Inconsistency[] = [];
  if (kmsKey === undefined) return problems;
  const keyRegion = /^arn:[^:]*:kms:([^:]*):/.exec(kmsKey)?.[1];
  if (region !== undefined && keyRegion !== undefined && keyRegion !== region) {
    problems.push({
      path: [...path, 'kmsKey'],
      message: `is a key in '${keyRegion}', but the copy is made in '${region}': write a key of that region`,
    });
  }
  const [, aws] = /(?:^|:)alias\/aws\/(.+)$/.exec(kmsKey) ?? [];
  if (aws !== undefined && aws !== 'ebs') {
    problems.push({
      path: [...path, 'kmsKey'],
      message: `is '${kmsKey}', the key that AWS keeps for another service, which EBS cannot use: write a key of your own, or alias/aws/ebs`,
    });
  } else if (aws !== undefined && account !== undefined) {
    problems.push({
      path: [...path, 'kmsKey'],
      message: `is '${kmsKey}', the key that AWS keeps for EBS: nothing under it can be shared with another account, so that what is in the vault could never be given back; write a key of account '${account}'`,
    });
  }
  if (encrypt === 'as-source') {
    problems.push({
      path: [...path, 'encrypt'],
      message:
        "is 'as-source', but a copy with a kmsKey is always encrypted: write always, or leave out one of the two",
    });
  }
  return problems;
}

function findTagProblems({ tags, instanceTags }: LoosePolicy['image'], path: Inconsistency['path']): Inconsistency[] {
  const problems: Inconsistency[] = instanceTags.flatMap((key, index) =>
    key === undefined || !Object.hasOwn(tags, key)
      ? []
      : [
          {
            path: [...path, 'instanceTags', index],
            message: `is '${key}', which tags sets already: leave out one of the two`,
          },
        ],
  );
  problems.push(...findRepeated(instanceTags, [...path, 'instanceTags']));
  const count = Object.keys(tags).length + instanceTags.length;
  if (count > MOST_TAGS) {
    problems.push({
      path: [...path, Object.keys(tags).length > 0 ? 'tags' : 'instanceTags'],
      message: `gives an image ${count} tags with tags and instanceTags: write at most ${MOST_TAGS} in all; EC2 allows 50, of which amikeep needs the others`,
    });
  }
  return problems;
}
