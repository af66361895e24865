import { describe, expect, it } from 'vitest';
import type { Ec2Behaviour } from '../../sandbox/ec2/behaviour/behaviour.ts';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import { ACCOUNT, aSandbox, REGION, served } from './world.ts';

const DAY = 24 * 3_600_000;

interface JsonAnswer {
  readonly status: number;
  readonly error: string | null;
  readonly text: string;
}

/** A sandbox and what speaks REST JSON to it by hand. */
async function aBin(ec2: Partial<Ec2Behaviour> = {}) {
  const sandbox = aSandbox({ ec2: { snapshotBaseMs: 0, snapshotMsPerGiB: 0, ...ec2 } });
  const { url } = await served(sandbox);
  const send = async (method: string, path: string, body?: object | string, account = ACCOUNT): Promise<JsonAnswer> => {
    const scope = `${account}/20261123/${REGION}/rbin/aws4_request`;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
        'content-type': 'application/json',
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return {
      status: response.status,
      error: response.headers.get('x-amzn-errortype'),
      text: await response.text(),
    };
  };
  const create = async (rule: object): Promise<string> => {
    const { text } = await send('POST', '/rules', { ResourceType: 'EC2_IMAGE', RetentionPeriod: days(7), ...rule });
    return String(new Map(Object.entries(JSON.parse(text))).get('Identifier'));
  };
  const ec2Call = (operation: string, input: object) =>
    sandbox.call({ service: 'ec2', operation, region: REGION, account: ACCOUNT, input });
  return { sandbox, send, create, ec2Call };
}

function days(count: number) {
  return { RetentionPeriodValue: count, RetentionPeriodUnit: 'DAYS' };
}

/** Registers an image and deregisters it; says for how many days it is in the bin, nothing for not at all. */
async function daysInBin({ sandbox, ec2Call }: Awaited<ReturnType<typeof aBin>>, tags: Record<string, string>) {
  const launched = await ec2Call('RunInstances', {
    ImageId: publicImageId(REGION, 'al2023'),
    MinCount: 1,
    MaxCount: 1,
  });
  const InstanceId = valueAt(launched, 'Instances', 0, 'InstanceId');
  await sandbox.clock.advance(60_000);
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const image = await ec2Call('CreateImage', {
    InstanceId,
    Name: `image of ${String(InstanceId)}`,
    NoReboot: true,
    TagSpecifications: Tags.length > 0 ? [{ ResourceType: 'image', Tags }] : [],
  });
  await sandbox.clock.advance(60_000);
  await ec2Call('DeregisterImage', { ImageId: valueAt(image, 'ImageId') });
  const binned = sandbox.ec2.inspect.recycleBin().find(({ id }) => id === valueAt(image, 'ImageId'));
  return binned && (binned.exitsAt - binned.enteredAt) / DAY;
}

function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((inner, name) => Reflect.get(Object(inner), name), value);
}

