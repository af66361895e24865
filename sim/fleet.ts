/** An instance that is to be launched: what there is to know of one before EC2 gives it an id. */
export interface InstanceSpec {
  /** What people call it: its Name tag. No two instances of a fleet share one at the same time. */
  readonly name: string;
  /** The id of the instance that it is a copy of. */
  readonly origin?: string;
  readonly region: string;
  readonly zone: string;
  readonly state: 'running' | 'stopped';
  readonly tags: Readonly<Record<string, string>>;
  /** Beside the root, which comes with the image that it is launched from. */
  readonly volumes: readonly VolumeSpec[];
}

export interface VolumeSpec {
  readonly device: string;
  /** In GiB. */
  readonly size: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** A group of alike instances in one region. */
interface Group {
  readonly prefix: string;
  readonly region: string;
  readonly count: number;
  /** The number of the first, so that groups of one prefix go on counting. */
  readonly from: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly volumes: readonly Omit<VolumeSpec, 'device'>[];
}

const DATA = { size: 100, tags: { Purpose: 'data' } };
const LOGS = { size: 40, tags: { Purpose: 'logs' } };
const SCRATCH = { size: 200, tags: { Purpose: 'scratch' } };

const WEB = { Tier: 'web', Owner: 'shop' };
const DATABASE = { Tier: 'database', Backup: 'nightly', Owner: 'data' };
const LEGACY = { Tier: 'legacy', Owner: 'nobody' };

const GROUPS: readonly Group[] = [
  { prefix: 'web', region: 'eu-central-1', count: 5, from: 1, tags: WEB, volumes: [] },
  { prefix: 'web', region: 'us-east-1', count: 3, from: 6, tags: WEB, volumes: [LOGS] },
  { prefix: 'db', region: 'eu-central-1', count: 6, from: 1, tags: DATABASE, volumes: [DATA, LOGS, SCRATCH] },
  { prefix: 'db', region: 'us-east-1', count: 4, from: 7, tags: DATABASE, volumes: [DATA, SCRATCH] },
  { prefix: 'old', region: 'eu-central-1', count: 6, from: 1, tags: LEGACY, volumes: [LOGS] },
  { prefix: 'old', region: 'us-east-1', count: 4, from: 7, tags: LEGACY, volumes: [] },
  // Nobody asked for images of these.
  { prefix: 'bastion', region: 'eu-central-1', count: 1, from: 1, tags: { Tier: 'bastion' }, volumes: [] },
  { prefix: 'bastion', region: 'us-east-1', count: 1, from: 2, tags: { Tier: 'bastion' }, volumes: [] },
];

/** The fleet of the demo: thirty instances with one to four volumes each, in two regions. */
export function demoFleet(): InstanceSpec[] {
  return GROUPS.flatMap((group) => Array.from({ length: group.count }, (_, index) => memberOf(group, index)));
}

function memberOf({ prefix, region, from, tags, volumes }: Group, index: number): InstanceSpec {
  const name = `${prefix}-${String(from + index).padStart(2, '0')}`;
  return {
    name,
    region,
    zone: `${region}${'abc'[index % 3]}`,
    state: prefix === 'old' && index === 0 ? 'stopped' : 'running',
    tags: { Name: name, ...(prefix === 'web' && { App: name }), ...tags },
    volumes: volumes.map((volume, at) => ({ ...volume, device: `/dev/sd${'fghi'[at]}` })),
  };
}
