import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RealClock } from '../../sandbox/clock.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { action, aSandbox, inProcess, sendRaw, served } from './world.ts';

async function controlOf(sandbox: Sandbox) {
  const server = await served(sandbox);
  const ask = async (method: string, path: string, body?: unknown) => {
    const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const response = await fetch(`${server.url}/_sandbox/${path}`, { method, ...init });
    return { status: response.status, body: JSON.parse(await response.text()) as unknown };
  };
  return { server, ask };
}

describe('the control endpoint', () => {
  it('says that the sandbox is ready', async () => {
    const { ask } = await controlOf(aSandbox());
    expect(await ask('GET', 'ready')).toEqual({ status: 200, body: { ready: true } });
  });

  it('reads and moves a virtual clock', async () => {
    const { ask } = await controlOf(aSandbox());
    const at = (now: string) => ({ status: 200, body: { now, kind: 'virtual' } });
    expect(await ask('GET', 'clock')).toEqual(at('2026-11-23T02:00:00.000Z'));
    expect(await ask('POST', 'clock', { advance: 'P1DT2H' })).toEqual(at('2026-11-24T04:00:00.000Z'));
    expect(await ask('POST', 'clock', { to: '2026-12-01T00:00:00Z' })).toEqual(at('2026-12-01T00:00:00.000Z'));
  });

  it('does not move the real clock', async () => {
    const { ask } = await controlOf(createSandbox({ clock: new RealClock(), seed: 1 }));
    const { status, body } = await ask('POST', 'clock', { advance: 'PT1S' });
    expect([status, body]).toEqual([409, { error: expect.stringContaining('start the sandbox with --clock virtual') }]);
    expect(await ask('GET', 'clock')).toMatchObject({ body: { kind: 'real' } });
  });

  it('gives the counts of calls by service, operation, account, region and outcome, until they are forgotten', async () => {
    const { ask, server } = await controlOf(aSandbox());
    await sendRaw(server, { parameters: action('CreateTransitGateway') });
    await sendRaw(server, { parameters: action('CreateTransitGateway') });
    const count = {
      service: 'ec2',
      operation: 'CreateTransitGateway',
      account: '222233334444',
      region: 'eu-central-1',
    };
    expect(await ask('GET', 'calls')).toMatchObject({
      body: { total: 2, counts: [{ ...count, outcome: 'InvalidAction', status: 400, lost: false, count: 2 }] },
    });
    await ask('DELETE', 'calls');
    expect(await ask('GET', 'calls')).toMatchObject({ body: { total: 0, counts: [] } });
  });

  it('sets, lists and clears faults', async () => {
    const sandbox = aSandbox();
    const { ask } = await controlOf(sandbox);
    const fault = { operation: 'DescribeImages', kind: 'throttle', times: 1 };
    expect(await ask('POST', 'faults', fault)).toEqual({ status: 200, body: { id: 'fault-1' } });
    const call = inProcess(sandbox).ec2.send(new DescribeImagesCommand({ Owners: ['self'] }));
    await expect(call).rejects.toMatchObject({ name: 'RequestLimitExceeded' });
    expect(await ask('GET', 'faults')).toMatchObject({ body: { faults: [{ ...fault, id: 'fault-1', struck: 1 }] } });
    await ask('DELETE', 'faults');
    expect(await ask('GET', 'faults')).toMatchObject({ body: { faults: [] } });
  });

  it('dumps a state that another sandbox loads', async () => {
    const { ask } = await controlOf(aSandbox());
    await ask('POST', 'clock', { advance: 'PT90M' });
    const { body } = await ask('GET', 'state');
    const other = await controlOf(aSandbox({ seed: 8 }));
    expect(await other.ask('PUT', 'state', body)).toMatchObject({ status: 200 });
    expect(await other.ask('GET', 'state')).toEqual({ status: 200, body });
  });

  it.each([
    ['PT1.5H', '2026-11-23T03:30:00.000Z'],
    ['PT0,5S', '2026-11-23T02:00:00.500Z'],
    ['P0.5W', '2026-11-26T14:00:00.000Z'],
    ['P1DT0.5M', '2026-11-24T02:00:30.000Z'],
  ])('moves the clock by %s', async (advance, now) => {
    const { ask } = await controlOf(aSandbox());
    expect(await ask('POST', 'clock', { advance })).toMatchObject({ status: 200, body: { now } });
  });

  it('gives the behaviour and sets some of it, everywhere or in one region', async () => {
    const sandbox = aSandbox();
    const { ask } = await controlOf(sandbox);
    expect(await ask('GET', 'behaviour')).toMatchObject({
      body: { settings: { copyBaseMs: 180_000, kmsKeys: 'all' }, regions: {} },
    });
    await ask('PUT', 'behaviour', { settings: { copyBaseMs: 1, kmsKeys: { 'eu-west-1': ['alias/dr'] } } });
    const set = await ask('POST', 'behaviour', { region: 'eu-west-1', settings: { concurrentCopies: 2 } });
    expect(set).toMatchObject({
      status: 200,
      body: {
        settings: { copyBaseMs: 1, copyMsPerGiB: 6_000, kmsKeys: { 'eu-west-1': ['alias/dr'] }, concurrentCopies: 300 },
        regions: { 'eu-west-1': { concurrentCopies: 2 } },
      },
    });
    expect(await ask('GET', 'behaviour')).toEqual(set);
    await ask('POST', 'reset');
    expect(await ask('GET', 'behaviour')).toMatchObject({ body: { settings: { copyBaseMs: 180_000 }, regions: {} } });
  });

  it('takes the behaviour that it gave', async () => {
    const { ask } = await controlOf(aSandbox());
    const { body } = await ask('GET', 'behaviour');
    const { settings } = body as { settings: object };
    expect(await ask('PUT', 'behaviour', { settings })).toEqual({ status: 200, body });
  });

  it('puts everything back to the start', async () => {
    const sandbox = aSandbox();
    const { ask } = await controlOf(sandbox);
    await ask('POST', 'faults', { kind: 'throttle' });
    await ask('POST', 'reset');
    expect(await ask('GET', 'faults')).toMatchObject({ body: { faults: [] } });
  });

  it.each([
    ['GET', 'clocks', undefined, 404, 'path: /_sandbox/clocks is not there: use one of ready, clock'],
    ['PUT', 'clock', undefined, 405, 'method: PUT is not for /_sandbox/clock: use GET, POST'],
    ['POST', 'clock', '{', 400, 'body: it is not JSON'],
    ['POST', 'clock', {}, 400, 'body: {} will not do: give either "advance" or "to"'],
    ['POST', 'clock', { advance: '2h' }, 400, 'advance: "2h" will not do: write an ISO 8601 duration'],
    ['POST', 'clock', { advance: 'PT1.5H30M' }, 400, 'a fraction goes with the last unit only'],
    [
      'POST',
      'clock',
      { advance: 'P1M' },
      400,
      'advance: "P1M" will not do: how long years and months are depends on the calendar: write days, P30D, or give "to"',
    ],
    ['POST', 'clock', { advance: 'P1Y2DT3H' }, 400, 'depends on the calendar'],
    ['POST', 'clock', { to: 'P1D' }, 400, 'write an ISO 8601 time'],
    [
      'PUT',
      'behaviour',
      { settings: { copybaseMS: 5 } },
      400,
      'settings.copybaseMS: 5 will not do: there is no such setting: did you mean copyBaseMs?',
    ],
    [
      'PUT',
      'behaviour',
      { settings: { zzz: 5 } },
      400,
      'there is no such setting: use one of addressInUseCode, allowedActions, attachedEbsCheckOfXen, badTokenCode, ',
    ],
    [
      'PUT',
      'behaviour',
      { settings: { copyBaseMs: '5' } },
      400,
      'settings.copyBaseMs: "5" will not do: write a number of 0 or more',
    ],
    [
      'PUT',
      'behaviour',
      { settings: { pageFill: 'half' } },
      400,
      'settings.pageFill: "half" will not do: write one of "full", "uneven", "scant"',
    ],
    [
      'PUT',
      'behaviour',
      { settings: { concurrentSnapshotCopies: 'many' } },
      400,
      'settings.concurrentSnapshotCopies: "many" will not do: write a whole number of 0 or more, or "unlimited"',
    ],
    [
      'PUT',
      'behaviour',
      { settings: { roles: { 'arn:aws:iam::222233334444:role/r': { trust: [] } } } },
      400,
      'write "any", or an object of roles by ARN such as { "trusts": ["111122223333"], "externalId": "id" }',
    ],
    [
      'PUT',
      'behaviour',
      { settings: { allowedActions: { AKIA: ['CreateTags'] } } },
      400,
      'write an object of lists of actions, such as ["ec2:CreateTags", "ec2:Describe*"], by access key or ARN of the role',
    ],
    ['PUT', 'behaviour', { settings: {}, region: 7 }, 400, 'region: 7 will not do: write the name of a region'],
    ['PUT', 'behaviour', { copyBaseMs: 5 }, 400, 'settings: nothing will not do: write an object of settings'],
    [
      'PUT',
      'behaviour',
      { settings: {}, where: 'x' },
      400,
      'where: "x" will not do: there is no such member: use one of region, settings',
    ],
    ['POST', 'clock', { to: '2020-01-01T00:00:00Z' }, 400, 'does not go back'],
    ['POST', 'faults', { kind: 'slow' }, 400, 'kind: "slow" will not do'],
    ['POST', 'faults', { kind: 'throttle', operatoin: 'X' }, 400, 'operatoin'],
    [
      'POST',
      'faults',
      { kind: 'throttle', account: '1' },
      400,
      'account: "1" will not do: an account has twelve digits',
    ],
    ['POST', 'faults', { kind: 'throttle', operation: 'CreateImagez' }, 400, 'did you mean CreateImage?'],
    ['PUT', 'state', { format: 'other' }, 400, "format: 'amikeep-sandbox/3'"],
  ])('answers %s %s with %o by %i: %s', async (method, path, body, status, message) => {
    const { ask } = await controlOf(aSandbox());
    expect(await ask(method, path, body)).toEqual({ status, body: { error: expect.stringContaining(message) } });
  });
});

