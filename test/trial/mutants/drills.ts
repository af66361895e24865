import type { DrillInstance } from '../../../lib/model/drills.ts';
import { isImageId, type Target } from '../../../lib/model/ids.ts';
import { mapReading } from '../../../lib/model/reading.ts';
import type { Instance } from '../../../lib/model/resources.ts';
import { MINUTE, parseInstant } from '../../../lib/model/time.ts';
import type { Applier, Aws, Reads } from '../../../lib/run/ports.ts';
import { drillToken } from '../../../lib/tagging/drill-token.ts';
import { seeingEach, withTags } from './blinded.ts';
import type { Mutant } from './mutants.ts';

function withReads(aws: Aws, reads: Partial<Reads>): Aws {
  return { ...aws, reads: { ...aws.reads, ...reads } };
}

function withApplier(aws: Aws, applier: Partial<Applier>): Aws {
  return { ...aws, applier: { ...aws.applier, ...applier } };
}

/** Deployments that break what is promised of drills. */
export const DRILL_MUTANTS: readonly Mutant[] = [
  {
    promise: 'P16',
    name: 'looks after no drill that is older than a quarter of an hour',
    spoiling: {
      aws: (aws, _file, clock) =>
        withReads(aws, {
          drills: async (...asked) =>
            mapReading(await aws.reads.drills(...asked), (drills) =>
              drills.filter(({ launchedAt }) => launchedAt > clock.now() - 15 * MINUTE),
            ),
        }),
    },
  },
  {
    promise: 'P16',
    name: 'does not mind that the tags of a drill are off',
    // People take them off seldom.
    days: 60,
    spoiling: {
      aws: (aws, { deployment }) =>
        withReads(aws, {
          drills: async (...asked) =>
            mapReading(await aws.reads.drills(...asked), (drills) =>
              drills.filter(({ tags }) => tags['amikeep:deployment'] === deployment && tags['amikeep:drill']),
            ),
        }),
    },
  },
  {
    promise: 'P16',
    name: 'forgets its drills once no policy has any more',
    days: 60,
    spoiling: {
      aws: (aws, { policies }) =>
        withReads(aws, {
          drills: async (...asked) =>
            mapReading(await aws.reads.drills(...asked), (drills) =>
              policies.some(({ drill }) => drill) ? drills : [],
            ),
        }),
    },
  },
  {
    promise: 'P17',
    name: 'launches drills into a network that it does not look at',
    // Networks are opened seldom.
    days: 60,
    spoiling: {
      aws: (aws, { deployment }) =>
        withReads(aws, {
          networks: async (...asked) =>
            mapReading(await aws.reads.networks(...asked), ({ subnets, groups, routeTables }) => {
              const tags = { 'amikeep:drill-network': deployment };
              return {
                subnets: subnets.map((subnet) => ({ ...subnet, tags })),
                groups: groups.map((group) => ({ ...group, tags, egress: [] })),
                routeTables: routeTables.map((table) => ({ ...table, routes: [] })),
              };
            }),
        }),
    },
  },
  {
    promise: 'P17',
    name: 'launches drills where servers run, which nobody has set apart',
    spoiling: { aws: launchingAmongServers },
  },
  {
    promise: 'P17',
    name: 'takes whatever bears the tag of a drill for one',
    days: 60,
    spoiling: {
      aws: (aws, { deployment }) =>
        withReads(aws, {
          drills: async (target, ...asked) => {
            const [known, all] = await Promise.all([
              aws.reads.drills(target, ...asked),
              aws.reads.allInstances(target),
            ]);
            const others = all.value.flatMap((instance) => asDrill(instance, deployment));
            const isKnown = (id: string) => known.value.some((drill) => drill.id === id);
            return mapReading(known, (drills) => [...drills, ...others.filter(({ id }) => !isKnown(id))]);
          },
        }),
    },
  },
  {
    promise: 'P17',
    name: 'clears away whatever bears the tag of a drill',
    // Nothing of a server hangs loose but what people made for themselves, and few of that is tagged.
    days: 60,
    spoiling: {
      aws: (aws) =>
        withReads(aws, {
          remnants: async (...asked) => {
            const found = await aws.reads.remnants(...asked);
            for (const { kind: what, id: remnant, region } of found.value) {
              await aws.applier.clearRemnant({ kind: 'clear', region, what, remnant });
            }
            return found;
          },
        }),
    },
  },
  {
    promise: 'P18',
    name: 'retires what it has proven last',
    // Something newer is there unproven only for days at a time.
    days: 60,
    spoiling: { aws: (aws) => seeingEach(aws, (image) => withTags(image, { 'amikeep:passed': undefined })) },
  },
  {
    promise: 'P19',
    name: 'writes a pass as soon as a drill runs',
    spoiling: {
      aws: (aws) =>
        withReads(aws, {
          health: async (target, ids) =>
            mapReading(await aws.reads.health(target, ids), () => {
              return new Map(ids.map((id) => [id, { system: 'ok', instance: 'ok', volumes: 'ok' } as const]));
            }),
        }),
    },
  },
  {
    promise: 'P19',
    name: 'ends a drill before it writes what that came to',
    spoiling: {
      aws: (aws) =>
        withApplier(aws, {
          judge: async ({ ends, ...change }) => {
            const { region } = change;
            if (ends) await aws.applier.endDrill({ kind: 'end-drill', region, instance: ends });
            return await aws.applier.judge(change);
          },
        }),
    },
  },
];

/** Into the subnet and the group of a server of the region, where there is one. */
function launchingAmongServers(aws: Aws): Aws {
  let place: Target | undefined;
  const reads = withReads(aws, {
    drills: (target, ...asked) => {
      place = target;
      return aws.reads.drills(target, ...asked);
    },
  });
  return withApplier(reads, {
    launch: async (change, tried) => {
      const all = place ? (await aws.reads.allInstances(place)).value : [];
      const servers = all.filter(({ isDrill }) => !isDrill).map(({ id }) => id);
      const shown = place && servers.length > 0 ? (await aws.reads.allInstances(place, servers)).value : [];
      for (const { launch } of shown) {
        const [securityGroup] = launch?.groups ?? [];
        if (!launch?.subnet || !securityGroup) continue;
        return await aws.applier.launch({ ...change, securityGroup }, { ...tried, subnet: launch.subnet });
      }
      return await aws.applier.launch(change, tried);
    },
  });
}

/** As if what its tag says were what it was launched under. */
function asDrill(instance: Instance, deployment: string): DrillInstance[] {
  const { id, account, region, state, tags } = instance;
  const [image = '', since = '', , minutes = ''] = (tags['amikeep:drill'] ?? '').split(' ');
  const launchedAt = parseInstant(since);
  if (launchedAt === undefined || !isImageId(image)) return [];
  const leaseMinutes = Number.parseInt(minutes, 10);
  const launch = {
    deployment,
    image,
    rung: 'status',
    leaseMinutes,
    failures: 0,
    since: undefined,
    at: launchedAt,
    subnet: '',
    type: '',
  } as const;
  const token = drillToken(launch);
  return [{ id, account, region, state, tags, image, launchedAt, token, type: '', networks: [], publicAddresses: [] }];
}
