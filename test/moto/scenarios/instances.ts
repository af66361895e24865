import {
  DescribeInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import type { Witness } from '../witness.ts';
import { LAUNCH, launched, tag, UNKNOWN } from './setting.ts';

/** RunInstances, and what can be done with an instance. */
export async function livesOfInstances(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const describe = (id: string) => ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  /** What a life changes of an instance; what it looks like besides is told once. */
  const state = async (id: string) => {
    const { Reservations: [{ Instances: [instance] = [] } = {}] = [] } = await describe(id);
    return { State: instance?.State, StateTransitionReason: instance?.StateTransitionReason };
  };
  const devices = async (id: string) => {
    const { Reservations: [{ Instances: [instance] = [] } = {}] = [] } = await describe(id);
    return { DeviceNames: (instance?.BlockDeviceMappings ?? []).map(({ DeviceName }) => DeviceName) };
  };
  const start = (id: string) => ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
  const stop = (id: string) => ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
  const terminate = (...ids: string[]) => ec2.send(new TerminateInstancesCommand({ InstanceIds: ids }));

  const answer = await ec2.send(
    new RunInstancesCommand({
      ...LAUNCH,
      ClientToken: 'once',
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 20, VolumeType: 'gp3' } }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [tag('Name', 'web')] }],
    }),
  );
  const web = witness.name('web', answer.Instances?.[0]?.InstanceId);
  await witness.step('a launch is answered', Promise.resolve(answer));
  await witness.step('an instance right after its launch', describe(web));
  await witness.settle();
  await witness.step('an instance that runs', describe(web));
  const again = await ec2.send(
    new RunInstancesCommand({
      ...LAUNCH,
      ClientToken: 'once',
      BlockDeviceMappings: [{ DeviceName: '/dev/sdf', Ebs: { VolumeSize: 20, VolumeType: 'gp3' } }],
      TagSpecifications: [{ ResourceType: 'instance', Tags: [tag('Name', 'web')] }],
    }),
  );
  await witness.step('a launch whose token was used', Promise.resolve(again));
  await witness.step(
    'a launch whose token was used, with other parameters',
    ec2.send(new RunInstancesCommand({ ...LAUNCH, MaxCount: 2, ClientToken: 'once' })),
  );
  const several = await ec2.send(new RunInstancesCommand({ ...LAUNCH, MinCount: 1, MaxCount: 3 }));
  await witness.step(
    'how many a launch of one to three makes',
    Promise.resolve({ Instances: several.Instances?.length }),
  );
  await witness.step(
    'a launch of fewer than one instance',
    ec2.send(new RunInstancesCommand({ ...LAUNCH, MinCount: 0, MaxCount: 0 })),
  );
  await witness.step(
    'a launch of at least more than at most',
    ec2.send(new RunInstancesCommand({ ...LAUNCH, MinCount: 2, MaxCount: 1 })),
  );
  await witness.step(
    'a launch of an unknown image',
    ec2.send(new RunInstancesCommand({ ...LAUNCH, ImageId: UNKNOWN.image })),
  );
  await witness.step('a launch of no image id', ec2.send(new RunInstancesCommand({ ...LAUNCH, ImageId: 'image' })));
  await witness.step('a launch without an image', ec2.send(new RunInstancesCommand({ ...LAUNCH, ImageId: undefined })));
  await witness.step('a dry launch', ec2.send(new RunInstancesCommand({ ...LAUNCH, DryRun: true })));
  await witness.step(
    'a launch with tags for what it does not make',
    ec2.send(
      new RunInstancesCommand({
        ...LAUNCH,
        TagSpecifications: [{ ResourceType: 'image', Tags: [tag('Name', 'web')] }],
      }),
    ),
  );
  await witness.step(
    'a launch with a reserved tag',
    ec2.send(
      new RunInstancesCommand({
        ...LAUNCH,
        TagSpecifications: [{ ResourceType: 'instance', Tags: [tag('aws:x', 'web')] }],
      }),
    ),
  );
  const unwanted = await launched(witness, ec2, 'no-root', {
    BlockDeviceMappings: [{ DeviceName: '/dev/xvda', NoDevice: '' }],
  });
  await witness.step('an instance without its root device', devices(unwanted));

  await witness.step('stopping', stop(web));
  await witness.settle();
  await witness.step('an instance that is stopped', state(web));
  await witness.step('stopping what is stopped', stop(web));
  await witness.step('starting', start(web));
  await witness.settle();
  await witness.step('starting what runs', start(web));
  await witness.step('stopping an unknown instance', stop(UNKNOWN.instance));
  await witness.step('starting what is no instance id', start('instance'));
  await witness.step('a dry stop', ec2.send(new StopInstancesCommand({ InstanceIds: [web], DryRun: true })));
  await witness.step('terminating a known and an unknown instance', terminate(web, UNKNOWN.instance));
  await witness.step('terminating', terminate(web));
  await witness.settle();
  await witness.step('an instance that is terminated', state(web));
  await witness.step('terminating what is terminated', terminate(web));
  await witness.step('starting what is terminated', start(web));
  await witness.step('stopping what is terminated', stop(web));
}

