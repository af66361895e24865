import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as tagKeys from '../../lib/tagging/tag-keys.ts';
import { isAllowed, policyDocument } from '../roles/iam.ts';

const [, sample = ''] = /```json\n([\s\S]*?)```/.exec(readFileSync('SECURITY.md', 'utf8')) ?? [];
/** As IAM sees it where everything else is allowed. */
const statements = [
  ...policyDocument.parse(JSON.parse(sample)).Statement,
  ...policyDocument.parse({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: ['ec2:CreateTags', 'ec2:DeleteTags'], Resource: '*' }],
  }).Statement,
];
const KEYS = Object.values(tagKeys)
  .filter((value) => typeof value === 'string')
  .map((key) => (key.endsWith(':') ? `${key}eu-west-1` : key));
const PEOPLE = 'arn:aws:iam::111122223333:role/developer';

const may = (who: string, action: string, keys: readonly string[]) =>
  isAllowed(statements, {
    action,
    resource: 'arn:aws:ec2:eu-central-1::image/ami-1',
    context: { 'aws:TagKeys': keys, 'aws:PrincipalArn': who },
  });

describe('the service control policy of SECURITY.md', () => {
  it.each(['ec2:CreateTags', 'ec2:DeleteTags'])(
    'keeps people from %s with every key of ours but those that they write themselves',
    (action) => {
      const kept = KEYS.filter((key) => !may(PEOPLE, action, [key, 'Name']));
      const theirs: readonly string[] = [tagKeys.HOLD, tagKeys.REVOKED, tagKeys.RESTORED_FROM];
      expect(kept.sort()).toEqual(KEYS.filter((key) => !theirs.includes(key)).sort());
      expect(may(PEOPLE, action, ['Name', ...theirs])).toBe(true);
    },
  );

  it('leaves amikeep’s own roles alone', () => {
    expect(may('arn:aws:iam::111122223333:role/amikeep-prod-retire', 'ec2:CreateTags', KEYS)).toBe(true);
  });
});
