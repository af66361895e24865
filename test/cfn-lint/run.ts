/**
 * `npm run lint:cfn`, after `npm run package`: AWS's own linter has nothing to say of the packaged template, nor of
 * those that people deploy beside it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readPolicyFile } from '../../lib/lambda/policy-file.ts';
import { virtualEnvironment } from '../virtual-environment.ts';

/** They hold the runtime against today's date. Which runtime it is, deploy/check-package.ts says on any day. */
const BY_THE_CALENDAR = ['E2531', 'E2533', 'W2531'];

const PACKAGED = '.serverless/cloudformation-template-update-stack.json';

if (!existsSync(PACKAGED)) {
  console.error(`there is no ${PACKAGED}: run npm run package first`);
  process.exit(1);
}
const environment = await virtualEnvironment('cfn-lint', join(import.meta.dirname, 'requirements.txt'));
const { regions } = readPolicyFile(process.env.AMIKEEP_POLICY_FILE ?? 'policies.yml');
const beside = readdirSync('deploy')
  .filter((name) => name.endsWith('.yml'))
  .map((name) => join('deploy', name));

function lint(templates: readonly string[], where: readonly string[]): boolean {
  const options = ['--ignore-checks', ...BY_THE_CALENDAR, '--regions', ...where, '--template', ...templates];
  const { status } = spawnSync(environment.program('cfn-lint'), options, { stdio: 'inherit' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${templates.join(', ')} in ${where.join(', ')}`);
  return status === 0;
}

const clean = [lint([PACKAGED], regions.slice(0, 1)), lint(beside, regions)];
if (clean.includes(false)) process.exitCode = 1;
