import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { z } from 'zod';
import { concurrently } from '../../../lib/run/concurrently.ts';
import type { Checks } from '../../checks.ts';
import { assertDone } from '../stack.ts';
import type { World } from '../world.ts';

/** What a function answers, of which `requested` are runs of one target each, or what it says where it fails. */
type Sample = { readonly function: string } & ({ readonly answer: object } | { readonly fails: string });

/** What each sample of events/ is for, and what its function answers. */
const SAMPLES: Readonly<Record<string, Sample>> = {
  'copy-policy.json': { function: 'copy', answer: { region: 'us-east-1', mode: 'apply', counts: {} } },
  'copy-sweep.json': { function: 'copy', answer: { requested: 2 } },
  // Nothing has the ids of the samples.
  'drill-image.json': { function: 'drill', fails: 'there is no image ami-0123456789abcdef0 in eu-west-1' },
  'drill-lineage.json': {
    function: 'drill',
    fails: 'there is no image of the lineage i-0123456789abcdef0 in eu-west-1',
  },
  'drill-policy.json': { function: 'drill', answer: { requested: 1 } },
  'drill-sweep.json': { function: 'drill', answer: { requested: 3 } },
  'drill.json': { function: 'drill', answer: { requested: 2 } },
  'retire-plan.json': { function: 'retire', answer: { requested: 3 } },
  'retire.json': { function: 'retire', answer: { requested: 1 } },
  'run-requested.json': { function: 'snapshot', answer: { region: 'us-east-1', mode: 'apply', counts: {} } },
  'snapshot-current-sweep.json': { function: 'snapshot', answer: { requested: 8 } },
  'snapshot-instances.json': { function: 'snapshot', answer: { requested: 1 } },
  'snapshot-policy-now.json': { function: 'snapshot', answer: { requested: 2 } },
  'snapshot-slot.json': { function: 'snapshot', answer: { requested: 2 } },
};

/** `serverless invoke --function snapshot --path events/...`, as docs/events.md has them. */
export async function checkSamples(checks: Checks, { stacks }: World): Promise<void> {
  await checks.check('there is no sample in events/ but those that are tried here', async () => {
    assert.deepEqual((await readdir('events')).sort(), Object.keys(SAMPLES).sort());
  });
  // Two at a time, since most of what each takes is the start of osls.
  await concurrently(Object.entries(SAMPLES), 2, ([file, sample]) =>
    checks.check(`events/${file} is taken by ${sample.function}`, async () => {
      const finished = await stacks.shop.invoke(sample.function, { path: `events/${file}` });
      if ('fails' in sample) {
        assert.notEqual(finished.code, 0);
        assert.ok(finished.stdout.includes(sample.fails), `${finished.stderr}${finished.stdout}`);
        return;
      }
      const { stdout } = assertDone(finished);
      const given = z.record(z.string(), z.unknown()).parse(JSON.parse(stdout));
      assert.partialDeepStrictEqual(given, sample.answer);
    }),
  );
}
