import { z } from 'zod';
import { regionName } from './region-name.ts';
import { GROUP, INSTANCE_TYPE, SUBNET, say, text } from './values.ts';

const zoneId = text(
  /^[a-z0-9-]+-az\d+$/,
  'write the id of a zone, such as euc1-az2, which is the same in every account',
);
const subnet = text(SUBNET, 'write the id of a subnet, such as subnet-0a1b2c3d');
const group = text(GROUP, 'write the id of a security group, such as sg-0a1b2c3d');
const KEY_REMEDY = 'write the name of a key pair, as EC2 has it there';
const KMS_REMEDY = 'write the id, alias or ARN of a KMS key there, such as alias/dr';
const TYPES_REMEDY = 'write a list of instance types, the preferred first, such as [m7g.large, m7i.large]';
const SUBNETS_REMEDY = 'write a map from zone to subnet, such as { euc1-az2: subnet-0a1b2c3d }';
const GROUPS_REMEDY = 'write a map from security group to security group, such as { sg-0a1b: sg-0c2d }';
const REMEDY =
  'write what stands in for what a server had elsewhere: subnets, securityGroups, keyName, kmsKey or instanceTypes';

const mapping = z
  .strictObject(
    {
      subnets: z
        .record(zoneId, subnet, say(SUBNETS_REMEDY))
        .default({})
        .describe('By the id of the zone that a server was in: the subnet that it is restored into here.'),
      securityGroups: z
        .record(group, group, say(GROUPS_REMEDY))
        .default({})
        .describe('By the security group that a server was in: the one that stands in for it here.'),
      keyName: z.exactOptional(z.string(say(KEY_REMEDY)).min(1, say(KEY_REMEDY)).describe('The key pair to use here.')),
      kmsKey: z.exactOptional(
        z.string(say(KMS_REMEDY)).min(1, say(KMS_REMEDY)).describe('The KMS key that encrypts restored volumes here.'),
      ),
      instanceTypes: z
        .array(text(INSTANCE_TYPE, TYPES_REMEDY), say(TYPES_REMEDY))
        .default([])
        .describe('Types to take where the one that a server had is not offered, the preferred first.'),
    },
    say(REMEDY),
  )
  .describe('What stands in, in this region, for what a server had.');

/** The part of the policy file that says how a server is restored where it was not. */
export const restore = z
  .record(
    regionName,
    mapping,
    say('write a map by region, such as { eu-west-1: { subnets: { euc1-az2: subnet-0a1b2c3d } } }'),
  )
  .default({})
  .describe('By region: what amikeep restore takes there in the place of what a server had elsewhere.');
