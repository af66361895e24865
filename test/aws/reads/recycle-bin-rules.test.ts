import { HttpRequest, HttpResponse } from '@smithy/core/protocols';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { createClients } from '../../../lib/aws/calls/clients.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { GetRuleCommand, ListRulesCommand, RecycleBinClient } from '../../../lib/aws/calls/recycle-bin-client.ts';
import { readRecycleBinRules } from '../../../lib/aws/reads/recycle-bin-rules.ts';
import { accountId, region } from '../../../lib/model/ids.ts';
import type { Ec2Behaviour } from '../../../sandbox/ec2/behaviour/behaviour.ts';
import { connectInProcess } from '../../../sandbox/in-process.ts';
import { aSandbox, clientConfig, served } from '../../sandbox-wire/world.ts';

const HERE = { account: accountId('111122223333'), region: region('eu-central-1') };
const WEEK = { RetentionPeriodValue: 7, RetentionPeriodUnit: 'DAYS' };
const STAGE = [{ ResourceTagKey: 'Stage', ResourceTagValue: 'live' }, { ResourceTagKey: 'Keep' }];

type Transport = 'in process' | 'over HTTP';

/** A sandbox, and the reader of its rules by real clients, on the sandbox's clock. */
async function aReader(transport: Transport, ec2: Partial<Ec2Behaviour> = {}) {
  const sandbox = aSandbox({ ec2 });
  const { clock } = sandbox;
  const server = transport === 'over HTTP' ? await served(sandbox) : undefined;
  const credentials = { accessKeyId: HERE.account, secretAccessKey: 'any' };
  const clients = createClients({ credentials, ...(server && { endpoint: server.url }) }, (client) => {
    if (!server) connectInProcess(sandbox, client, { account: HERE.account, replayEvery: 1 });
  });
  onTestFinished(() => clients.close());
  const pace = new Pace(clock, 1);
  const caller = new Caller({ clients, pace, clock, random: () => 0.5 }, Number.POSITIVE_INFINITY, 'ec2');
  const read = () => readRecycleBinRules(caller, HERE);
  const create = async (rule: object): Promise<string> => {
    const input = { ResourceType: 'EC2_IMAGE', RetentionPeriod: WEEK, ...rule };
    const made = await sandbox.call({ service: 'rbin', operation: 'CreateRule', ...HERE, input });
    return String(new Map(Object.entries(made)).get('Identifier'));
  };
  return { sandbox, clock, read, create };
}

describe.each<Transport>(['in process', 'over HTTP'])('the rules of the Recycle Bin, read %s', (transport) => {
  it('are those of the region, of images and of snapshots', async () => {
    const { clock, read, create } = await aReader(transport);
    expect(await read()).toEqual({ complete: true, value: [], source: 'Recycle Bin rules', at: clock.now() });
    const tagged = await create({ ResourceTags: STAGE });
    const snapshots = await create({
      ResourceType: 'EBS_SNAPSHOT',
      RetentionPeriod: { ...WEEK, RetentionPeriodValue: 365 },
      ExcludeResourceTags: [{ ResourceTagKey: 'Stage', ResourceTagValue: '' }],
    });
    const { complete, value } = await read();
    expect(complete).toBe(true);
    expect(value).toEqual([
      {
        id: tagged,
        resource: 'image',
        retentionDays: 7,
        tags: [{ key: 'Stage', value: 'live' }, { key: 'Keep' }],
        excludeTags: [],
      },
      {
        id: snapshots,
        resource: 'snapshot',
        retentionDays: 365,
        tags: [],
        excludeTags: [{ key: 'Stage', value: '' }],
      },
    ]);
  });

  it('are a partial reading where one of the calls is denied', async () => {
    const { sandbox, read, create } = await aReader(transport);
    await create({});
    sandbox.faults.add({ service: 'rbin', operation: 'GetRule', kind: 'denied' });
    expect(await read()).toMatchObject({
      complete: false,
      value: [],
      problem: expect.stringContaining('AccessDeniedException: User: arn:aws:iam::111122223333:user/sandbox is not'),
    });
    sandbox.faults.add({ service: 'rbin', operation: 'ListRules', kind: 'denied' });
    expect(await read()).toMatchObject({ complete: false, problem: expect.stringContaining('rbin:ListRules') });
  });
});

