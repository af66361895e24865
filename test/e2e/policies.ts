import { readFileSync } from 'node:fs';
import { formatProblem, parsePolicyFile } from '../../lib/policy/parse.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';

/** What is deployed, by what is the matter with it. The paths are seen from the root of the project. */
export const POLICY_FILES = {
  shop: 'test/e2e/policies/shop.yml',
  shopWithoutGolden: 'test/e2e/policies/shop-without-golden.yml',
  shopInvalid: 'test/e2e/policies/shop-invalid.yml',
  shopWithoutKey: 'test/e2e/policies/shop-without-key.yml',
  office: 'test/e2e/policies/office.yml',
} as const;

/** @throws Error with every problem of a file that is not valid */
export function policiesIn(path: string): PolicyFile {
  const parsed = parsePolicyFile(readFileSync(path, 'utf8'), path);
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.file;
}
