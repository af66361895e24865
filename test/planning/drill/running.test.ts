import { describe, expect, it } from 'vitest';
import type { DrillInstance, Health } from '../../../lib/model/drills.ts';
import { instanceId } from '../../../lib/model/ids.ts';
import type { Rung } from '../../../lib/model/rungs.ts';
import { MINUTE } from '../../../lib/model/time.ts';
import type { DrillChecks } from '../../../lib/planning/drill/inventory.ts';
import { ami, cutShort, imageOfDay, NOW, read } from '../fleet.ts';
import {
  A_DRILL,
  aDrill,
  decisionOn,
  drilled,
  drillInventory,
  drilling,
  inShort,
  passed,
  plan,
  UP,
} from './grounds.ts';

const { checks: NOTHING_SEEN } = drillInventory();
const healthOf = (health: Health): Partial<DrillChecks> => ({ health: read(new Map([[A_DRILL, health]])) });
/** So many minutes from the launch on; a lease of 45 is judged from 40 on. */
const at = (minutes: number): Partial<DrillInstance> => ({ launchedAt: NOW - minutes * MINUTE });

function look(drill: DrillInstance, checks: Partial<DrillChecks> = {}, settings = {}) {
  const inventory = { drills: read([drill]), images: read([imageOfDay(0)]), checks: { ...NOTHING_SEEN, ...checks } };
  return decisionOn(A_DRILL, plan(inventory, drilling(settings), 'sweep'));
}

/** The verdict, and whether its drill ends whatever becomes of it. */
function verdictOf(decision: ReturnType<typeof look>) {
  return decision?.action === 'judge' ? decision.change : undefined;
}

describe('P19: a drill whose check is its status', () => {
  it('has passed once all of EC2’s checks are ok, or have nothing to check', () => {
    expect(verdictOf(look(aDrill(), healthOf(UP)))).toEqual({
      kind: 'judge',
      region: 'eu-central-1',
      image: ami(1),
      deployment: 'prod',
      verdict: { kind: 'passed', rung: 'status', seconds: 600, type: 'm7g.large', instance: A_DRILL },
      ends: A_DRILL,
      endsAnyway: false,
    });
    expect(verdictOf(look(aDrill(), healthOf({ ...UP, volumes: 'not-applicable' })))?.verdict.kind).toBe('passed');
  });

  it.each<[keyof Health, Health[keyof Health], 'failed' | 'inconclusive']>([
    ['instance', 'impaired', 'failed'],
    ['instance', 'initializing', 'inconclusive'],
    ['instance', 'not-applicable', 'inconclusive'],
    ['system', 'not-applicable', 'inconclusive'],
    ['instance', 'insufficient-data', 'inconclusive'],
    ['system', 'impaired', 'inconclusive'],
    ['system', 'initializing', 'inconclusive'],
    ['volumes', 'impaired', 'inconclusive'],
  ])('waits while its %s check is %s, and is %s when its time is up', (check, status, verdict) => {
    const health = healthOf({ ...UP, [check]: status });
    expect(look(aDrill(at(39)), health)).toMatchObject({ action: 'wait', reason: { code: 'drill-running' } });
    expect(verdictOf(look(aDrill(at(40)), health))?.verdict.kind).toBe(verdict);
  });

  it.each<[string, string]>([
    ['asks for a login', 'web login: '],
    ['asks for a login, with an escape sequence behind it', 'Ubuntu 24.04\n\nweb login: \u001b[?2004h'],
    ['says that Windows is ready', '2026/11/24 03:10:09Z: Message: Windows is Ready to use\r\n'],
    ['has the line of the policy', 'the shop is open\n'],
  ])('is inconclusive where only its network is silent, and its console %s: its address may be fixed', (_, console) => {
    const checks = {
      ...healthOf({ ...UP, instance: 'impaired' }),
      consoles: read(new Map([[A_DRILL, console]])),
    };
    const settings = { console: 'shop is open$' };
    expect(verdictOf(look(aDrill(at(40)), checks, settings))?.verdict.kind).toBe('inconclusive');
    const never = { ...checks, consoles: read(new Map([[A_DRILL, 'grub rescue> ']])) };
    expect(verdictOf(look(aDrill(at(40)), never, settings))?.verdict.kind).toBe('failed');
  });

  it('is judged by what ails the machine below it first', () => {
    const health = healthOf({ system: 'impaired', volumes: 'ok', instance: 'impaired' });
    expect(verdictOf(look(aDrill(at(40)), health))?.verdict.kind).toBe('inconclusive');
  });

  it('is inconclusive where its status could not be read or is not told', () => {
    expect(verdictOf(look(aDrill(at(40))))?.verdict.kind).toBe('inconclusive');
    const health = { health: cutShort(new Map(), 'status checks') };
    expect(look(aDrill(at(40)), health)?.reason.text).toContain('UnauthorizedOperation');
  });
});

