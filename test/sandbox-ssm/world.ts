import { GetParameterCommand, PutParameterCommand, type PutParameterCommandInput } from '@aws-sdk/client-ssm';
import { publicImageId } from '../../sandbox/ec2/index.ts';
import type { SandboxOptions } from '../../sandbox/sandbox.ts';
import { aSandbox, inProcess, REGION } from '../sandbox-wire/world.ts';

export const IMAGE = publicImageId(REGION, 'al2023');
export const OTHER_IMAGE = publicImageId(REGION, 'ubuntu-24.04');

/** A sandbox behind real clients, each of whose calls is taken over the wire as well. */
export function aParameterWorld(options: Partial<SandboxOptions> = {}) {
  const sandbox = aSandbox({ throttling: false, ...options });
  const clients = inProcess(sandbox, 1);
  const put = (Name: string, Value: string, input: Partial<PutParameterCommandInput> = {}) =>
    clients.ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', ...input }));
  return {
    ...clients,
    sandbox,
    put,
    putImage: (name: string, image = IMAGE) => put(name, image, { DataType: 'aws:ec2:image', Overwrite: true }),
    get: async (Name: string) => (await clients.ssm.send(new GetParameterCommand({ Name }))).Parameter,
  };
}
