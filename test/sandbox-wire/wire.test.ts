import type { CopyImageRequest, RunInstancesRequest } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../sandbox/contract.ts';
import { ACCOUNT, action, anOperation, aSandbox, aSandboxWith, REGION, sendRaw, served } from './world.ts';

/** A sandbox that notes every input of RunInstances, with which all of the forms of a request can be shown. */
async function noting() {
  const inputs: RunInstancesRequest[] = [];
  const heeds = ['MinCount', 'MaxCount', 'TagSpecifications', 'InstanceMarketOptions', 'EbsOptimized', 'UserData'];
  const sandbox = aSandboxWith({
    RunInstances: anOperation((input: RunInstancesRequest) => {
      inputs.push(input);
      return { Instances: [] };
    }, heeds),
  });
  return { inputs, server: await served(sandbox) };
}

const RUN = { ...action('RunInstances'), MinCount: '1', MaxCount: '2' };

describe('a request of EC2 Query', () => {
  it('is the same by GET and by POST', async () => {
    const { inputs, server } = await noting();
    const parameters = { ...RUN, EbsOptimized: 'true' };
    await sendRaw(server, { parameters, method: 'GET' });
    await sendRaw(server, { parameters, method: 'POST' });
    const expected = { MinCount: 1, MaxCount: 2, EbsOptimized: true };
    expect(inputs).toEqual([expected, expected]);
  });

  it('may write a space as + and as %20', async () => {
    const { inputs, server } = await noting();
    await sendRaw(server, { parameters: `${new URLSearchParams(RUN)}&UserData=a+b%20c%2Bd` });
    expect(inputs[0]?.UserData).toBe('a b c+d');
  });

  it('counts the items of lists from 1, at every level, in any order', async () => {
    const { inputs, server } = await noting();
    await sendRaw(server, {
      parameters: {
        ...RUN,
        'TagSpecification.1.Tag.2.Key': 'second',
        'TagSpecification.1.Tag.2.Value': '',
        'TagSpecification.1.Tag.1.Key': 'first',
        'TagSpecification.1.Tag.10.Key': 'last',
        'TagSpecification.1.ResourceType': 'instance',
      },
    });
    expect(inputs[0]?.TagSpecifications).toEqual([
      { ResourceType: 'instance', Tags: [{ Key: 'first' }, { Key: 'second', Value: '' }, { Key: 'last' }] },
    ]);
  });

  it.each([
    ['2030-01-02T03:04:05Z', '2030-01-02T03:04:05.000Z'],
    ['2030-01-02T03:04:05.6Z', '2030-01-02T03:04:05.600Z'],
    ['2030-01-02T03:04:05.678Z', '2030-01-02T03:04:05.678Z'],
    ['2030-01-02T03:04:05.678901Z', '2030-01-02T03:04:05.678Z'],
    ['2030-01-02T03:04:05+02:00', '2030-01-02T01:04:05.000Z'],
  ])('takes the time %s as %s', async (written, meant) => {
    const { inputs, server } = await noting();
    const parameters = { ...RUN, 'InstanceMarketOptions.SpotOptions.ValidUntil': written };
    await sendRaw(server, { parameters });
    expect(inputs[0]?.InstanceMarketOptions?.SpotOptions?.ValidUntil).toEqual(new Date(meant));
  });

  it.each([
    ['EbsOptimised', 'true', 'UnknownParameter', 'The parameter EbsOptimised is not recognized'],
    ['TagSpecification.1.Tag.1.Keys', 'x', 'UnknownParameter', 'TagSpecification.1.Tag.1.Keys'],
    ['TagSpecification.one.ResourceType', 'x', 'UnknownParameter', 'TagSpecification.one'],
    ['TagSpecification', 'x', 'UnknownParameter', 'TagSpecification'],
    ['UserData.1', 'x', 'UnknownParameter', 'UserData.1'],
    ['EbsOptimized', 'yes', 'InvalidParameterValue', "Invalid value 'yes' for EbsOptimized"],
    ['InstanceMarketOptions.SpotOptions.ValidUntil', 'tomorrow', 'InvalidParameterValue', "Invalid value 'tomorrow'"],
  ])('with %s=%s is refused', async (name, value, code, message) => {
    const { inputs, server } = await noting();
    const response = await sendRaw(server, { parameters: { ...RUN, [name]: value } });
    const body = await response.text();
    expect(response.status).toBe(400);
    expect(body).toContain(`<Code>${code}</Code>`);
    expect(body.replaceAll('&apos;', "'")).toContain(message);
    expect(inputs).toEqual([]);
  });

  it('that writes a parameter twice is refused', async () => {
    const { server } = await noting();
    const response = await sendRaw(server, { parameters: `${new URLSearchParams(RUN)}&MinCount=1` });
    expect(await response.text()).toContain('The parameter MinCount was given more than once');
  });

  it('for another version of the API is refused', async () => {
    const { server } = await noting();
    const response = await sendRaw(server, { parameters: { ...RUN, Version: '2015-01-01' } });
    expect(await response.text()).toContain('<Code>NoSuchVersion</Code>');
  });
});

