import { formatInstant, HOUR, MINUTE, SECOND } from '../../lib/model/time.ts';
import type { Ec2Behaviour } from '../../sandbox/ec2/behaviour/behaviour.ts';
import type { FaultRule } from '../../sandbox/fault-rule.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Chance } from './chance.ts';
import { spoilImages } from './drill-faults.ts';
import { fairWeather, type Weather } from './weather.ts';
import { COPY_KEY } from './written-policies.ts';

export interface FaultPorts {
  readonly sandbox: Sandbox;
  readonly chance: Chance;
  readonly weather: Weather;
  /** Between these moments faults may strike. */
  readonly from: number;
  readonly until: number;
  /** Whom faults of calls strike. */
  readonly caller: string;
  readonly regions: readonly string[];
  readonly copyRegions: readonly string[];
  /** Lets something happen at a moment. */
  readonly at: (moment: number, turn: Turn, happen: () => void) => void;
}

/** A fault that comes or goes. */
interface Turn {
  /** The same for its coming and its going. */
  readonly topic: string;
  readonly text: string;
  readonly isOver?: boolean;
}

/** Something that can go wrong, and how it comes and goes. */
interface Fault {
  readonly name: string;
  readonly what: string;
  readonly arm: (ports: FaultPorts) => void;
}

/** The longest that reads may lag behind, in any fault: what observers have to grant. */
export const LONGEST_LAG = 30 * SECOND;
/** The longest that a call may be on its way, in any fault. */
export const LONGEST_TRANSIT = 4 * SECOND;

/** The operations that are denied: everything that a run calls but for its own bus, or nothing could tell of it. */
export const OPERATIONS = [
  'CopyImage',
  'CreateImage',
  'CreateImageUsageReport',
  'CreateTags',
  'DeleteNetworkInterface',
  'DeleteSnapshot',
  'DeleteTags',
  'DeleteVolume',
  'DeregisterImage',
  'DescribeAutoScalingGroups',
  'DescribeImageAttribute',
  'DescribeImageReferences',
  'DescribeImageUsageReportEntries',
  'DescribeImageUsageReports',
  'DescribeImages',
  'DescribeInstanceInformation',
  'DescribeInstanceStatus',
  'DescribeInstances',
  'DescribeLaunchConfigurations',
  'DescribeLaunchTemplateVersions',
  'DescribeLaunchTemplates',
  'DescribeLockedSnapshots',
  'DescribeNetworkInterfaces',
  'DescribeParameters',
  'DescribeRouteTables',
  'DescribeSecurityGroups',
  'DescribeSnapshotAttribute',
  'DescribeSnapshots',
  'DescribeSubnets',
  'DescribeVolumes',
  'DisableImage',
  'DisableImageDeprecation',
  'EnableImage',
  'EnableImageDeprecation',
  'GetConsoleOutput',
  'GetParameters',
  'GetRule',
  'ListCommandInvocations',
  'ListImagesInRecycleBin',
  'ListRules',
  'RunInstances',
  'SendCommand',
  'Sign',
  'TerminateInstances',
  'GetPublicKey',
] as const;

/** The services that runs call, but for their own bus. */
const SERVICES = ['ec2', 'autoscaling', 'ssm', 'rbin', 'kms'] as const;