describe('P19: a drill whose check lies further', () => {
  const further = (rung: Rung, checks: Partial<DrillChecks>, minutes = 10, settings = {}) =>
    look(aDrill(at(minutes), { rung }), { ...healthOf(UP), ...checks }, { check: rung, ...settings });
  const console = (text: string) => ({ consoles: read(new Map([[A_DRILL, text]])) });
  const command = (state: 'running' | 'succeeded' | 'failed', status: string, document = 'shop-health') => ({
    commands: read(new Map([[A_DRILL, [{ document, state, status }]]])),
    nodes: read(new Set([A_DRILL])),
  });
  const BOOT = '[    0.000000] Linux version 6.1.0\r\nReached target Multi-User System.';
  const LOGIN = { console: 'login:$' };
  const HEALTH = { document: 'shop-health' };

  it('passes by the console where a line matches, whichever', () => {
    expect(verdictOf(further('console', console('boot\r\nweb login:\r\n'), 10, LOGIN))?.verdict).toMatchObject({
      kind: 'passed',
      rung: 'console',
    });
    expect(further('console', console('boot\nlogin: root'), 10, LOGIN)?.action).toBe('wait');
    expect(verdictOf(further('console', console(BOOT), 40, LOGIN))?.verdict.kind).toBe('failed');
    expect(verdictOf(further('console', {}, 40, LOGIN))?.verdict.kind).toBe('inconclusive');
  });

  it('passes by the console as a person reads it, without what colours it', () => {
    const coloured = console(`${BOOT}\n[\u001b[0;32m  OK  \u001b[0m] Started shop\u001b[K\n`);
    const settings = { console: '^\\[  OK  \\] Started shop$' };
    expect(verdictOf(further('console', coloured, 10, settings))?.verdict.kind).toBe('passed');
  });

  it('is inconclusive by a console that shows nothing of a Linux system, as that of Windows', () => {
    const events = console('2026/11/24 03:10:00Z: System: The service did not start due to a logon failure.\r\n');
    const change = verdictOf(further('console', events, 40, LOGIN));
    expect(change?.verdict).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringMatching(/nothing of a Linux system.* check: status or check: command/),
    });
  });

  it('P16: is ended with its lease, though its pattern would take for ever on what the console shows', () => {
    const endless = { console: '^(.+)+ login!' };
    const shown = console(`${'a'.repeat(400)}\nboot`);
    expect(further('console', shown, 10, endless)).toMatchObject({
      action: 'wait',
      reason: { text: expect.stringContaining('takes too long on what its console shows') },
    });
    expect(verdictOf(further('console', shown, 40, endless))?.verdict.kind).toBe('inconclusive');
  });

  it('does not pass by the console while its status is not ok', () => {
    const checks = { ...console('web login:'), ...healthOf({ ...UP, instance: 'initializing' }) };
    expect(further('console', checks, 10, LOGIN)?.action).toBe('wait');
  });

  it('has its command sent once SSM knows it, and only once', () => {
    const known = { nodes: read(new Set([A_DRILL])) };
    expect(further('command', known, 10, HEALTH)).toMatchObject({
      action: 'ask',
      change: { instance: A_DRILL, document: 'shop-health' },
    });
    expect(further('command', {}, 10, HEALTH)?.action).toBe('wait');
    expect(verdictOf(further('command', {}, 40, HEALTH))?.verdict.kind).toBe('inconclusive');
    expect(further('command', command('running', 'InProgress'), 10, HEALTH)?.action).toBe('wait');
    expect(further('command', command('succeeded', 'Success', 'another'), 10, HEALTH)?.action).toBe('ask');
  });

  it.each<[Parameters<typeof command>, 'passed' | 'failed' | 'inconclusive']>([
    [['succeeded', 'Success'], 'passed'],
    [['failed', 'Failed'], 'failed'],
    [['failed', 'ExecutionTimedOut'], 'failed'],
    [['failed', 'DeliveryTimedOut'], 'inconclusive'],
    [['failed', 'Undeliverable'], 'inconclusive'],
    [['running', 'InProgress'], 'failed'],
    [['running', 'Pending'], 'inconclusive'],
  ])('whose command is %j is %s when its time is up', (sent, verdict) => {
    expect(verdictOf(further('command', command(...sent), 40, HEALTH))?.verdict.kind).toBe(verdict);
  });

  it('never passes by a policy that has changed since', () => {
    expect(verdictOf(further('console', console('web login:'), 40))?.verdict.kind).toBe('inconclusive');
    expect(verdictOf(further('command', command('succeeded', 'Success'), 40))?.verdict.kind).toBe('inconclusive');
  });
});

