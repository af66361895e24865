import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InputError } from '../lib/run/input-error.ts';
import type { Stack } from './stack.ts';

/** Which deployment a stack is of, and where. */
type Which = Pick<Stack, 'deployment' | 'homeRegion'>;

/** What osls takes from its command line in the place of what serverless.yml says. */
export interface OslsOptions {
  readonly stage?: string;
  readonly region?: string;
}

const REMEDY = 'leave it out, or name the file of the one that you mean in AMIKEEP_POLICY_FILE';

/**
 * A policy file is one deployment in one region. osls would take another stage for this one's name, and another region
 * for a second deployment of the same name.
 *
 * @param packaged what `deploy --package` is to deploy
 * @throws InputError naming each option that says otherwise than the policy file
 */
export function refuseOthers(
  { stage, region }: OslsOptions,
  packaged: Which | undefined,
  { deployment, homeRegion }: Which,
): void {
  const ours = `the policy file is of deployment '${deployment}' in ${homeRegion}`;
  const problems: string[] = [];
  if (stage !== undefined && stage !== deployment) problems.push(`--stage: '${stage}', but ${ours}; ${REMEDY}`);
  if (region !== undefined && region !== homeRegion) {
    problems.push(`--region: '${region}', but ${ours}, which is the first of its regions; ${REMEDY}`);
  }
  if (packaged && (packaged.deployment !== deployment || packaged.homeRegion !== homeRegion)) {
    const what = `a package of deployment '${packaged.deployment}' in ${packaged.homeRegion}`;
    problems.push(`--package: ${what}, but ${ours}; name the file that it was packaged with in AMIKEEP_POLICY_FILE`);
  }
  if (problems.length > 0) throw new InputError(problems);
}

const state = z.object({
  service: z.object({ custom: z.object({ stack: z.object({ deployment: z.string(), homeRegion: z.string() }) }) }),
});

/** What osls wrote about a package into its folder. @throws InputError where there is none */
export function stackOfPackage(folder: string): Which {
  try {
    const text = readFileSync(join(folder, 'serverless-state.json'), 'utf8');
    return state.parse(JSON.parse(text)).service.custom.stack;
  } catch {
    throw new InputError([
      `--package: '${folder}' holds no package of amikeep; write the folder of one, or leave it out`,
    ]);
  }
}
