import { partition } from '@aws-sdk/core/client';
import { type Region, region } from '../../model/ids.ts';

/** The regions that every account of the partition `aws` is in: AWS Account Management Guide, "Enable or disable Regions". */
const ENABLED_BY_DEFAULT: ReadonlySet<string> = new Set([
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
]);

const COMMON = region('us-east-1');

/**
 * Where to ask STS for a session in another account. That account may not have opted in to the region that amikeep runs
 * in, and then its roles can't be assumed there; a session is good for all regions, wherever it was asked for.
 *
 * @returns the home region, unless accounts have to opt in to it: then one that all accounts are in
 */
export function stsRegionFor(home: Region): Region {
  return partition(home).name !== 'aws' || ENABLED_BY_DEFAULT.has(home) ? home : COMMON;
}
