import { serve } from '../../sandbox/http.ts';
import { regionWithNights } from '../large/region.ts';
import { parsed, policyText } from '../policies.ts';
import type { Estate, Tool } from './tool.ts';

const COPIED = parsed(policyText('{ keepLast: 1 }', 'copies: [{ region: eu-west-1, retention: { keepLast: 1 } }]'));
const UNCOPIED = parsed(policyText('{ keepLast: 1 }'));

export interface EstateSettings {
  readonly instances: number;
  /** How many nights' images there are. */
  readonly nights: number;
  /** Whether the newest is to be copied. */
  readonly copied?: boolean;
}

/** Lets something be done with an estate of its own, which is there for this one tool. */
export async function onEstate<T>(
  { newest }: Tool,
  { copied = false, ...settings }: EstateSettings,
  work: (estate: Estate) => Promise<T>,
): Promise<T> {
  const file = copied ? COPIED : UNCOPIED;
  const region = await regionWithNights(file, { ...settings, newest });
  region.sandbox.calls.reset();
  const server = await serve(region.sandbox);
  try {
    return await work({ ...region, file, endpoint: server.url });
  } finally {
    await server.close();
  }
}