describe('an answer of EC2 Query', () => {
  const sandbox = () =>
    aSandboxWith({
      DescribeTags: anOperation(() => ({
        Tags: [
          { Key: 'a&b', Value: '<"1">' },
          { Key: 'empty', Value: '' },
        ],
      })),
      DescribeRegions: anOperation(() => ({ Regions: [], NextToken: undefined })),
      CreateTags: anOperation(() => ({}), ['Resources', 'Tags']),
      CopyImage: anOperation(() => {
        throw new ServiceError('InvalidAMIID.NotFound', "The image id '[ami-1]' <does> not exist");
      }, ['Name', 'SourceImageId', 'SourceRegion']),
    });

  async function textOf(parameters: Record<string, string>): Promise<string> {
    const response = await sendRaw(await served(sandbox()), { parameters });
    return (await response.text()).replaceAll(response.headers.get('x-amzn-requestid') ?? 'none', 'ID');
  }

  const XMLNS = 'xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"';
  const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

  it('is XML without white space, its request id first and the same as in the header', async () => {
    expect(await textOf(action('DescribeTags'))).toBe(
      `${DECLARATION}<DescribeTagsResponse ${XMLNS}><requestId>ID</requestId><tagSet>` +
        '<item><key>a&amp;b</key><value>&lt;&quot;1&quot;&gt;</value></item><item><key>empty</key><value/></item>' +
        '</tagSet></DescribeTagsResponse>',
    );
  });

  it('has an empty element for an empty list and nothing for what is absent', async () => {
    expect(await textOf(action('DescribeRegions'))).toBe(
      `${DECLARATION}<DescribeRegionsResponse ${XMLNS}><requestId>ID</requestId><regionInfo/></DescribeRegionsResponse>`,
    );
  });

  it('says true where the operation has no output', async () => {
    const parameters = { ...action('CreateTags'), 'ResourceId.1': 'ami-1', 'Tag.1.Key': 'a' };
    expect(await textOf(parameters)).toBe(
      `${DECLARATION}<CreateTagsResponse ${XMLNS}><requestId>ID</requestId><return>true</return></CreateTagsResponse>`,
    );
  });

  it('gives an error in the form of its own', async () => {
    const parameters = { ...action('CopyImage'), Name: 'n', SourceImageId: 'ami-1', SourceRegion: REGION };
    expect(await textOf(parameters)).toBe(
      `${DECLARATION}<Response><Errors><Error><Code>InvalidAMIID.NotFound</Code>` +
        "<Message>The image id '[ami-1]' &lt;does&gt; not exist</Message></Error></Errors><RequestID>ID</RequestID></Response>",
    );
  });
});

