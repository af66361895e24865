import { describe, expect, it, vi } from 'vitest';
import { parseArguments } from '../../sim/trial/arguments.ts';
import { FAULTS } from '../../sim/trial/faults.ts';
import { main } from '../../sim/trial/main.ts';

// How long days take depends on the machine, and is no subject here.
vi.setConfig({ testTimeout: 120_000 });

const ALL = FAULTS.map(({ name }) => name);

function outputs() {
  const [stdout, stderr]: string[][] = [[], []];
  const into = (lines: string[] = []) => ({ write: (text: string) => lines.push(text) });
  return { stdout: into(stdout), stderr: into(stderr), out: () => stdout?.join(''), err: () => stderr?.join('') };
}

describe('the arguments of a simulation', () => {
  it.each([
    ['', { seeds: 20, first: 1, days: 60, faults: ALL }],
    ['--seeds 3 --first-seed 100 --days 5', { seeds: 3, first: 100, days: 5, faults: ALL }],
    ['--seed 42 --faults none --journal a.log', { seeds: 1, first: 42, days: 60, faults: [] }],
    ['--faults crashes,twins', { seeds: 20, first: 1, days: 60, faults: ['crashes', 'twins'] }],
  ])('%s', (text, { seeds, first, days, faults }) => {
    const asked = parseArguments(text.split(' ').filter(Boolean));
    expect(asked).toMatchObject({ days, faults });
    expect('seeds' in asked && [asked.seeds.length, asked.seeds[0]]).toEqual([seeds, first]);
  });

  it.each([
    ['--seeds 0', 'Write a whole number from 1 to 1000000.'],
    ['--days soon', 'Write a whole number from 1 to 1000.'],
    ['--faults crash', "There is no fault 'crash'; there are throttling, "],
    ['--seed 1 --seeds 2', '--seed is one seed alone'],
    ['--journal a.log', '--journal is of one seed: say which with --seed'],
  ])('%s is refused', async (text, problem) => {
    const output = outputs();
    expect(await main(text.split(' '), output)).toBe(2);
    expect(output.err()).toContain(problem);
  });

  it('--help names every fault', async () => {
    const output = outputs();
    expect(await main(['--help'], output)).toBe(0);
    for (const { name, what } of FAULTS) expect(output.out()).toMatch(new RegExp(`\\n  ${name} +${what}`));
  });
});

describe('a simulation', () => {
  it('deals its seeds out to threads, and says last how many passed', async () => {
    const output = outputs();
    expect(await main(['--seeds', '3', '--days', '4', '--workers', '2', '--faults', 'none'], output)).toBe(0);
    expect(output.out()).toMatch(/\n3 seeds in .* a minute\n3 passed, 0 failed\n$/);
  });
});
