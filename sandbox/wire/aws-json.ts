import { ServiceError } from '../contract.ts';
import { decodeJson, jsonOf } from './json.ts';
import type { Protocol } from './protocol.ts';

/**
 * AWS JSON 1.1, which EventBridge and Systems Manager speak.
 *
 * @param serviceTarget what stands before the operation's name in the header X-Amz-Target: `AWSEvents`
 */
export function awsJsonProtocol(serviceTarget: string): Protocol {
  const prefix = `${serviceTarget}.`;
  return {
    contentType: 'application/x-amz-json-1.1',
    keepsEmptyLists: true,
    keepsEmptyStructs: true,
    isMeantBy: ({ target }) => target?.startsWith(prefix) === true,
    operationName: ({ target }) => {
      if (target?.startsWith(prefix)) return target.slice(prefix.length);
      throw new ServiceError('UnknownOperationException', `the header X-Amz-Target must start with ${prefix}`, 404);
    },
    decode: (shape, { body }) => decodeJson(shape, body),
    encodeOutput: ({ output: shape }, output) => (shape === undefined ? '' : JSON.stringify(jsonOf(shape, output))),
    encodeError: (error) => JSON.stringify({ __type: error.code, message: error.message }),
  };
}