describe('P16: a drill', () => {
  it('ends when its lease is over, though its verdict could not be written', () => {
    expect(verdictOf(look(aDrill(at(44))))?.endsAnyway).toBe(false);
    expect(verdictOf(look(aDrill(at(45))))?.endsAnyway).toBe(true);
  });

  it('has the lease of its token, whatever its tags or the policy say since', () => {
    const long = aDrill(at(46), { leaseMinutes: 300 });
    expect(look(long, {}, { leaseMinutes: 20 })?.action).toBe('wait');
  });

  it('ends once a verdict has been given since its launch', () => {
    const endedBy = (image: ReturnType<typeof imageOfDay>) =>
      inShort(plan({ drills: read([aDrill()]), images: read([image]) }, drilling(), 'sweep'))[A_DRILL];
    expect(endedBy(passed(imageOfDay(0), 0))).toBe('end-drill drill-over');
    expect(endedBy(drilled(imageOfDay(0), 'failed', 1, NOW - MINUTE))).toBe('end-drill drill-over');
    expect(endedBy(drilled(imageOfDay(0), 'failed', 1, NOW - 11 * MINUTE))).toBe('wait drill-running');
  });

  it('ends where its image is gone or not ours, and not where that could not be read', () => {
    const without = (images: Parameters<typeof plan>[0]['images']) =>
      inShort(plan({ drills: read([aDrill()]), ...(images && { images }) }, drilling(), 'sweep'))[A_DRILL];
    expect(without(read([]))).toBe('end-drill drill-over');
    expect(without(read([{ ...imageOfDay(0), seal: 'broken' }]))).toBe('end-drill drill-over');
    expect(without(read([{ ...imageOfDay(0), seal: 'unread' }]))).toBe('wait drill-running');
    expect(without(cutShort([]))).toBe('wait drill-running');
  });

  it('ends at its lease though nothing of its image could be read', () => {
    const inventory = { drills: read([aDrill(at(45))]), images: cutShort([]) };
    expect(inShort(plan(inventory, drilling(), 'sweep'))[A_DRILL]).toMatch(/^end-drill /);
  });

  it('that somebody has stopped ends, and says nothing of its image', () => {
    expect(verdictOf(look(aDrill({ state: 'stopped' })))?.verdict).toMatchObject({ kind: 'inconclusive', failures: 0 });
  });

  it('is told where its tags are off, of which an alarm rings an hour after its lease', () => {
    const bare = (minutes: number) =>
      plan(
        { drills: read([aDrill({ ...at(minutes), tags: {} })]), images: read([imageOfDay(0)]) },
        drilling(),
        'sweep',
      );
    expect(inShort(bare(10))).toEqual({ [A_DRILL]: 'report drill-untagged' });
    expect(bare(10).problems).toEqual([expect.stringContaining('amikeep:deployment and amikeep:drill is off it')]);
    expect(bare(104).drillsOverdue).toBe(0);
    expect(bare(105).drillsOverdue).toBe(1);
  });

  it('is none that only its tags make one', () => {
    expect(look(aDrill({ token: 'terraform-20261123' }))).toBeUndefined();
    expect(look(aDrill({}, { deployment: 'other' }))).toBeUndefined();
  });
});

describe('a drill that has ended before its verdict', () => {
  it.each<[string, 'failed' | 'inconclusive']>([
    ['Client.InstanceInitiatedShutdown: Instance initiated shutdown', 'failed'],
    ['Client.InvalidSnapshot.NotFound: The specified snapshot was not found', 'failed'],
    ['Client.InternalError: Client error on launch', 'inconclusive'],
    ['Server.InsufficientInstanceCapacity: There was insufficient capacity', 'inconclusive'],
    ['Server.SpotInstanceTermination: Spot', 'inconclusive'],
    ['Client.UserInitiatedShutdown: User initiated', 'inconclusive'],
  ])('by %s is %s', (stateReason, verdict) => {
    const change = verdictOf(look(aDrill({ state: 'terminated', stateReason })));
    expect(change?.verdict.kind).toBe(verdict);
    expect(change?.ends).toBeUndefined();
  });

  it('is not judged while another drill of its image runs, nor once a verdict was given', () => {
    const ended = aDrill({
      id: instanceId('i-0e0e0e0e'),
      state: 'terminated',
      stateReason: 'Client.UserInitiatedShutdown',
    });
    const both = { drills: read([ended, aDrill()]), images: read([imageOfDay(0)]) };
    expect(Object.keys(inShort(plan(both, drilling(), 'sweep')))).toEqual([A_DRILL]);
    const judged = { drills: read([ended]), images: read([passed(imageOfDay(0), 0)]) };
    expect(inShort(plan(judged, drilling(), 'sweep'))).toEqual({});
  });
});

describe('how often in a row a lineage has failed', () => {
  const failuresAfter = (failures: number, health: Health) => {
    const change = verdictOf(look(aDrill(at(40), { failures }), healthOf(health)));
    return change && 'failures' in change.verdict ? change.verdict.failures : undefined;
  };

  it('stands in the token of the launch, and goes on with this failure', () => {
    expect(failuresAfter(0, { ...UP, instance: 'impaired' })).toBe(1);
    expect(failuresAfter(1, { ...UP, instance: 'impaired' })).toBe(2);
    expect(failuresAfter(1, { ...UP, system: 'impaired' })).toBe(1);
  });
});
