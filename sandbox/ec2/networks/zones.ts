import { digest } from '../plane/digest.ts';

/** An Availability Zone as an account sees it: its name is the account's own, its id is the same for everybody. */
export interface Zone {
  readonly name: string;
  readonly id: string;
}

/** What the zone ids of a region begin with (Guide, AZ IDs for your AWS resources). */
const PREFIXES: Readonly<Record<string, string>> = {
  'af-south-1': 'afs1',
  'ap-east-1': 'ape1',
  'ap-northeast-1': 'apne1',
  'ap-northeast-2': 'apne2',
  'ap-northeast-3': 'apne3',
  'ap-south-1': 'aps1',
  'ap-south-2': 'aps2',
  'ap-southeast-1': 'apse1',
  'ap-southeast-2': 'apse2',
  'ap-southeast-3': 'apse3',
  'ap-southeast-4': 'apse4',
  'ca-central-1': 'cac1',
  'ca-west-1': 'caw1',
  'eu-central-1': 'euc1',
  'eu-central-2': 'euc2',
  'eu-north-1': 'eun1',
  'eu-south-1': 'eus1',
  'eu-south-2': 'eus2',
  'eu-west-1': 'euw1',
  'eu-west-2': 'euw2',
  'eu-west-3': 'euw3',
  'il-central-1': 'ilc1',
  'me-central-1': 'mec1',
  'me-south-1': 'mes1',
  'mx-central-1': 'mxc1',
  'sa-east-1': 'sae1',
  'us-east-1': 'use1',
  'us-east-2': 'use2',
  'us-west-1': 'usw1',
  'us-west-2': 'usw2',
};

const LETTERS = ['a', 'b', 'c'];

/**
 * The zones of a region, three of them, in the order of their names. Which id a name stands for differs by account, as
 * EC2 has it to spread what everybody puts into the first zone.
 */
export function zonesOf(account: string, region: string): readonly Zone[] {
  const prefix = PREFIXES[region] ?? region.replaceAll('-', '');
  const shift = Number.parseInt(digest(`zones/${account}/${region}`).slice(0, 8), 16);
  return LETTERS.map((letter, index) => ({
    name: `${region}${letter}`,
    id: `${prefix}-az${((index + shift) % LETTERS.length) + 1}`,
  }));
}