describe('the rules of the Recycle Bin', () => {
  it('come from all pages, though some are short and some empty', async () => {
    const { sandbox, clock, read, create } = await aReader('in process');
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) ids.push(await create({}));
    sandbox.ec2.setBehaviour({ pageFill: 'uneven' });
    const { complete, value } = await clock.run(read);
    expect([complete, value.map(({ id }) => id)]).toEqual([true, ids]);
  });

  it('are asked for again where AWS slows calls down', async () => {
    const { sandbox, clock, read, create } = await aReader('in process');
    await create({});
    sandbox.faults.add({ service: 'rbin', kind: 'throttle', times: 2 });
    expect(await clock.run(read)).toMatchObject({ complete: true, value: [{ retentionDays: 7 }] });
    expect(sandbox.calls.total({ service: 'rbin', outcome: 'ThrottlingException' })).toBe(2);
  });

  it('do not have one that is pending, or deleted while it is read', async () => {
    const { sandbox, clock, read, create } = await aReader('in process', { binRulePendingMs: 60_000 });
    await create({});
    expect(await read()).toMatchObject({ complete: true, value: [] });
    await clock.advance(60_000);
    expect((await read()).value).toHaveLength(1);
    sandbox.faults.add({
      operation: 'GetRule',
      kind: 'error-before',
      code: 'ResourceNotFoundException',
      status: 404,
    });
    expect(await read()).toMatchObject({ complete: true, value: [] });
  });
});

describe('the client of the Recycle Bin', () => {
  /** What the client would send; nothing leaves the machine. */
  async function sent(place: string, command: ListRulesCommand | GetRuleCommand) {
    const client = new RecycleBinClient(clientConfig('111122223333', place));
    const requests: object[] = [];
    client.middlewareStack.add(
      () => async (args) => {
        const { request } = args;
        if (!HttpRequest.isInstance(request)) throw new TypeError('this is no request');
        requests.push({ ...request, body: request.body && Buffer.from(request.body).toString() });
        const body = new TextEncoder().encode('{}');
        return { response: new HttpResponse({ statusCode: 200, body, headers: {} }), output: { $metadata: {} } };
      },
      { step: 'deserialize', priority: 'low', name: 'nowhere' },
    );
    if (command instanceof GetRuleCommand) await client.send(command);
    else await client.send(command);
    return requests[0];
  }

  it.each([
    ['eu-central-1', 'rbin.eu-central-1.amazonaws.com'],
    ['us-gov-west-1', 'rbin.us-gov-west-1.amazonaws.com'],
    ['cn-north-1', 'rbin.cn-north-1.amazonaws.com.cn'],
  ])('calls the service of %s at %s, signed for it', async (place, hostname) => {
    const signed = expect.stringMatching(
      `^AWS4-HMAC-SHA256 Credential=111122223333/\\d{8}/${place}/rbin/aws4_request, SignedHeaders=[a-z0-9;-]*host`,
    );
    expect(await sent(place, new ListRulesCommand({ ResourceType: 'EC2_IMAGE', MaxResults: 5 }))).toMatchObject({
      protocol: 'https:',
      hostname,
      method: 'POST',
      path: '/list-rules',
      body: '{"ResourceType":"EC2_IMAGE","MaxResults":5}',
      headers: { authorization: signed, host: hostname, 'content-type': 'application/json' },
    });
    expect(await sent(place, new GetRuleCommand({ Identifier: 'a/b' }))).toMatchObject({
      hostname,
      method: 'GET',
      path: '/rules/a%2Fb',
    });
  });
});
