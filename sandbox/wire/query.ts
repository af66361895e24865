import { ServiceError } from '../contract.ts';
import { decodeForm } from './form.ts';
import type { Protocol, WireRequest } from './protocol.ts';
import { element, encodeMembers, escapeXml, XML_DECLARATION } from './xml.ts';

export interface QuerySettings {
  readonly version: string;
  readonly xmlNamespace: string;
}

const CONTENT_TYPE = 'text/xml;charset=UTF-8';

/**
 * EC2's own protocol (Amazon EC2 Developer Guide, "Query requests"): the request id first, then the members of the
 * output, or `<return>true</return>` where the operation has none.
 */
export function ec2QueryProtocol({ version, xmlNamespace }: QuerySettings): Protocol {
  return {
    contentType: CONTENT_TYPE,
    keepsEmptyLists: false,
    keepsEmptyStructs: false,
    isMeantBy: ({ parameters }) => parameters.get('Version') === version,
    operationName: (request) => actionOf(request, version),
    decode: (shape, { parameters }) => decodeForm(shape, parameters),
    encodeOutput: ({ name, output: shape }, output, requestId) => {
      const members = shape === undefined ? '<return>true</return>' : encodeMembers(shape, output);
      const content = `${element('requestId', requestId)}${members}`;
      return `${XML_DECLARATION}<${name}Response xmlns="${xmlNamespace}/">${content}</${name}Response>`;
    },
    encodeError: (error, requestId) => {
      const errors = element('Errors', element('Error', codeAndMessage(error)));
      return `${XML_DECLARATION}${element('Response', errors + element('RequestID', requestId))}`;
    },
  };
}

/** The AWS Query protocol of STS and Auto Scaling: the output in a result element, the request id behind it. */
export function awsQueryProtocol({ version, xmlNamespace }: QuerySettings): Protocol {
  return {
    contentType: CONTENT_TYPE,
    keepsEmptyLists: true,
    keepsEmptyStructs: false,
    isMeantBy: ({ parameters }) => parameters.get('Version') === version,
    operationName: (request) => actionOf(request, version),
    decode: (shape, { parameters }) => decodeForm(shape, parameters),
    encodeOutput: ({ name, output: shape }, output, requestId) => {
      const result = shape === undefined ? '' : element(`${name}Result`, encodeMembers(shape, output));
      const metadata = element('ResponseMetadata', element('RequestId', requestId));
      return `<${name}Response xmlns="${xmlNamespace}">${result}${metadata}</${name}Response>`;
    },
    encodeError: (error, requestId) => {
      const side = element('Type', error.httpStatus < 500 ? 'Sender' : 'Receiver');
      const content = element('Error', side + codeAndMessage(error)) + element('RequestId', requestId);
      return `<ErrorResponse xmlns="${xmlNamespace}">${content}</ErrorResponse>`;
    },
  };
}

function actionOf({ parameters }: WireRequest, version: string): string {
  const action = parameters.get('Action');
  if (action === null) throw new ServiceError('MissingAction', 'The request is missing an action');
  if (parameters.get('Version') !== version) {
    throw new ServiceError('NoSuchVersion', `The requested version (${parameters.get('Version')}) does not exist`);
  }
  return action;
}

function codeAndMessage(error: ServiceError): string {
  return element('Code', escapeXml(error.code)) + element('Message', escapeXml(error.message));
}