describe('a retention rule', () => {
  it('is made, read, changed and deleted by method and path', async () => {
    const { send } = await aBin();
    const created = await send('POST', '/rules', {
      ResourceType: 'EC2_IMAGE',
      RetentionPeriod: days(7),
      Description: 'a week',
      ResourceTags: [{ ResourceTagKey: 'Stage', ResourceTagValue: 'live' }],
      Tags: [{ Key: 'Owner', Value: 'me' }],
    });
    const { Tags, ...rule } = JSON.parse(created.text);
    expect([created.status, Tags, rule]).toEqual([
      201,
      [{ Key: 'Owner', Value: 'me' }],
      {
        Identifier: expect.stringMatching(/^[0-9a-zA-Z]{11}$/),
        Description: 'a week',
        RetentionPeriod: days(7),
        RuleArn: `arn:aws:rbin:${REGION}:${ACCOUNT}:rule/${rule.Identifier}`,
        ResourceType: 'EC2_IMAGE',
        ResourceTags: [{ ResourceTagKey: 'Stage', ResourceTagValue: 'live' }],
        Status: 'available',
      },
    ]);
    const path = `/rules/${rule.Identifier}`;
    const read = await send('GET', path);
    expect([read.status, JSON.parse(read.text)]).toEqual([200, rule]);
    const updated = await send('PATCH', path, { RetentionPeriod: days(30), Description: '' });
    expect([updated.status, JSON.parse(updated.text)]).toEqual([
      200,
      { ...rule, Description: '', RetentionPeriod: days(30) },
    ]);
    expect(await send('DELETE', path)).toEqual({ status: 204, error: null, text: '' });
    expect(await send('GET', path)).toMatchObject({ status: 404, error: 'ResourceNotFoundException' });
  });

  it('is of one account, region and type', async () => {
    const bin = await aBin();
    const id = await bin.create({});
    const list = async (ResourceType: string, account?: string) => {
      const { Rules } = JSON.parse((await bin.send('POST', '/list-rules', { ResourceType }, account)).text);
      return Rules;
    };
    expect(await list('EC2_IMAGE')).toEqual([
      {
        Identifier: id,
        RetentionPeriod: days(7),
        RuleArn: `arn:aws:rbin:${REGION}:${ACCOUNT}:rule/${id}`,
      },
    ]);
    expect(await list('EBS_SNAPSHOT')).toEqual([]);
    expect(await list('EC2_IMAGE', '444455556666')).toEqual([]);
    expect((await bin.send('GET', `/rules/${id}`, undefined, '444455556666')).status).toBe(404);
    expect((await bin.send('DELETE', `/rules/${id}`, undefined, '444455556666')).status).toBe(404);
  });

  it('is listed page by page', async () => {
    const bin = await aBin();
    const ids = [await bin.create({}), await bin.create({}), await bin.create({})];
    const found: string[] = [];
    let NextToken: string | undefined;
    let pages = 0;
    do {
      const page = await bin.send('POST', '/list-rules', { ResourceType: 'EC2_IMAGE', MaxResults: 2, NextToken });
      const answer: { Rules: { Identifier: string }[]; NextToken?: string } = JSON.parse(page.text);
      found.push(...answer.Rules.map(({ Identifier }) => Identifier));
      NextToken = answer.NextToken;
      pages += 1;
    } while (NextToken !== undefined);
    expect([found, pages]).toEqual([ids, 2]);
    const wrong = { ResourceType: 'EC2_IMAGE', NextToken: 'eHg=' };
    expect(await bin.send('POST', '/list-rules', wrong)).toMatchObject({ status: 400, error: 'ValidationException' });
  });

  const tag = { ResourceTagKey: 'a', ResourceTagValue: 'b' };

  it.each([
    ['no type', { ResourceType: undefined }, 400, 'ValidationException', "'resourceType'"],
    ['no number of days', { RetentionPeriod: { RetentionPeriodUnit: 'DAYS' } }, 400, 'ValidationException', 'null at'],
    ['no day', { RetentionPeriod: days(0) }, 400, 'ValidationException', '1 to 365'],
    ['more than a year', { RetentionPeriod: days(366) }, 400, 'ValidationException', '1 to 365'],
    [
      'hours',
      { RetentionPeriod: { RetentionPeriodValue: 5, RetentionPeriodUnit: 'HOURS' } },
      400,
      'ValidationException',
      "DAYS, not 'HOURS'",
    ],
    ['another type', { ResourceType: 'VPC' }, 400, 'ValidationException', "'VPC'"],
    ['volumes', { ResourceType: 'EBS_VOLUME' }, 400, 'UnsupportedOperation', 'EBS_VOLUME'],
    [
      'exclusions from tags',
      { ResourceTags: [tag], ExcludeResourceTags: [tag] },
      400,
      'ValidationException',
      'no exclusion tags',
    ],
    ['six exclusions', { ExcludeResourceTags: Array(6).fill(tag) }, 400, 'ValidationException', 'at most 5'],
    ['an empty key', { ResourceTags: [{ ResourceTagKey: '' }] }, 400, 'ValidationException', '1 to 128'],
    [
      'a lock',
      { LockConfiguration: { UnlockDelay: { UnlockDelayValue: 7, UnlockDelayUnit: 'DAYS' } } },
      400,
      'UnsupportedOperation',
      'LockConfiguration',
    ],
    ['an unknown member', { Retention: 1 }, 400, 'ValidationException', 'Retention'],
    ['a text for a number', { RetentionPeriod: { ...days(1), RetentionPeriodValue: '1' } }, 400, 'Serial', 'a number'],
  ])('with %s is refused', async (_, change, status, error, message) => {
    const { send } = await aBin();
    const rule = { ResourceType: 'EC2_IMAGE', RetentionPeriod: days(7), ...change };
    const answer = await send('POST', '/rules', rule);
    expect([answer.status, answer.error, JSON.parse(answer.text)]).toEqual([
      status,
      expect.stringContaining(error),
      { message: expect.stringContaining(message) },
    ]);
  });

  it('beyond the two hundred and fiftieth is refused', async () => {
    const bin = await aBin();
    for (let count = 0; count < 250; count += 1) await bin.create({});
    const rule = { ResourceType: 'EC2_IMAGE', RetentionPeriod: days(7) };
    expect(await bin.send('POST', '/rules', rule)).toMatchObject({
      status: 402,
      error: 'ServiceQuotaExceededException',
    });
  });

  it.each([
    ['PUT', '/rules/abcdefghijk'],
    ['GET', '/rules'],
    ['PATCH', '/rules/abcdefghijk/lock'],
    ['GET', '/tags/arn:aws:rbin'],
  ])('is nothing to %s %s, which is not modelled', async (method, path) => {
    const { send } = await aBin();
    expect(await send(method, path)).toMatchObject({ status: 404, error: 'UnknownOperationException' });
  });

  it('cannot be named by what is no percent-encoded path', async () => {
    const { send } = await aBin();
    expect(await send('GET', '/rules/%zz')).toMatchObject({ status: 400, error: 'SerializationException' });
  });
});

