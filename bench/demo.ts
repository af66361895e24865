import { Writable } from 'node:stream';
import { z } from 'zod';
import { main } from '../sim/main.ts';
import type { Row } from './row.ts';

const report = z.object({
  cost: z.object({
    functions: z.array(
      z.object({ action: z.enum(['snapshot', 'copy', 'retire', 'drill']), calls: z.number(), images: z.number() }),
    ),
  }),
});

/** What the demo takes, and what its images cost in calls: thirty instances that much happens to. */
export async function measureDemo(...days: readonly string[]): Promise<Row[]> {
  let text = '';
  const stdout = { write: (part: string) => (text += part) };
  const stderr = new Writable({ write: (_chunk, _encoding, done) => done() });
  const began = performance.now();
  const code = await main(['--json', ...days], { stdout, stderr });
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0) throw new Error(`the demo ended with ${code}: ${text}`);
  const { functions } = report.parse(JSON.parse(text)).cost;
  const callsOf = (action: 'copy' | 'retire', what: string, atMost: number): Row => {
    const { calls = Number.NaN, images = Number.NaN } = functions.find((one) => one.action === action) ?? {};
    return { what, value: calls / images, unit: 'calls', target: { atMost }, note: `${images} images` };
  };
  return [
    callsOf('retire', 'calls an image retired', 8),
    callsOf('copy', 'calls an image copied', 5),
    { what: 'time', value: seconds, unit: 's', target: { atMost: 12 } },
  ];
}
