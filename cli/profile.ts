import { loadSharedConfigFiles } from '@smithy/core/config';
import { nearest } from '../lib/policy/nearest.ts';

/**
 * What is wrong with the profile that the environment names, if anything. The SDK says only that it found no credentials,
 * or takes those of the machine instead.
 */
export async function profileProblems({ AWS_PROFILE: name }: NodeJS.ProcessEnv): Promise<string[]> {
  if (!name) return [];
  const { configFile, credentialsFile } = await loadSharedConfigFiles();
  const known = [...Object.keys(configFile), ...Object.keys(credentialsFile)];
  if (known.includes(name)) return [];
  const near = nearest(name, known);
  const meant = near === undefined ? '' : `did you mean ${near}? `;
  return [
    `environment AWS_PROFILE: there is no profile '${name}'; ${meant}\`aws configure list-profiles\` shows those that there are`,
  ];
}
