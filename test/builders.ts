import { accountId, imageId, instanceId, region, snapshotId, volumeId } from '../lib/model/ids.ts';
import type { Image, Instance } from '../lib/model/resources.ts';
import type { RetireRules } from '../lib/model/retire-rules.ts';
import type { DrillSettings, Policy, PolicyFile } from '../lib/policy/policy.ts';
import { imageName } from '../lib/tagging/name.ts';
import { encodeStamp, type Stamp } from '../lib/tagging/stamp.ts';

/** What tests start from: each builder gives a whole and healthy thing, and takes what the test is about. */

export const HERE = { account: accountId('111122223333'), region: region('eu-central-1') };
export const DR = { account: HERE.account, region: region('eu-west-1') };
export const AN_INSTANCE_ID = instanceId('i-0123456789abcdef0');

/** Retired for real, with no stages between the mark and the end. */
export const RETIRE_RULES: RetireRules = {
  mode: 'apply',
  minKeep: 1,
  deprecateDays: 0,
  disableDays: 0,
  endAfterSourceGoneDays: 'never',
};

export function anInstance(overrides: Partial<Instance> = {}): Instance {
  return {
    id: AN_INSTANCE_ID,
    ...HERE,
    state: 'running',
    imageId: imageId('ami-00000000000000001'),
    rootDevice: 'ebs',
    rootDeviceName: '/dev/xvda',
    volumes: [{ id: volumeId('vol-0123456789abcdef0'), device: '/dev/xvda' }],
    tags: { Name: 'web-1', Backup: 'nightly' },
    ...overrides,
  };
}

export function aStamp(overrides: Partial<Stamp> = {}): Stamp {
  return {
    deployment: 'prod',
    policy: 'nightly',
    lineage: AN_INSTANCE_ID,
    slot: Date.UTC(2026, 10, 23, 2),
    attempt: 1,
    home: HERE,
    source: { ...HERE, instance: AN_INSTANCE_ID },
    keep: { rules: { keepLast: 3, keepDaily: 7 }, timeZone: 'Europe/Berlin' },
    retire: RETIRE_RULES,
    ...overrides,
  };
}

/** An image of {@link aStamp}, whatever of it is overridden: give `name` and `tags` of a stamp, or use {@link anImageOf}. */
export function anImage(overrides: Partial<Image> = {}): Image {
  return anImageOf(aStamp(), overrides);
}

/** The image that a stamp says: in its home, with its name and tags, and with a source instance unless it is a copy. */
export function anImageOf(stamp: Stamp, overrides: Partial<Image> = {}): Image {
  const isCopy = stamp.home.account !== stamp.source.account || stamp.home.region !== stamp.source.region;
  return {
    id: imageId('ami-0123456789abcdef0'),
    ...stamp.home,
    name: imageName(stamp),
    state: 'available',
    public: false,
    createdAt: stamp.slot + 5_000,
    ...(!isCopy && { sourceInstance: stamp.source.instance }),
    devices: [{ device: '/dev/xvda', snapshot: snapshotId('snap-0123456789abcdef0'), size: 8, encrypted: true }],
    tags: encodeStamp(stamp),
    seal: 'valid',
    ...overrides,
  };
}

/** Drills in the DR region, each month, by EC2's status checks. */
export function aDrill(overrides: Partial<DrillSettings> = {}): DrillSettings {
  return {
    every: { days: 30 },
    regions: [DR.region],
    check: 'status',
    instanceType: 'same',
    leaseMinutes: 45,
    atMost: 2,
    maxAgeDays: 45,
    network: { [DR.region]: { subnets: ['subnet-0a1b2c3d'], securityGroup: 'sg-0a1b2c3d' } },
    ...overrides,
  };
}

/** A policy of {@link anInstance}: kept and retired for real, with no copies. */
export function aPolicy(overrides: Partial<Policy> = {}): Policy {
  return {
    name: 'nightly',
    enabled: true,
    select: { tags: { Backup: ['nightly'] }, exclude: {}, excludeInstances: [], states: ['running', 'stopped'] },
    schedule: { expressions: ['cron(0 2 * * ? *)'], timeZone: 'UTC' },
    image: { reboot: 'never', tags: {}, instanceTags: [], excludeDevices: [], excludeVolumes: {} },
    copies: [],
    retention: { keepLast: 3 },
    retire: { ...RETIRE_RULES, maxPerDay: { percent: 100 } },
    ...overrides,
  };
}

export function aPolicyFile(overrides: Partial<PolicyFile> = {}): PolicyFile {
  return {
    deployment: 'prod',
    regions: [HERE.region],
    formerRegions: [],
    trustedKeys: [],
    accounts: [],
    keyAccounts: [],
    restore: {},
    policies: [aPolicy()],
    ...overrides,
  };
}
