import type {
  CreateKeyPairCommandInput,
  CreateKeyPairCommandOutput,
  DeleteKeyPairCommandInput,
  DeleteKeyPairCommandOutput,
  DescribeKeyPairsCommandInput,
  DescribeKeyPairsCommandOutput,
  ImportKeyPairCommandInput,
  ImportKeyPairCommandOutput,
  KeyPairInfo,
  KeyType,
  Tag,
} from '@aws-sdk/client-ec2';
import { keyPairTaken, missingParameter, publicKeyMalformed } from '../errors.ts';
import { digest } from '../plane/digest.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { secondsDate, view } from '../plane/views.ts';
import { allHold, compileFilters, taggedFilterTable } from '../requests/filters.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { tagsByType } from '../tags/tags.ts';
import { keyPairNamed, ownKeyPair, ownKeyPairById } from './lookup.ts';

const filters = taggedFilterTable<KeyPairInfo>({
  fingerprint: (pair) => pair.KeyFingerprint,
  'key-name': (pair) => pair.KeyName,
  'key-pair-id': (pair) => pair.KeyPairId,
});

export function keyPairOperations(plane: Plane) {
  return {
    CreateKeyPair: operation<CreateKeyPairCommandInput, Answer<CreateKeyPairCommandOutput>>(
      ['KeyName', 'KeyType', 'TagSpecifications'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const tags = tagsByType(input.TagSpecifications, ['key-pair'], plane.behaviour(region)).get('key-pair') ?? [];
        const secret = `${account}/${region}/${input.KeyName}/${plane.clock.now()}`;
        const pair = addKeyPair(plane, place, { name: input.KeyName, type: input.KeyType ?? 'rsa', secret, tags });
        return { ...named(pair), KeyMaterial: material(secret) };
      },
    ),
    ImportKeyPair: operation<ImportKeyPairCommandInput, Answer<ImportKeyPairCommandOutput>>(
      ['KeyName', 'PublicKeyMaterial', 'TagSpecifications'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const tags = tagsByType(input.TagSpecifications, ['key-pair'], plane.behaviour(region)).get('key-pair') ?? [];
        const key = Buffer.from(input.PublicKeyMaterial ?? []).toString();
        const [, type] = /^ssh-(rsa|ed25519) [A-Za-z0-9+/]+=*(\s|$)/.exec(key) ?? [];
        if (type !== 'rsa' && type !== 'ed25519') throw publicKeyMalformed();
        return named(addKeyPair(plane, place, { name: input.KeyName, type, secret: key, tags }));
      },
    ),
    DescribeKeyPairs: operation<DescribeKeyPairsCommandInput, Answer<DescribeKeyPairsCommandOutput>>(
      ['KeyNames', 'KeyPairIds', 'Filters'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const compiled = compileFilters(input.Filters, filters, plane.behaviour(region));
        const { KeyNames: names = [], KeyPairIds: ids = [] } = input;
        const wanted = [...names.map((name) => ownKeyPair(place, name)), ...ids.map((id) => ownKeyPairById(place, id))];
        const entries = wanted.length > 0 ? [...new Set(wanted)] : place.keyPairs.inOrder;
        return { KeyPairs: entries.map(({ current }) => current).filter((pair) => allHold(compiled, pair)) };
      },
    ),
    DeleteKeyPair: operation<DeleteKeyPairCommandInput, Answer<DeleteKeyPairCommandOutput>>(
      ['KeyName', 'KeyPairId'],
      ({ KeyName: name, KeyPairId: id }, { account, region }) => {
        const place = plane.in(account, region);
        if (!name && !id) throw missingParameter('keyName');
        const entry = name ? keyPairNamed(place, name) : place.keyPairs.get(id ?? '');
        // EC2 has nothing against a pair that is gone already.
        if (entry) place.keyPairs.remove(entry);
        return { Return: true, ...(entry && { KeyPairId: entry.id }) };
      },
    ),
  };
}

interface NewKeyPair {
  readonly name: string | undefined;
  readonly type: KeyType;
  /** What its fingerprint follows from. */
  readonly secret: string;
  readonly tags: readonly Tag[];
}

/** @throws MissingParameter, InvalidKeyPair.Duplicate. */
function addKeyPair(plane: Plane, place: AccountRegion, { name, type, secret, tags }: NewKeyPair): KeyPairInfo {
  if (!name) throw missingParameter('keyName');
  if (keyPairNamed(place, name)) throw keyPairTaken();
  const id = plane.newId('key');
  const pair = view<KeyPairInfo>({
    KeyPairId: id,
    KeyName: name,
    KeyType: type,
    KeyFingerprint: (digest(secret).slice(0, 40).match(/../g) ?? []).join(':'),
    CreateTime: secondsDate(plane.clock.now()),
    Tags: [...tags],
  });
  place.keyPairs.add({ id, seq: plane.nextSeq(), current: pair, shown: pair });
  return pair;
}

function named({ KeyPairId, KeyName, KeyFingerprint, Tags }: KeyPairInfo) {
  return { KeyPairId, KeyName, KeyFingerprint, Tags };
}

/** It has the form of a private key and is none: nothing here could be reached with it. */
function material(secret: string): string {
  const body = Buffer.from(digest(`key pair ${secret}`)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`;
}