export const FAULTS: readonly Fault[] = [
  calls('throttling', 'EC2 is asked too much', ({ chance }) => ({
    kind: 'throttle',
    probability: chance.pick([0.05, 0.2, 0.4]),
  })),
  calls('errors', '5xx, and nothing has happened', ({ chance }) => ({
    kind: 'error-before',
    probability: chance.pick([0.05, 0.2]),
  })),
  calls('errors-after', '5xx, and it has happened all the same', ({ chance }) => ({
    kind: 'error-after',
    probability: chance.pick([0.05, 0.2]),
  })),
  calls('lost-answers', 'no answer, and it has happened', ({ chance }) => ({
    kind: 'lost-answer',
    probability: chance.pick([0.05, 0.2]),
  })),
  calls('denied', 'one operation is not allowed for hours', ({ chance }) => ({
    kind: 'denied',
    operation: chance.pick(OPERATIONS),
  })),
  calls('region-out', 'a region answers nothing for hours', ({ chance, regions, copyRegions }) => ({
    kind: 'error-before',
    region: chance.pick([...regions, ...copyRegions]),
    code: 'Unavailable',
    status: 503,
  })),
  behaves('stale-reads', 'reads lag behind what was made, changed and deregistered', ({ chance }) => ({
    createVisibilityMs: chance.below(LONGEST_LAG),
    changeVisibilityMs: chance.below(LONGEST_LAG),
    deregisteredListedMs: chance.below(LONGEST_LAG),
    nameReleaseMs: chance.below(LONGEST_LAG),
  })),
  behaves('uneven-pages', 'half-full, empty and tiny pages before the last', ({ chance }) => ({
    pageFill: chance.pick(['uneven', 'scant']),
  })),
  behaves('quotas', 'few copies at a time, or no room for more images or snapshots', ({ chance }) => ({
    concurrentCopies: chance.from(1, 3),
    concurrentSnapshotCopies: chance.from(1, 4),
    concurrentImagesPerInstance: 1,
    ...(chance.hits(0.4) && chance.pick([{ imageQuota: chance.from(2, 30) }, { snapshotQuota: chance.from(2, 40) }])),
  })),
  behaves('key-trouble', 'the key of the copies cannot be used', () => ({ unusableKmsKeys: [COPY_KEY] })),
  blows('crashes', 'runs die between two calls', ({ chance }) => ({ crash: chance.pick([0.05, 0.2]) })),
  blows('twins', 'an event starts two runs, whose calls mix', ({ chance }) => ({
    twins: chance.pick([0.1, 0.4]),
    transit: chance.from(1, LONGEST_TRANSIT),
  })),
  blows('lost-events', 'events never come', ({ chance }) => ({ eventLost: chance.pick([0.1, 0.4]) })),
  blows('doubled-events', 'events come twice', ({ chance }) => ({ eventDoubled: chance.pick([0.1, 0.4]) })),
  blows('late-events', 'events come late, and out of order', ({ chance }) => ({
    eventDelay: chance.pick([5 * MINUTE, 6 * HOUR]),
  })),
  blows('clock-skew', 'schedules fire early, by the clock of the functions', ({ chance }) => ({
    skew: chance.below(4 * MINUTE),
  })),
  blows('short-time', 'functions have seconds, and calls are slow', ({ chance }) => ({
    functionTime: chance.from(20, 90) * SECOND,
    transit: LONGEST_TRANSIT,
  })),
  { name: 'failing-images', what: 'images and copies fail, some late', arm: failImages },
  { name: 'images-down', what: 'images do not come up when they are started', arm: spoilImages },
  behaves(
    'no-capacity',
    'there is no room for instances of a type, in a zone, or they end at once',
    ({ chance, regions }) => ({
      capacityShortages: [
        {
          ...(chance.hits(0.6) && { zone: `${chance.pick(regions)}${chance.pick(['a', 'b'])}` }),
          ...(chance.hits(0.5) && { type: chance.pick(['t3.medium', 't3.small']) }),
          strikes: chance.pick(['call', 'pending']),
        },
      ],
    }),
  ),
];

/** The beginning of one of a fault's episodes, and its end: a later episode may begin before it. */
const begins = (name: string, episode: number, text: string): Turn => ({ topic: `${name} ${episode}`, text });
const ends = (name: string, episode: number): Turn => ({
  topic: `${name} ${episode}`,
  text: `${name} ends`,
  isOver: true,
});