/** Runs `npm run sandbox` with arguments that let it end by itself. */
function started(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['sandbox/serve.ts', ...args], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function aStateFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'amikeep-sandbox-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'bad.json');
  writeFileSync(path, text);
  return path;
}

describe('the sandbox as people start it', () => {
  it.each(['-h', '--help'])('prints its usage for %s', (option) => {
    const { status, stdout, stderr } = started(option);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^usage: npm run sandbox -- /);
  });

  it.each([
    ['what is no port', ['--port', '70000'], '--port: 70000 is not a whole number from 0 to 65535'],
    ['what is no clock', ['--clock', 'fast'], '--clock: fast is neither real nor virtual'],
    ['an option that is not there', ['--prot', '1'], "Unknown option '--prot'"],
    ['a word too many', ['now'], "Unexpected argument 'now'"],
    ['a state file that is not there', ['--state', 'nowhere.json'], "--state: 'nowhere.json' can't be read (ENOENT"],
  ])('ends with 2 and its usage for %s', (_, args, problem) => {
    const { status, stdout, stderr } = started(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(problem);
    expect(stderr).toContain('usage: npm run sandbox');
  });

  it.each([
    ['no JSON', '{', 'it is not JSON'],
    ['no state', '{"format":"other"}', "state: it is no state of a sandbox, which has format: 'amikeep-sandbox/3'"],
  ])('names option and file where a state file holds %s', (_, text, problem) => {
    const path = aStateFile(text);
    const { status, stderr } = started('--state', path, '--port', '0');
    expect(status).toBe(2);
    expect(stderr).toContain(`--state: '${path}' will not do: ${problem}`);
  });

  it('names the port that is taken, and the way out', async () => {
    const { port } = new URL((await served(aSandbox())).url);
    const { status, stderr } = started('--port', port);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `port ${port} is taken: use --port N with another one, or 0\n`,
    });
  });
});
