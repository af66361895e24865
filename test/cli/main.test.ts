import { describe, expect, it } from 'vitest';
import { type CommandPorts, main } from '../../cli/main.ts';
import { accountId } from '../../lib/model/ids.ts';
import { ACCOUNT, aFile, POLICIES } from './world.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

/** Runs the command in this process, on AWS that must not be asked anything. */
async function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const ports: CommandPorts = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    environment: {},
    clock: { now: () => NOW, sleep: async () => {} },
    connect: async () => ({
      account: accountId(ACCOUNT),
      aws: () => {
        throw new Error('this is broken');
      },
      close: () => {},
    }),
  };
  return { status: await main(args, ports), ...said };
}

describe('what makes no sense is refused with 2, every problem on a line of its own, and nothing on stdout', () => {
  const policies = () => aFile(POLICIES);
  it.each([
    ['a policy that the file does not have', ['--policy', 'nigthly'], "--policy: there is no policy 'nigthly'"],
    ['a region that no policy covers', ['--region', 'ap-south-1'], '--region: ap-south-1 is no region'],
    ['what is no region', ['--region', 'Frankfurt'], "--region: 'Frankfurt' is not an AWS region"],
    ['what is no slot', ['--slot', '2026-02-30T00:00:00Z'], "--slot: '2026-02-30T00:00:00Z' is neither"],
    ['what is no instance', ['--policy', 'nightly', '--instance', 'web'], "--instance: 'web' is not an instance id"],
    ['instances of no policy', ['--instance', 'i-0123456789abcdef0'], '--instance: name the policy'],
    ['what is no URL', ['--endpoint-url', 'here'], "--endpoint-url: 'here' is not a URL"],
  ])('%s', async (_, args, problem) => {
    const { status, out, err } = await run('plan', 'snapshot', '--policies', policies(), ...args);

    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^amikeep: --/);
    expect(err).toContain(problem);
  });

  it('all problems at once', async () => {
    const { err } = await run('run', 'snapshot', '--slot', 'soon', '--region', 'here');

    expect(err.match(/^amikeep: --\w+/gm)).toEqual(['amikeep: --slot', 'amikeep: --region']);
  });

  it('a policy file with mistakes, each with its line', async () => {
    const file = aFile(
      POLICIES.replace('never }', 'sometimes }').replace('retention: { keepLast', 'retentoin: { keep'),
    );

    const { status, err } = await run('plan', 'retire', '--policies', file);

    expect(status).toBe(2);
    expect(err).toContain(`${file}:8:`);
    expect(err).toContain(`${file}:10:`);
  });

  it('a policy file that is not there', async () => {
    const { status, err } = await run('plan', 'retire', '--policies', 'nowhere.yml');

    expect(status).toBe(2);
    expect(err).toMatch(/^amikeep: nowhere\.yml: it cannot be read: ENOENT/);
  });

  it('a mode other than plan for the command that only plans', async () => {
    expect(await run('plan', 'retire', '--mode', 'apply')).toMatchObject({ status: 2, out: '' });
  });

  it('nothing at all', async () => {
    const { status, out, err } = await run();

    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('Usage: amikeep');
  });
});

describe('what makes sense', () => {
  it('answers --help and --version with 0, on stdout', async () => {
    expect(await run('--version')).toMatchObject({ status: 0, err: '' });
    const { status, out } = await run('run', '--help');
    expect(status).toBe(0);
    expect(out).toContain("Nothing is put on amikeep's event bus");
  });

  it('reports a target that breaks, and runs the others (P15)', async () => {
    const { status, out } = await run('run', 'retire', '--policies', aFile(POLICIES));

    expect(status).toBe(1);
    expect(out.match(/failed: this is broken/g)).toHaveLength(3);
    expect(out).toMatch(/3 targets: 3 failed\.\n$/);
  });

  it('has nothing to do where no slot has been due yet', async () => {
    const file = aFile(POLICIES.replace('cron(0 4 * * ? *)', 'cron(0 4 1 1 ? 2030)'));

    const { status, out } = await run('run', 'snapshot', '--slot', 'current', '--policies', file);

    expect({ status, out }).toEqual({ status: 0, out: 'Nothing is due: no target has anything to do.\n' });
  });
});
