import { describe, expect, it } from 'vitest';
import type { CommandPorts } from '../../cli/carry-out.ts';
import { main } from '../../cli/main.ts';
import { accountId } from '../../lib/model/ids.ts';
import { ACCOUNT, aFile, POLICIES } from './world.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');

interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in this process, on AWS that must not be asked anything. */
const run = (...args: string[]): Promise<Said> => runIn({}, ...args);

async function runIn(environment: NodeJS.ProcessEnv, ...args: string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const ports: CommandPorts = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    environment,
    clock: { now: () => NOW, sleep: async () => {} },
    connect: async () => ({
      account: accountId(ACCOUNT),
      aws: () => {
        throw new Error('this is broken');
      },
      restoring: () => {
        throw new Error('nobody asked for a restore');
      },
      close: () => {},
    }),
    connectForCheckUp: async () => {
      throw new Error('this is broken too');
    },
  };
  return { status: await main(args, ports), ...said };
}

describe('what makes no sense is refused with 2, every problem on a line of its own, and nothing on stdout', () => {
  const policies = () => aFile(POLICIES);
  it.each([
    [
      'a policy that the file does not have',
      ['--policy', 'nigthly'],
      "--policy: there is no policy 'nigthly'; the policy file has nightly",
    ],
    ['a region that no policy covers', ['--region', 'ap-south-1'], '--region: ap-south-1 is no region'],
    ['what is no region', ['--region', 'Frankfurt'], "--region: 'Frankfurt' is not an AWS region"],
    ['what is no slot', ['--slot', '2026-02-30T00:00:00Z'], "--slot: '2026-02-30T00:00:00Z' is neither"],
    ['what is no instance', ['--policy', 'nightly', '--instance', 'web'], "--instance: 'web' is not an instance id"],
    ['instances of no policy', ['--instance', 'i-0123456789abcdef0'], '--instance: name the policy'],
    ['a policy without a name', ['--policy', ''], '--policy: name a policy, or leave it out for all of them'],
    ['what is no URL', ['--endpoint-url', 'here'], "--endpoint-url: 'here' is not a URL"],
    ['a URL that is not of HTTP', ['--endpoint-url', 'ftp://x'], "--endpoint-url: 'ftp://x' is not a URL of http"],
  ])('%s', async (_, args, problem) => {
    const { status, out, err } = await run('plan', 'snapshot', '--policies', policies(), ...args);

    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^amikeep: --/);
    expect(err).toContain(problem);
  });

  it.each([
    ['a policy that the file does not have', ['--policy', 'nigthly'], "--policy: there is no policy 'nigthly'"],
    ['what is no URL', ['--endpoint-url', 'here'], "--endpoint-url: 'here' is not a URL"],
  ])('%s, also of a check-up', async (_, args, problem) => {
    const { status, out, err } = await run('doctor', '--policies', policies(), ...args);

    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain(problem);
  });

  const ONE_VALUE = [
    ['--policy', 'nightly'],
    ['--account', ACCOUNT],
    ['--region', 'eu-central-1'],
    ['--slot', 'current'],
    ['--mode', 'plan'],
    ['--policies', 'policies.yml'],
    ['--endpoint-url', 'http://127.0.0.1:4577'],
  ] as const;

  it.each(ONE_VALUE)('%s twice, of which the first would be dropped', async (option, value) => {
    const { status, out, err } = await run('plan', 'snapshot', option, value, option, value);

    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(
      new RegExp(`^amikeep: option '${option} <\\w+>' is given twice and takes one value; write it once`),
    );
  });

  it('a tag twice in a filter, of which one would be dropped', async () => {
    const { status, err } = await run('adopt', '--policy', 'nightly', '--filter', 'tag:A=1', 'tag:B=1', 'tag:A=2');

    expect(status).toBe(2);
    expect(err).toBe('amikeep: --filter: the tag A is given twice; write it once, with * as a wildcard\n');
  });

  it('ends that name nothing', async () => {
    const { status, err } = await run('retire');

    expect(status).toBe(2);
    expect(err).toMatch(
      /^amikeep: retire: name what is to go: --abandoned <lineage\.\.\.>, --policy-gone <name> or --orphans;/,
    );
  });

  it('the end of a policy that is not gone', async () => {
    const { status, err } = await run('retire', '--policies', policies(), '--policy-gone', 'nightly');

    expect(status).toBe(2);
    expect(err).toMatch(/^amikeep: --policy-gone: policy 'nightly' is not gone, the policy file has it; take it out/);
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
    expect(err).toMatch(/^amikeep: nowhere\.yml: there is no such file; name yours with --policies or /);
  });

  it.each([
    ['AWS_ENDPOINT_URL', 'junk'],
    ['AWS_ENDPOINT_URL', 'ftp://x'],
    ['AWS_ENDPOINT_URL_EC2', 'junk'],
    ['AWS_ENDPOINT_URL_STS', 'junk'],
  ])('an endpoint of the environment, %s=%s, unless it has no say', async (name, url) => {
    const args = ['plan', 'retire', '--policies', policies()];

    const { status, out, err } = await runIn({ [name]: url }, ...args);
    const overruled = await runIn({ [name]: url }, ...args, '--endpoint-url', 'http://127.0.0.1:4577');
    const ignored = await runIn({ [name]: url, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, ...args);

    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(
      new RegExp(`^amikeep: environment ${name}: '${url}' is not a URL of http or https; write it as`),
    );
    expect(overruled.err + ignored.err).not.toContain(name);
  });

  it.each([
    ['an option that is not there', ['plan', 'retire', '--sloot', 'current'], "amikeep: unknown option '--sloot'"],
    ['an action that is not there', ['plan', 'retier'], 'amikeep: command-argument value '],
    ['a command that is not there', ['plna'], "amikeep: unknown command 'plna'"],
  ])("%s, in the command's own name", async (_, args, problem) => {
    const { status, err } = await run(...args);

    expect(status).toBe(2);
    expect(err.slice(0, problem.length)).toBe(problem);
    expect(err).not.toMatch(/^error:/m);
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
