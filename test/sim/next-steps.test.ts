import { expect, test } from 'vitest';
import manifest from '#package.json' with { type: 'json' };
import { parseArguments as parseCommand } from '../../cli/arguments.ts';
import { parseArguments as parseDemo } from '../../sim/arguments.ts';
import { nextSteps } from '../../sim/next-steps.ts';

/** The commands as people would copy them: what stands before the gap. */
const commands = nextSteps()
  .split('\n')
  .flatMap((line) => /^ {2}(\S+(?: \S+)*)/.exec(line)?.[1] ?? []);

function startingWith(program: string): string[][] {
  return commands.filter((command) => command.startsWith(program)).map((command) => command.split(' '));
}

test('what the demo says to try next begins with programs that are checked here, or with the AWS CLI', () => {
  expect(new Set(commands.map((command) => command.split(' ').at(0)))).toEqual(new Set(['npm', 'aws', 'npx']));
});

test.each(startingWith('npx '))('npx %s %s %s is a command of ours that is accepted', async (_, program, ...args) => {
  let said = '';
  const say = (text: string) => {
    said += text;
  };
  const parsed = await parseCommand(args, { out: say, err: say });
  expect(Object.keys(manifest.bin)).toContain(program);
  expect({ kind: parsed.kind, said }).toEqual({ kind: 'request', said: '' });
});

test.each(startingWith('npm '))('npm %s %s %s %s is a script with arguments that it takes', (...words) => {
  const [, run, script, dashes, ...args] = words;
  expect([run, script, dashes]).toEqual(['run', 'demo', '--']);
  expect(Object.keys(manifest.scripts)).toContain(script);
  expect(parseDemo(args)).not.toHaveProperty('help');
});
