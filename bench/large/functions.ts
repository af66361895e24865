import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';
import { z } from 'zod';
import { bundleOptions } from '../../deploy/bundle/options.ts';
import { functionsOf } from '../../deploy/template.ts';
import { readSettings } from '../../lib/lambda/settings.ts';
import type { Instant } from '../../lib/model/time.ts';
import type { Action } from '../../lib/run/event.ts';
import { HOME } from '../inventory.ts';
import { parsed } from '../policies.ts';
import { type FootprintWithLog, invokeApart } from './apart.ts';
import type { Invocation } from './function-process.ts';

const ROOT = new URL('../../', import.meta.url);

/** Of EC2's call rates, as a function has it whom nobody told otherwise. */
export const RATE_SHARE = readSettings({}).rateShare;

/** What serverless.yml gives every function. */
export interface FunctionSettings {
  readonly memoryMiB: number;
  /** Milliseconds. */
  readonly timeout: number;
}

const serverless = z.object({ provider: z.object({ memorySize: z.number(), timeout: z.number() }) });

export async function functionSettings(): Promise<FunctionSettings> {
  const text = await readFile(new URL('serverless.yml', ROOT), 'utf8');
  const { memorySize, timeout } = serverless.parse(parse(text)).provider;
  return { memoryMiB: memorySize, timeout: timeout * 1000 };
}

/** The functions as deployed: the bundles that packaging makes, each invocation in a process with the memory of one. */
export interface DeployedFunctions {
  /** @throws Error where the process died, as it does for want of memory */
  invoke(action: Action, payload: unknown, now: Instant): Promise<FootprintWithLog>;
  close(): Promise<void>;
}

/** Packaging reads the file by this variable, and compiles it in. Whoever works in this process later has what there was. */
async function withPolicyFile(path: string, work: () => Promise<unknown>): Promise<void> {
  const { AMIKEEP_POLICY_FILE: before } = process.env;
  process.env.AMIKEEP_POLICY_FILE = path;
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env.AMIKEEP_POLICY_FILE;
    else process.env.AMIKEEP_POLICY_FILE = before;
  }
}

/**
 * @param policies the text of the policy file
 * @param endpoint the sandbox as a server
 */
export async function deployFunctions(policies: string, endpoint: string): Promise<DeployedFunctions> {
  const folder = await mkdtemp(join(tmpdir(), 'amikeep-functions-'));
  const path = join(folder, 'policies.yml');
  await writeFile(path, policies);
  const bundled = (entry: string, as: string) => {
    const entryPoints = [fileURLToPath(new URL(entry, ROOT))];
    return build({ ...bundleOptions, entryPoints, outfile: join(folder, as), logLevel: 'error' });
  };
  await withPolicyFile(path, () =>
    Promise.all([
      ...functionsOf(parsed(policies)).map((name) => bundled(`functions/${name}.ts`, `${name}.mjs`)),
      bundled('bench/large/function-process.ts', 'process.mjs'),
    ]),
  );
  const { memoryMiB, timeout } = await functionSettings();
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: HOME.region,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
    AWS_ACCESS_KEY_ID: HOME.account,
    AWS_SECRET_ACCESS_KEY: 'sandbox',
  };
  return {
    invoke: (action, payload, now) => {
      const bundle = pathToFileURL(join(folder, `${action}.mjs`)).href;
      const invocation: Invocation = { action, bundle, account: HOME.account, payload, now, timeout };
      return invokeApart(join(folder, 'process.mjs'), invocation, { memoryMiB, environment });
    },
    close: () => rm(folder, { recursive: true }),
  };
}