describe('a call', () => {
  it('that is not signed is not let in', async () => {
    const { url } = await served(aSandbox());
    const response = await fetch(url, { method: 'POST', body: new URLSearchParams(action('DescribeImages')) });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('<Code>AuthFailure</Code>');
  });

  it.each([
    ['444455556666', '444455556666'],
    ['AKIA444455556666ABCD', '444455556666'],
    ['AKIDEXAMPLE', '111122223333'],
  ])('of the access key %s is one of the account %s', async (accessKeyId, account) => {
    const sandbox = aSandbox();
    const parameters = { Action: 'GetCallerIdentity', Version: '2011-06-15' };
    const response = await sendRaw(await served(sandbox), { parameters, accessKeyId, service: 'sts' });
    expect(await response.text()).toContain(`<Account>${account}</Account>`);
    expect(sandbox.calls.total({ account, region: REGION, service: 'sts' })).toBe(1);
  });

  it('may carry its signature in the query string', async () => {
    const server = await served(aSandbox());
    const credential = `${ACCOUNT}/20261123/${REGION}/sts/aws4_request`;
    const query = new URLSearchParams({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Credential': credential,
      'X-Amz-Signature': '0',
    });
    const response = await fetch(`${server.url}/?${query}`);
    expect(await response.text()).toContain(`<Account>${ACCOUNT}</Account>`);
  });

  it('to a service that the sandbox does not have is refused by name', async () => {
    const response = await sendRaw(await served(aSandbox()), { parameters: {}, service: 's3' });
    expect(await response.text()).toContain(
      'sandbox answers for ec2, autoscaling, ssm, sts, events, rbin, kms, servicequotas, iam, not for s3',
    );
  });

  it.each([
    [
      'not modelled is an invalid action, and says that this is the lack of the sandbox',
      'CreateTransitGateway',
      'The action CreateTransitGateway is not valid for this web service. (AWS has it: this sandbox does not model CreateTransitGateway of ec2; sandbox/README.md lists what it has)',
    ],
    ['not there is an invalid action', 'CreateVcp', 'The action CreateVcp is not valid for this web service.'],
  ])('of an operation that is %s', async (_, name, message) => {
    const response = await sendRaw(await served(aSandbox()), { parameters: action(name) });
    expect([response.status, await response.text()]).toEqual([
      400,
      expect.stringContaining(`<Code>InvalidAction</Code><Message>${message}</Message>`),
    ]);
  });

  it('with a member that the operation does not heed is refused, even as a dry run', async () => {
    const sandbox = aSandboxWith({
      CopyImage: anOperation(
        (_: CopyImageRequest) => ({}),
        ['Name', 'SourceImageId', 'SourceRegion', 'TagSpecifications.Tags.Key'],
      ),
    });
    const parameters = {
      ...action('CopyImage'),
      Name: 'n',
      SourceImageId: 'ami-1',
      SourceRegion: REGION,
      DryRun: 'true',
    };
    const response = await sendRaw(await served(sandbox), {
      parameters: { ...parameters, 'TagSpecification.1.Tag.1.Key': 'a', 'TagSpecification.1.Tag.1.Value': 'b' },
    });
    expect(await response.text()).toContain(
      'sandbox does not model the member TagSpecifications.Tags.Value of CopyImage',
    );
  });

  it('as a dry run is told by 412 that it would have succeeded, and has no effect', async () => {
    let runs = 0;
    const CreateTags = anOperation(() => {
      runs += 1;
      return {};
    }, ['Resources', 'Tags']);
    const server = await served(aSandboxWith({ CreateTags }));
    const parameters = { ...action('CreateTags'), 'ResourceId.1': 'ami-1', 'Tag.1.Key': 'a' };
    const dry = await sendRaw(server, { parameters: { ...parameters, DryRun: 'true' } });
    expect([dry.status, await dry.text(), runs]).toEqual([
      412,
      expect.stringContaining(
        '<Code>DryRunOperation</Code><Message>Request would have succeeded, but DryRun flag is set.</Message>',
      ),
      0,
    ]);
    await sendRaw(server, { parameters });
    expect(runs).toBe(1);
  });

  it.each([
    ['throttle', 503, 'RequestLimitExceeded'],
    ['denied', 403, 'UnauthorizedOperation'],
  ] as const)('that meets the fault %s is answered by %i, %s', async (kind, status, code) => {
    const server = await served(aSandbox({ faults: [{ kind }] }));
    const response = await sendRaw(server, { parameters: action('DescribeImages') });
    expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(`<Code>${code}</Code>`)]);
  });

  it('that makes the sandbox stumble is answered with the defect, and the server lives on', async () => {
    const sandbox = aSandboxWith({
      DescribeTags: anOperation(() => {
        throw new TypeError('a bug');
      }),
    });
    const server = await served(sandbox);
    const response = await sendRaw(server, { parameters: action('DescribeTags') });
    expect([response.status, await response.text()]).toEqual([500, expect.stringContaining('TypeError: a bug')]);
    expect((await sendRaw(server, { parameters: action('CreateTransitGateway') })).status).toBe(400);
  });
});
