import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';
import { extendedEncodeURIComponent } from '@smithy/core/protocols';
import { translateTraits } from '@smithy/core/schema';

/**
 * The Recycle Bin's protocol, `restJson1`, as far as its two operations need it: of the members of an input either all
 * are in the body or all in the path. The SDK's own knows headers, queries and streams too and takes as much room as a
 * client; the protocol of other clients, which is in every bundle anyway, differs in where a request goes.
 */
export class RecycleBinProtocol extends AwsJson1_1Protocol {
  constructor(settings: { defaultNamespace: string }) {
    super({ ...settings, serviceTarget: '' });
  }

  override getShapeId(): string {
    return 'aws.protocols#restJson1';
  }

  override async serializeRequest(...call: Parameters<AwsJson1_1Protocol['serializeRequest']>) {
    const [{ name, traits }, input] = call;
    const { http } = translateTraits(traits);
    if (!http) throw new TypeError(`the schema of ${name} does not say where it goes`);
    const [method, path] = http;
    const request = await super.serializeRequest(...call);
    const { 'content-type': _, 'x-amz-target': __, ...headers } = request.headers;
    request.method = method;
    // The endpoint's own path ends with a slash here, and the operation's begins with one.
    request.path = request.path.slice(0, -1) + withLabels(path, input);
    request.headers = method === 'GET' ? headers : { ...headers, 'content-type': 'application/json' };
    if (method === 'GET') request.body = undefined;
    return request;
  }
}

/** `/rules/{Identifier}` with the input's Identifier. */
function withLabels(path: string, input: object): string {
  const values = new Map(Object.entries(input));
  return path.replace(/\{(\w+)\}/g, (_, label: string) => extendedEncodeURIComponent(String(values.get(label) ?? '')));
}
