import { describe, expect, it } from 'vitest';
import type { StandIn } from '../../lib/doctor/facts.ts';
import { restoreLines } from '../../lib/doctor/restores.ts';
import { completeReading, partialReading, type Reading } from '../../lib/model/reading.ts';
import type { RestoreMapping } from '../../lib/policy/policy.ts';
import { aPolicyFile, DR } from '../builders.ts';
import { facts, NOW } from './facts.ts';

const MAPPING: RestoreMapping = {
  subnets: { 'euc1-az2': 'subnet-0a', 'euc1-az1': 'subnet-0a' },
  securityGroups: { 'sg-0a': 'sg-0b' },
  keyName: 'ops-dr',
  instanceTypes: ['m7g.large'],
};

type There = Readonly<Record<StandIn, Reading<ReadonlySet<string>>>>;

const names = (...all: readonly string[]) => completeReading('names', NOW, new Set(all));

const ALL: There = {
  subnets: names('subnet-0a'),
  securityGroups: names('sg-0b'),
  keyName: names('ops-dr'),
  instanceTypes: names('m7g.large'),
};

function lines(there: Partial<There> = {}, mapping = MAPPING) {
  const file = aPolicyFile({ restore: { [DR.region]: mapping } });
  return restoreLines(facts({ file, restores: [{ ...DR, there: { ...ALL, ...there } }] }));
}

describe('what stands in for what a server had', () => {
  it('is told in one line where all of it is there', () => {
    const text = 'what the policy file names is there: subnet-0a, sg-0b, ops-dr, m7g.large';
    expect(lines()).toEqual([{ check: 'restore', subject: 'eu-west-1', verdict: 'ok', text }]);
  });

  it('is told of nowhere where an entry names nothing', () => {
    const failed = partialReading('names', NOW, new Set<string>(), 'Throttling');
    expect(lines({ subnets: failed }, { subnets: {}, securityGroups: {}, instanceTypes: [] })).toEqual([]);
  });

  it.each<[StandIn, string, string]>([
    ['subnets', 'there is no subnet subnet-0a', 'write one of eu-west-1'],
    ['securityGroups', 'there is no security group sg-0b', 'write one of eu-west-1'],
    [
      'keyName',
      'there is no key pair ops-dr',
      'import it with aws ec2 import-key-pair --region eu-west-1, or write another one',
    ],
    ['instanceTypes', 'there is no instance type m7g.large', 'write one of eu-west-1'],
  ])('is a problem of its %s where that is not there', (key, text, remedy) => {
    const about = { check: 'restore', subject: 'eu-west-1', verdict: 'problem' };
    expect(lines({ [key]: names() })).toEqual([{ ...about, text, remedy: `${remedy} under restore.eu-west-1.${key}` }]);
  });

  it.each<[StandIn, string, string]>([
    ['subnets', 'subnet-0a', 'ec2:DescribeSubnets'],
    ['securityGroups', 'sg-0b', 'ec2:DescribeSecurityGroups'],
    ['keyName', 'ops-dr', 'ec2:DescribeKeyPairs'],
    ['instanceTypes', 'm7g.large', 'ec2:DescribeInstanceTypes'],
  ])('is unknown where its %s could not be read', (key, name, right) => {
    const text = `whether ${name} is there could not be read: Denied`;
    const remedy = `allow ${right} in eu-west-1 to who runs doctor`;
    expect(lines({ [key]: partialReading('names', NOW, new Set<string>(), 'Denied') })).toEqual([
      { check: 'restore', subject: 'eu-west-1', verdict: 'unknown', text, remedy },
    ]);
  });
});
