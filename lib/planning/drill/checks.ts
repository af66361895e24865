import { stripVTControlCharacters } from 'node:util';
import type { CommandRun, DrillInstance, Health } from '../../model/drills.ts';
import type { InstanceId } from '../../model/ids.ts';
import { gapOf } from '../../model/reading.ts';
import type { Rung } from '../../model/rungs.ts';
import type { DrillSettings } from '../../policy/policy.ts';
import { hasLine } from './console-lines.ts';
import type { DrillChecks } from './inventory.ts';

/** How far a running drill has come. */
export type Progress =
  | { readonly kind: 'passed' }
  /** The command is yet to be sent. */
  | { readonly kind: 'ask'; readonly document: string; readonly text: string }
  /** What tells of it has said that it will not come up. */
  | { readonly kind: 'failed'; readonly text: string }
  /** `late`: what it is if this is still so when its time is up. */
  | { readonly kind: 'waits'; readonly text: string; readonly late: 'failed' | 'inconclusive' };

/** What of a policy says how its drills are checked; undefined where it drills no more. */
export type CheckSettings = Pick<DrillSettings, 'console' | 'document'> | undefined;

/** Whether a drill has come to the rung that was asked for: each rung only once the one below it is reached. */
export function progressOf(drill: DrillInstance, rung: Rung, settings: CheckSettings, checks: DrillChecks): Progress {
  const up = ofStatus(drill, settings, checks);
  if (up.kind !== 'passed') return up;
  switch (rung) {
    case 'status':
      return up;
    case 'console':
      return ofConsole(drill, settings, checks);
    case 'command':
      return ofCommand(drill, settings, checks);
  }
}

/** What a console says of a system that has come up. */
const IS_UP = /\blogin: *$|\bWindows is Ready to use\b/im;
/** What any stage of a Linux system leaves on its console: the kernel, its clock, what starts the services, the prompt. */
const IS_LINUX = /\bLinux version\b|^\[ *\d+\.\d{6}\]|\bsystemd\b|\bReached target\b|\blogin:/im;

function ofStatus({ id }: DrillInstance, settings: CheckSettings, { health, consoles }: DrillChecks): Progress {
  const found = health.value.get(id);
  if (!found) {
    const text = gapOf(health, 'its status') ?? 'EC2 tells no status of it yet';
    return { kind: 'waits', text, late: 'inconclusive' };
  }
  const amiss = TOLD.find((check) => !isFine(check, found));
  if (!amiss) return { kind: 'passed' };
  const { of, what, blames } = amiss;
  const text = `the status of ${what} is ${found[of]}`;
  // What is amiss with EC2's own machine or its disks says nothing of the image, and what EC2 does not know does not either.
  if (!blames || found[of] !== 'impaired') return { kind: 'waits', text, late: 'inconclusive' };
  // EC2 looks by the network alone: a system with a fixed address is up and does not answer.
  const console = consoleOf(id, consoles) ?? '';
  const pattern = settings?.console;
  const isThere = IS_UP.test(console) || (pattern !== undefined && hasLine(console, pattern) === true);
  return isThere
    ? { kind: 'waits', text: `${text}, and by its console it is up: its address may be fixed`, late: 'inconclusive' }
    : { kind: 'waits', text, late: 'failed' };
}

/** Whether all of EC2's checks of an instance say that it is up. */
export function isUp(health: Health | undefined): boolean {
  return health !== undefined && TOLD.every((check) => isFine(check, health));
}

interface Told {
  readonly of: keyof Health;
  readonly what: string;
  /** Whether it is the image's doing. */
  readonly blames: boolean;
  /** Older types have no such check. */
  readonly mayBeAbsent?: true;
}

/** In the order in which they are told: what is amiss below explains what is amiss above. */
const TOLD: readonly Told[] = [
  { of: 'system', what: 'the machine that EC2 runs it on', blames: false },
  { of: 'volumes', what: 'its volumes', blames: false, mayBeAbsent: true },
  { of: 'instance', what: 'the instance', blames: true },
];

function isFine({ of, mayBeAbsent }: Told, health: Health): boolean {
  return health[of] === 'ok' || (mayBeAbsent === true && health[of] === 'not-applicable');
}

function ofConsole({ id }: DrillInstance, settings: CheckSettings, { consoles }: DrillChecks): Progress {
  const pattern = settings?.console;
  if (pattern === undefined) return unasked('drill.console');
  const text = consoleOf(id, consoles);
  if (text === undefined) {
    const gap = gapOf(consoles, 'its console') ?? 'EC2 shows no console of it yet';
    return { kind: 'waits', text: gap, late: 'inconclusive' };
  }
  const isThere = hasLine(text, pattern);
  if (isThere === undefined) {
    const slow = `the pattern ${pattern} takes too long on what its console shows; write one without repetitions of repetitions`;
    return { kind: 'waits', text: slow, late: 'inconclusive' };
  }
  if (isThere) return { kind: 'passed' };
  const none = `no line of its console matches ${pattern}`;
  if (IS_LINUX.test(text)) return { kind: 'waits', text: none, late: 'failed' };
  // Of Windows EC2 shows the last errors of the event log.
  const other = `${none}, and it shows nothing of a Linux system; write check: status or check: command where it is none`;
  return { kind: 'waits', text: other, late: 'inconclusive' };
}

/** As a person reads it: agetty and systemd write escape sequences between the words. */
function consoleOf(id: InstanceId, consoles: DrillChecks['consoles']): string | undefined {
  const text = consoles.value.get(id);
  return text === undefined ? undefined : stripVTControlCharacters(text);
}

function ofCommand({ id }: DrillInstance, settings: CheckSettings, { nodes, commands }: DrillChecks): Progress {
  const document = settings?.document;
  if (document === undefined) return unasked('drill.document');
  const sent = commands.value.get(id)?.filter((run) => run.document === document) ?? [];
  if (sent.some(({ state }) => state === 'succeeded')) return { kind: 'passed' };
  const [newest] = sent;
  if (newest && sent.every(({ state }) => state === 'failed')) {
    // What never ran in it says nothing of it.
    const { status, exitStatus } = newest;
    const text = `the command ${document} ended ${status}${exitStatus === undefined ? '' : `, with exit status ${exitStatus}`}`;
    return NOT_RUN.has(status) ? { kind: 'waits', text, late: 'inconclusive' } : { kind: 'failed', text };
  }
  if (newest) {
    const hasBegun = sent.some(({ status }) => status === 'InProgress');
    const text = `the command ${document} has not ${hasBegun ? 'ended' : 'begun'}`;
    return { kind: 'waits', text, late: hasBegun ? 'failed' : 'inconclusive' };
  }
  const gap = gapOf(commands, 'its commands') ?? gapOf(nodes, 'what SSM knows');
  if (gap !== undefined) return { kind: 'waits', text: gap, late: 'inconclusive' };
  if (!nodes.value.has(id)) {
    return { kind: 'waits', text: "SSM's agent in it has not made itself known", late: 'inconclusive' };
  }
  return { kind: 'ask', document, text: `its status is ok, and SSM knows it: ${document} is run in it` };
}

/** SSM's words for a command that did not come to be run. */
const NOT_RUN: ReadonlySet<CommandRun['status']> = new Set([
  'Cancelled',
  'DeliveryTimedOut',
  'Undeliverable',
  'Terminated',
  'InvalidPlatform',
  'AccessDenied',
]);

/** The policy has changed since the launch. */
function unasked(what: string): Progress {
  return { kind: 'waits', text: `its policy no longer has ${what}`, late: 'inconclusive' };
}
