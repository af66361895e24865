import { instanceId, isImageId, isInstanceId, type Region, region } from '../../lib/model/ids.ts';
import { keysOfTable } from '../../lib/model/table.ts';
import { parseInstant } from '../../lib/model/time.ts';
import type { Restorable, RestoreFlags, Wanted } from '../../lib/planning/restore/request.ts';
import type { Mode } from '../../lib/run/event.ts';
import { InputError } from '../../lib/run/input-error.ts';
import { slotOfVersion } from '../../lib/tagging/version.ts';
import type { Form } from './forms.ts';

/** The options of a restore, as commander hands them over. */
export interface RestoreOptions {
  readonly version?: string;
  readonly at?: string;
  readonly region?: string;
  readonly type?: string;
  readonly subnet?: string;
  readonly securityGroup?: readonly string[];
  readonly profile?: string;
  readonly key?: string;
  readonly keepAddress?: true;
  readonly public?: true;
  readonly another?: true;
  readonly takeOver?: true;
  readonly inPlace?: 'root';
  readonly volume?: string;
  readonly attach?: string;
  readonly as?: Form;
  readonly json?: boolean;
  readonly mode?: Mode;
}

/** What was asked for, checked as far as it can be without AWS. */
export interface AskedRestore {
  readonly word: string;
  readonly wanted: Wanted;
  readonly what: Restorable;
  readonly flags: RestoreFlags;
  readonly takeOver: boolean;
  readonly another: boolean;
  readonly mode: Mode;
}

const TYPE = /^[a-z0-9-]+\.[a-z0-9-]+$/;
const SUBNET = /^subnet-[0-9a-f]+$/;
/** What IAM takes as a name (API reference, CreateInstanceProfile). */
const PROFILE = /^[\w+=,.@-]{1,128}$/;
/** Windows has names without a path, such as xvdb. */
const DEVICE = /^(?:\/dev\/)?[a-z][a-z0-9/]*$/;
const GROUP = /^sg-[0-9a-f]+$/;

/** @throws InputError with every option that makes no sense */
export function askedRestore(word: string, options: RestoreOptions): AskedRestore {
  const { version, at, type, subnet, securityGroup: groups, profile, key, volume, attach, mode = 'plan' } = options;
  const [time, place] = [at === undefined ? undefined : parseInstant(at), regionOf(options.region)];
  const wrong = (given: string | undefined, isRight: (text: string) => boolean, problem: (text: string) => string) =>
    given === undefined || isRight(given) ? [] : [problem(given)];
  const problems = [
    ...wrong(
      version,
      (text) => slotOfVersion(text) !== undefined,
      (text) => `--version: '${text}' is no version: write it as amikeep list shows it, 2026.11.23-0200`,
    ),
    ...wrong(
      at,
      () => time !== undefined,
      (text) => `--at: '${text}' is no moment: write it as 2026-11-23T02:00:00Z`,
    ),
    ...wrong(
      options.region,
      () => place !== undefined,
      (text) => `--region: '${text}' is no region: write one such as eu-central-1`,
    ),
    ...wrong(
      type,
      (text) => TYPE.test(text),
      (text) => `--type: '${text}' is no instance type: write one such as m7g.large`,
    ),
    ...wrong(
      subnet,
      (text) => SUBNET.test(text),
      (text) => `--subnet: '${text}' is no subnet: write its id, such as subnet-0a1b2c3d`,
    ),
    ...(groups ?? []).flatMap((group) =>
      wrong(
        group,
        (text) => GROUP.test(text),
        (text) => `--security-group: '${text}' is no security group: write its id, such as sg-0a1b2c3d`,
      ),
    ),
    ...wrong(
      profile,
      (text) => PROFILE.test(text),
      (text) => `--profile: '${text}' is no instance profile: write its name, not its ARN, or none`,
    ),
    ...wrong(
      key,
      (text) => text.trim() !== '',
      (text) => `--key: '${text}' is no key pair: write its name, or none`,
    ),
    ...wrong(
      volume,
      (text) => DEVICE.test(text),
      (text) => `--volume: '${text}' is no device: write it as the image has it, such as /dev/sdf`,
    ),
    ...wrong(
      attach,
      isInstanceId,
      (text) => `--attach: '${text}' is no instance: write its id, such as i-0123456789abcdef0`,
    ),
    ...contradictions(options),
    ...(isImageId(word) ? ofImages(options) : []),
    ...(version !== undefined && at !== undefined ? ['--version and --at: give one of them'] : []),
  ];
  if (problems.length > 0) throw new InputError(problems);
  return {
    word,
    what: restorableOf(options),
    wanted: {
      ...(version !== undefined && { version }),
      ...(time !== undefined && { at: time }),
      ...(place !== undefined && { region: place }),
    },
    flags: {
      ...(type !== undefined && { type }),
      ...(subnet !== undefined && { subnet }),
      ...(groups && { groups: [...new Set(groups)] }),
      ...(profile !== undefined && { profile }),
      ...(key !== undefined && { key }),
      keepAddress: options.keepAddress === true,
      isPublic: options.public === true,
    },
    takeOver: options.takeOver === true,
    another: options.another === true,
    mode,
  };
}

/** An image is of one version in one region. */
function ofImages({ version, at, region: place }: RestoreOptions): string[] {
  return version === undefined && at === undefined && place === undefined
    ? []
    : ['--version, --at and --region: an image is named, which is of one version in one region; leave them out'];
}

/** What says how a machine is to be, and of a root or a volume nothing. */
const OF_MACHINES = {
  type: '--type',
  subnet: '--subnet',
  securityGroup: '--security-group',
  profile: '--profile',
  key: '--key',
  keepAddress: '--keep-address',
  public: '--public',
  takeOver: '--take-over',
  as: '--as',
} as const satisfies Partial<Record<keyof RestoreOptions, string>>;

/** Options of which one leaves no room for the other. */
function contradictions(options: RestoreOptions): string[] {
  const { inPlace, volume, attach, as, mode, json } = options;
  const isMachine = inPlace === undefined && volume === undefined;
  const ofMachines = keysOfTable(OF_MACHINES).flatMap((key) => (options[key] === undefined ? [] : OF_MACHINES[key]));
  const instead = inPlace === undefined ? '--volume' : '--in-place';
  return [
    ...(inPlace !== undefined && volume !== undefined ? ['--in-place and --volume: give one of them'] : []),
    ...(attach !== undefined && volume === undefined
      ? ['--attach: only a volume is attached; name its device with --volume']
      : []),
    ...(!isMachine && ofMachines.length > 0
      ? [`${ofMachines.join(', ')}: for a machine, and with ${instead} none is made; leave ${instead} out, or these`]
      : []),
    ...(as !== undefined && json ? ['--as and --json: give one of them'] : []),
    ...(as !== undefined && mode === 'apply'
      ? ['--as: it prints the launch for another command; leave --mode apply out']
      : []),
  ];
}

function restorableOf({ inPlace, volume, attach }: RestoreOptions): Restorable {
  if (inPlace !== undefined) return { kind: 'root' };
  if (volume === undefined) return { kind: 'machine' };
  return { kind: 'volume', device: volume, ...(attach !== undefined && { attach: instanceId(attach) }) };
}

function regionOf(text: string | undefined): Region | undefined {
  if (text === undefined) return undefined;
  try {
    return region(text);
  } catch {
    return undefined;
  }
}