/** Faults of calls, for some hours at a time. */
function calls(name: string, what: string, ruleOf: (ports: FaultPorts) => FaultRule): Fault {
  return {
    name,
    what,
    arm: (ports) => {
      const { sandbox, caller } = ports;
      for (const [index, { from, until }] of episodes(ports, [1, 30]).entries()) {
        const rule = ruleOf(ports);
        const about = [rule.operation, rule.region, rule.probability].filter((part) => part !== undefined).join(' ');
        const told = `${name} begins until ${formatInstant(until)}: ${what} ${about}`;
        const services = rule.operation === undefined ? SERVICES : [undefined];
        const id = (service: string | undefined) => `${name}-${index}-${service}`;
        ports.at(from, begins(name, index, told), () => {
          for (const service of services) {
            sandbox.faults.add({ ...rule, ...(service && { service }), caller, id: id(service) });
          }
        });
        ports.at(until, ends(name, index), () => {
          for (const service of services) sandbox.faults.remove(id(service));
        });
      }
    },
  };
}

/** EC2 behaves otherwise, for some hours or days at a time. */
function behaves(name: string, what: string, patchOf: (ports: FaultPorts) => Partial<Ec2Behaviour>): Fault {
  return {
    name,
    what,
    arm: (ports) => {
      const usual = ports.sandbox.ec2.behaviour().settings;
      for (const [index, { from, until }] of episodes(ports, [6, 24 * 8]).entries()) {
        const patch = patchOf(ports);
        const back = Object.fromEntries(Object.entries(usual).filter(([key]) => Object.hasOwn(patch, key)));
        const text = `${name} begins: ${what} ${JSON.stringify(patch)}`;
        ports.at(from, begins(name, index, text), () => ports.sandbox.ec2.setBehaviour(patch));
        ports.at(until, ends(name, index), () => ports.sandbox.ec2.setBehaviour(back));
      }
    },
  };
}

/** Runs and events fare otherwise, for some hours or days at a time. */
function blows(name: string, what: string, changeOf: (ports: FaultPorts) => Partial<Weather>): Fault {
  return {
    name,
    what,
    arm: (ports) => {
      for (const [index, { from, until }] of episodes(ports, [6, 24 * 8]).entries()) {
        const change = changeOf(ports);
        const fair = fairWeather();
        const back = Object.fromEntries(Object.entries(fair).filter(([key]) => Object.hasOwn(change, key)));
        const text = `${name} begins: ${what} ${JSON.stringify(change)}`;
        ports.at(from, begins(name, index, text), () => Object.assign(ports.weather, change));
        ports.at(until, ends(name, index), () => Object.assign(ports.weather, back));
      }
    },
  };
}

function failImages({ sandbox, chance, from, until, regions, copyRegions, at }: FaultPorts): void {
  const laid: (() => void)[] = [];
  for (let moment = from + chance.pause(60 * HOUR); moment < until; moment += chance.pause(60 * HOUR)) {
    const hasCopies = copyRegions.length > 0;
    const operation = hasCopies ? chance.pick(['CreateImage', 'CopyImage', 'CopyImage'] as const) : 'CreateImage';
    const region = chance.pick(operation === 'CopyImage' ? copyRegions : regions);
    const after = chance.pick([MINUTE, 30 * MINUTE]);
    const text = `the next ${operation} in ${region} will fail`;
    at(moment, { topic: 'failing-images', text }, () => {
      const failure = { code: 'Client.InternalError', message: 'the disk had a bad day', operation, region };
      laid.push(sandbox.ec2.failNextImage({ ...failure, ...(chance.hits(0.5) && { after }) }));
    });
  }
  // Where few images are made, more failures are laid on than strike.
  at(until, { topic: 'failing-images', text: 'failing-images ends', isOver: true }, () => {
    for (const takeAway of laid) takeAway();
  });
}

/** One to three stretches of so many hours. */
function episodes({ chance, from, until }: FaultPorts, [least, most]: readonly [least: number, most: number]) {
  return Array.from({ length: chance.from(1, 3) }, () => {
    const begin = from + chance.below(Math.max(1, until - from));
    return { from: begin, until: Math.min(until, begin + chance.from(least, most) * HOUR) };
  });
}