/** DescribeInstances. */
export async function listsOfInstances(witness: Witness): Promise<void> {
  const ec2 = await witness.ec2();
  const describe = (input: DescribeInstancesCommand['input']) => ec2.send(new DescribeInstancesCommand(input));
  /** Which instances are listed; what they look like is told elsewhere. */
  const list = async (input: DescribeInstancesCommand['input']) => {
    const { Reservations: found = [] } = await describe(input);
    return {
      Instances: found.flatMap(({ Instances = [] }) => Instances.map(({ InstanceId }) => ({ InstanceId }))),
    };
  };
  const filtered = (name: string, ...values: string[]) => list({ Filters: [{ Name: name, Values: values }] });
  const tagged = (name: string, stage: string) =>
    launched(witness, ec2, name, {
      TagSpecifications: [{ ResourceType: 'instance', Tags: [tag('Name', name), tag('Stage', stage)] }],
    });

  await witness.step('no instances', list({}));
  const web = await tagged('web', 'prod');
  const shop = await tagged('shop', 'prod');
  const test = await tagged('test', 'Test');
  await ec2.send(new StopInstancesCommand({ InstanceIds: [test] }));
  await witness.settle();
  await witness.step('all instances', list({}));
  await witness.step('two instances by id', list({ InstanceIds: [web, shop] }));
  await witness.step('an instance by id, twice', list({ InstanceIds: [web, web] }));
  await witness.step('an unknown instance', list({ InstanceIds: [UNKNOWN.instance] }));
  await witness.step('two unknown instances', list({ InstanceIds: [UNKNOWN.instance, 'i-0123456789abcdef1'] }));
  await witness.step('a known and an unknown instance', list({ InstanceIds: [web, UNKNOWN.instance] }));
  await witness.step('no instance id', list({ InstanceIds: ['instance'] }));
  await witness.step('instances by state', filtered('instance-state-name', 'stopped'));
  await witness.step('instances by the number of a state', filtered('instance-state-code', '16'));
  await witness.step('instances by tag', filtered('tag:Stage', 'prod'));
  await witness.step('instances by tag in another case', filtered('tag:Stage', 'test'));
  await witness.step('instances by tags with wildcards', filtered('tag:Name', 's*', 'w?b'));
  await witness.step('instances by a tag with a ? for nothing', filtered('tag:Name', 'web?'));
  await witness.step('instances by tag key', filtered('tag-key', 'Stage'));
  await witness.step('instances by tag value', filtered('tag-value', 'prod'));
  await witness.step('instances by image', filtered('image-id', LAUNCH.ImageId));
  await witness.step('instances by type', filtered('instance-type', 't3.*'));
  await witness.step('instances by id as a filter', filtered('instance-id', web));
  await witness.step('instances by an unknown filter', filtered('nonsense', 'x'));
  await witness.step('instances by a filter without values', filtered('tag-key'));
  await witness.step('instances by the root device type', filtered('root-device-type', 'ebs'));
  await witness.step(
    'instances by two filters',
    list({
      Filters: [
        { Name: 'tag:Stage', Values: ['prod', 'Test'] },
        { Name: 'instance-state-name', Values: ['running'] },
      ],
    }),
  );
  await witness.step(
    'an instance by id that a filter excludes',
    list({
      InstanceIds: [web],
      Filters: [{ Name: 'instance-state-name', Values: ['stopped'] }],
    }),
  );
  await witness.step('ids together with MaxResults', list({ InstanceIds: [web], MaxResults: 5 }));
  await witness.step('pages of four instances', list({ MaxResults: 4 }));
  await witness.step('pages of five instances, where three are', list({ MaxResults: 5 }));
  await witness.step('pages of more than a thousand instances', list({ MaxResults: 1_001 }));
  await witness.step('a page after a wrong token', list({ MaxResults: 5, NextToken: 'wrong' }));
  await witness.step('a dry description', list({ DryRun: true }));
  for (let number = 1; number <= 4; number += 1) await tagged(`more-${number}`, 'more');
  const pages = await pagesOf(describe);
  await witness.step('how many instances a page of five holds', Promise.resolve({ sizes: pages }));
  await ec2.send(new RunInstancesCommand({ ...LAUNCH, MinCount: 7, MaxCount: 7 }));
  await witness.settle();
  const launchedTogether = await pagesOf((input) =>
    describe({ ...input, Filters: [{ Name: 'instance-state-name', Values: ['running'] }] }),
  );
  await witness.step(
    'how many instances a page of five holds where seven were launched together',
    Promise.resolve({ sizes: launchedTogether }),
  );
}

type Describe = (input: DescribeInstancesCommand['input']) => Promise<{
  Reservations?: { Instances?: object[] | undefined }[] | undefined;
  NextToken?: string | undefined;
}>;

async function pagesOf(describe: Describe): Promise<number[]> {
  const sizes: number[] = [];
  let token: string | undefined;
  do {
    const { Reservations: found = [], NextToken: next } = await describe({
      MaxResults: 5,
      ...(token && { NextToken: token }),
    });
    sizes.push(found.flatMap(({ Instances: instances = [] }) => instances).length);
    token = next;
  } while (token);
  return sizes;
}
