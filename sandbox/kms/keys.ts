import type {
  CreateAliasCommandInput,
  CreateAliasCommandOutput,
  CreateKeyCommandInput,
  CreateKeyCommandOutput,
  DescribeKeyCommandInput,
  DescribeKeyCommandOutput,
  DisableKeyCommandInput,
  DisableKeyCommandOutput,
  EnableKeyCommandInput,
  EnableKeyCommandOutput,
  ScheduleKeyDeletionCommandInput,
  ScheduleKeyDeletionCommandOutput,
} from '@aws-sdk/client-kms';
import { keyArn } from '../ec2/plane/keys.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import {
  aliasOfAlias,
  aliasPrefixMissing,
  aliasReserved,
  aliasTaken,
  notModelled,
  unfitting,
  usageMissing,
  usageUnfit,
} from './errors.ts';
import { aliasArn, type KeyLookup } from './lookup.ts';
import { keyMetadata, TRAITS } from './shown.ts';
import type { KeySpec, KeyState } from './state.ts';

const aliasForm = /^alias\/[a-zA-Z0-9/_-]{1,250}$/;

/** Days that a key waits before it goes (API reference, ScheduleKeyDeletion, PendingWindowInDays). */
const shortestWait = 7;
const longestWait = 30;
const dayMs = 86_400_000;

/** Making keys, naming them, and taking them out of use. */
export function keyOperations(state: KeyState, lookup: KeyLookup) {
  return {
    CreateKey: operation<CreateKeyCommandInput, Answer<CreateKeyCommandOutput>>(
      ['KeySpec', 'KeyUsage', 'Description'],
      ({ KeySpec: named = 'SYMMETRIC_DEFAULT', KeyUsage: usage, Description: description = '' }, context) => {
        const spec = knownSpec(named);
        if (usage === undefined && spec !== 'SYMMETRIC_DEFAULT') throw usageMissing();
        if (usage !== undefined && usage !== TRAITS[spec].KeyUsage) throw usageUnfit(usage, spec);
        const arn = keyArn(context.account, context.region, state.newKeyId());
        state.put({ arn, spec, description, createdAt: state.clock.now(), enabled: true });
        return { KeyMetadata: keyMetadata(lookup.find(context, 'CreateKey', arn)) };
      },
    ),
    DescribeKey: operation<DescribeKeyCommandInput, Answer<DescribeKeyCommandOutput>>(
      ['KeyId'],
      ({ KeyId: named = '' }, context) => ({ KeyMetadata: keyMetadata(lookup.find(context, 'DescribeKey', named)) }),
    ),
    CreateAlias: operation<CreateAliasCommandInput, Answer<CreateAliasCommandOutput>>(
      ['AliasName', 'TargetKeyId'],
      ({ AliasName: name = '', TargetKeyId: target = '' }, context) => {
        if (!name.startsWith('alias/')) throw aliasPrefixMissing();
        if (!aliasForm.test(name))
          throw unfitting('aliasName', name, 'satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$');
        if (name.startsWith('alias/aws/')) throw aliasReserved(name);
        if (target.includes('alias/')) throw aliasOfAlias();
        const { arn } = lookup.findOwn(context, 'CreateAlias', target);
        const alias = aliasArn(context.account, context.region, name);
        if (lookup.isTaken(alias)) throw aliasTaken(alias);
        state.name(alias, arn);
        return {};
      },
    ),
    DisableKey: operation<DisableKeyCommandInput, Answer<DisableKeyCommandOutput>>(
      ['KeyId'],
      ({ KeyId: named = '' }, context) => {
        state.put({ ...lookup.findOwn(context, 'DisableKey', named), enabled: false });
        return {};
      },
    ),
    EnableKey: operation<EnableKeyCommandInput, Answer<EnableKeyCommandOutput>>(
      ['KeyId'],
      ({ KeyId: named = '' }, context) => {
        state.put({ ...lookup.findOwn(context, 'EnableKey', named), enabled: true });
        return {};
      },
    ),
    ScheduleKeyDeletion: operation<ScheduleKeyDeletionCommandInput, Answer<ScheduleKeyDeletionCommandOutput>>(
      ['KeyId', 'PendingWindowInDays'],
      ({ KeyId: named = '', PendingWindowInDays: days = longestWait }, context) => {
        if (days < shortestWait) throw notOfDays(days, `greater than or equal to ${shortestWait}`);
        if (days > longestWait) throw notOfDays(days, `less than or equal to ${longestWait}`);
        const entry = lookup.findOwn(context, 'ScheduleKeyDeletion', named);
        const deletedAt = state.clock.now() + days * dayMs;
        state.put({ ...entry, deletedAt });
        return {
          KeyId: entry.arn,
          DeletionDate: new Date(deletedAt),
          KeyState: 'PendingDeletion',
          PendingWindowInDays: days,
        };
      },
    ),
  };
}

function knownSpec(spec: string): KeySpec {
  if (spec === 'SYMMETRIC_DEFAULT' || spec === 'ECC_NIST_EDWARDS25519') return spec;
  throw notModelled(`keys of the spec ${spec}`);
}

function notOfDays(days: number, bound: string) {
  return unfitting('pendingWindowInDays', days, `have value ${bound}`);
}
