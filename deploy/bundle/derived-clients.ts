/**
 * The SDK's clients as clients of EC2 with another service's name, protocol and endpoints, which is all that they are to
 * us. As they come, each has a copy of what finds out settings and credentials, of how calls are signed and of what a
 * call goes through; those of some services sign in other ways too, for operations that we do not call.
 */

const EC2 = 'client-ec2';

/** A client's class, within its package. */
export const CLASS_FILE = /^dist-es\/\w+Client\.js$/;

/** How a client's parameters of an endpoint are called. */
const PARAMETERS_FILE = 'dist-es/endpoint/EndpointParameters.js';

/** Where a client says what is its own. */
const OWN_SETTINGS = ['dist-es/runtimeConfig.shared.js', PARAMETERS_FILE];

/** Whether a file of a client, by its path within the package, is made of EC2's. */
export function isDerived(file: string): boolean {
  return CLASS_FILE.test(file) || file === PARAMETERS_FILE;
}

/**
 * The text of one of a client's files that are made of EC2's.
 *
 * @param client the package's name within its scope: `client-ssm`
 * @param file the file's path within the package
 * @param read reads a file of the client
 * @throws TypeError where a file is not in the form that this knows, as after an update of the SDK
 */
export async function derivedFile(
  client: string,
  file: string,
  read: (file: string) => Promise<string>,
): Promise<string> {
  const text = await read(file);
  if (client === EC2) return CLASS_FILE.test(file) ? `${text}${DERIVED_CLIENT}` : text;
  if (file === PARAMETERS_FILE) return `export { commonParams } from '@aws-sdk/${EC2}/${file}';`;
  const settings = (await Promise.all(OWN_SETTINGS.map(read))).join('\n');
  const own = (what: string, pattern: RegExp, inText = settings): string => {
    const [, found] = pattern.exec(inText) ?? [];
    if (found !== undefined) return found;
    throw new TypeError(`@aws-sdk/${client} does not say ${what} in a form that deploy/bundle knows`);
  };
  const protocol = own('its protocol', /protocol: config\?\.protocol \?\? (\w+),/);
  return `
    import { derivedClient } from '@aws-sdk/${EC2}/dist-es/EC2Client.js';
    import { ${protocol} as protocol } from '@aws-sdk/core/protocols';
    import { version } from '../package.json';
    import { defaultEndpointResolver as endpointProvider } from './endpoint/endpointResolver';
    import { errorTypeRegistries } from './schemas/schemas_0';
    export const ${own('its name', /export class (\w+) extends __Client/, text)} = /* @__PURE__ */ derivedClient(version, {
      apiVersion: ${own('its version', /apiVersion: ("[\d-]+"),/)},
      endpointProvider,
      protocol,
      protocolSettings: ${own('its settings', /protocolSettings: config\?\.protocolSettings \?\? (\{[^}]*\}),/)},
      serviceId: ${own('its service', /serviceId: config\?\.serviceId \?\? ("[^"]+"),/)},
      signingName: ${own('how its calls are signed', /defaultSigningName: ("\w+"),/)},
    });`;
}

/** A client whose own settings take the place of EC2's. */
const DERIVED_CLIENT = `
import { createDefaultUserAgentProvider } from '@aws-sdk/core/client';
export function derivedClient(clientVersion, own) {
  const defaultUserAgentProvider = createDefaultUserAgentProvider({ serviceId: own.serviceId, clientVersion });
  return class extends EC2Client {
    constructor(settings) {
      super({ ...own, defaultUserAgentProvider, ...settings });
    }
  };
}
`;
