import { keysOfTable } from '../model/table.ts';
import type { RestoreMapping } from '../policy/policy.ts';
import type { Facts, RestoreFact, StandIn } from './facts.ts';
import { type Line, linesAbout } from './line.ts';

interface Kind {
  /** `security group` */
  readonly what: string;
  /** What it takes to read whether one is there. */
  readonly right: string;
  /** What to do about one that is not there. */
  readonly remedy: (region: string) => string;
}

const another = (region: string) => `write one of ${region}`;

/** By the key of the policy file. A KMS key is looked at with those of copies. */
const KINDS: Readonly<Record<StandIn, Kind>> = {
  subnets: { what: 'subnet', right: 'ec2:DescribeSubnets', remedy: another },
  securityGroups: { what: 'security group', right: 'ec2:DescribeSecurityGroups', remedy: another },
  keyName: {
    what: 'key pair',
    right: 'ec2:DescribeKeyPairs',
    remedy: (region) => `import it with aws ec2 import-key-pair --region ${region}, or write another one`,
  },
  instanceTypes: { what: 'instance type', right: 'ec2:DescribeInstanceTypes', remedy: another },
};

/** What an entry of `restore` names, each once. */
export function standInsOf({ subnets, securityGroups, keyName, instanceTypes }: RestoreMapping) {
  return {
    subnets: [...new Set(Object.values(subnets))],
    securityGroups: [...new Set(Object.values(securityGroups))],
    keyName: keyName === undefined ? [] : [keyName],
    instanceTypes: [...new Set(instanceTypes)],
  } satisfies Readonly<Record<StandIn, readonly string[]>>;
}

/** Lines about what a restore takes in each region. What is not there would show in the disaster. */
export function restoreLines({ file, restores }: Pick<Facts, 'file' | 'restores'>): Line[] {
  return restores.flatMap((fact) => {
    const mapping = file.restore[fact.region];
    return mapping ? linesOf(mapping, fact) : [];
  });
}

function linesOf(mapping: RestoreMapping, { region, there }: RestoreFact): Line[] {
  const { ok, problem, unknown } = linesAbout('restore', region);
  const named = standInsOf(mapping);
  const lines = keysOfTable(KINDS).flatMap((key): Line[] => {
    const { what, right, remedy } = KINDS[key];
    const [names, reading] = [named[key], there[key]];
    if (names.length === 0) return [];
    if (!reading.complete) {
      const text = `whether ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} there could not be read: ${reading.problem}`;
      return [unknown(text, `allow ${right} in ${region} to who runs doctor`)];
    }
    return names
      .filter((name) => !reading.value.has(name))
      .map((name) => problem(`there is no ${what} ${name}`, `${remedy(region)} under restore.${region}.${key}`));
  });
  const all = Object.values(named).flat();
  if (all.length === 0 || lines.length > 0) return lines;
  return [ok(`what the policy file names is there: ${all.join(', ')}`)];
}
