import { readFileSync } from 'node:fs';
import { formatProblem, parsePolicyFile, type Surroundings } from '../policy/parse.ts';
import type { PolicyFile } from '../policy/policy.ts';
import { InputError } from '../run/input-error.ts';

/**
 * The policies that a function acts by. Packaging calls this and puts what it answers in this module's place
 * (deploy/bundle/policy-file-plugin.ts), so that a deployed function holds neither the file nor what reads it.
 *
 * @throws InputError as {@link readPolicyFile} does
 */
export function policyFile(): PolicyFile {
  return readPolicyFile(process.env.AMIKEEP_POLICY_FILE ?? 'policies.yml');
}

/**
 * @throws InputError with every mistake in the file, each with its line, or why it could not be read at all
 */
export function readPolicyFile(path: string, surroundings?: Surroundings): PolicyFile {
  const parsed = parsePolicyFile(readText(path), path, surroundings);
  if (!parsed.ok) throw new InputError(parsed.problems.map(formatProblem));
  return parsed.file;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError([`${path}: ${whyUnread(error)}`]);
  }
}

function whyUnread(error: unknown): string {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'ENOENT':
      return "there is no such file; name yours with --policies or AMIKEEP_POLICY_FILE, or begin with a copy of amikeep's own policies.yml";
    case 'EISDIR':
      return 'it is a folder; name the policy file in it';
    case 'EACCES':
      return 'you may not read it; change its permissions, or name another file';
    default:
      return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}