describe('a call that is not signed', () => {
  it('is refused in the form of the service that its path is of', async () => {
    const { url } = await served(aSandbox());
    const response = await fetch(`${url}/rules`, { method: 'POST', body: '{}' });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
  });
});

describe('a deregistered image is caught', () => {
  const stage = (value?: string) => ({
    ResourceTagKey: 'Stage',
    ...(value !== undefined && { ResourceTagValue: value }),
  });

  it('by a rule with tags if it has one of them', async () => {
    const bin = await aBin();
    await bin.create({ ResourceTags: [stage('live'), { ResourceTagKey: 'Keep', ResourceTagValue: '' }] });
    expect(await daysInBin(bin, { Stage: 'live' })).toBe(7);
    expect(await daysInBin(bin, { Keep: '' })).toBe(7);
    expect(await daysInBin(bin, { Stage: 'test' })).toBeUndefined();
    expect(await daysInBin(bin, {})).toBeUndefined();
  });

  it('by a rule without tags unless it is excluded', async () => {
    const bin = await aBin();
    await bin.create({ ExcludeResourceTags: [stage('test')] });
    expect(await daysInBin(bin, {})).toBe(7);
    expect(await daysInBin(bin, { Stage: 'test' })).toBeUndefined();
  });

  it('by the rule that keeps longest', async () => {
    const bin = await aBin();
    await bin.create({});
    await bin.create({ RetentionPeriod: days(30), ResourceTags: [stage('live')] });
    await bin.create({ RetentionPeriod: days(90), ResourceType: 'EBS_SNAPSHOT' });
    await bin.create({ RetentionPeriod: days(3) });
    expect(await daysInBin(bin, { Stage: 'live' })).toBe(30);
    expect(await daysInBin(bin, {})).toBe(7);
  });

  it('by a rule only once it is no longer pending', async () => {
    const bin = await aBin({ binRulePendingMs: 3_600_000 });
    const id = await bin.create({});
    const status = async () => JSON.parse((await bin.send('GET', `/rules/${id}`)).text).Status;
    expect(await status()).toBe('pending');
    expect(await daysInBin(bin, {})).toBeUndefined();
    await bin.sandbox.clock.advance(3_600_000);
    expect(await status()).toBe('available');
    expect(await daysInBin(bin, {})).toBe(7);
  });

  it.each([
    ['any-value', 7],
    ['empty-value', undefined],
  ] as const)('by a tag without a value, which means %s as is set', async (binRuleTagWithoutValue, expected) => {
    const bin = await aBin({ binRuleTagWithoutValue });
    await bin.create({ ResourceTags: [stage()] });
    expect(await daysInBin(bin, { Stage: 'live' })).toBe(expected);
    expect(await daysInBin(bin, { Stage: '' })).toBe(7);
  });
});

describe('a state of the sandbox', () => {
  it('has the rules', async () => {
    const bin = await aBin();
    const id = await bin.create({});
    const state = JSON.parse(JSON.stringify(bin.sandbox.dump()));
    const other = await aBin();
    other.sandbox.load(state);
    expect((await other.send('GET', `/rules/${id}`)).status).toBe(200);
    expect(await other.create({})).toBe(await bin.create({}));
    other.sandbox.reset();
    expect((await other.send('GET', `/rules/${id}`)).status).toBe(404);
    expect(await other.create({})).toBe(id);
  });
});

describe('a fault', () => {
  it('strikes rules with the errors of their own service', async () => {
    const bin = await aBin();
    bin.sandbox.faults.add({ service: 'rbin', operation: 'ListRules', kind: 'throttle', times: 1 });
    bin.sandbox.faults.add({ operation: 'ListRules', kind: 'denied', times: 1 });
    const list = () => bin.send('POST', '/list-rules', { ResourceType: 'EC2_IMAGE' });
    expect(await list()).toMatchObject({ status: 429, error: 'ThrottlingException' });
    expect(await list()).toMatchObject({ status: 403, error: 'AccessDeniedException' });
    expect((await list()).status).toBe(200);
  });
});
