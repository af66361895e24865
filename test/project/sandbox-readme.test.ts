import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';

/** The sandbox names all its operations where a fault is about none of them. */
function operationsOfTheSandbox(): readonly string[] {
  const sandbox = createSandbox({ clock: new VirtualClock(0), seed: 1 });
  try {
    sandbox.faults.add({ kind: 'throttle', operation: 'WhateverThisIsMeantToBeIsNotHere' });
  } catch (error) {
    return (String(error).split('use one of ')[1] ?? '').split(', ');
  }
  return [];
}

test("the sandbox's README lists the operations that it has, and no other", () => {
  const [, section = ''] = readFileSync('sandbox/README.md', 'utf8').split('## What it has\n');
  const table = section.split('\n## ')[0] ?? '';
  const listed = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);

  expect(listed.toSorted()).toEqual(operationsOfTheSandbox().toSorted());
});
