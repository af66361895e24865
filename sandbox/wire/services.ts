import * as autoScaling from '@aws-sdk/client-auto-scaling';
import * as ec2 from '@aws-sdk/client-ec2';
import * as eventBridge from '@aws-sdk/client-eventbridge';
import * as iam from '@aws-sdk/client-iam';
import * as kms from '@aws-sdk/client-kms';
import * as serviceQuotas from '@aws-sdk/client-service-quotas';
import * as ssm from '@aws-sdk/client-ssm';
import * as sts from '@aws-sdk/client-sts';
import { ServiceError, type ServiceName } from '../contract.ts';
import { RBIN_SCHEMAS } from '../rbin/schemas.ts';
import { callerArn } from '../sts/caller-arn.ts';
import { awsJsonProtocol } from './aws-json.ts';
import type { CommonErrors, DeniedCall, ServiceModel } from './protocol.ts';
import { awsQueryProtocol, ec2QueryProtocol } from './query.ts';
import { restJsonProtocol } from './rest-json.ts';
import { ShapeBook } from './shapes.ts';

const NOT_VALIDATED = 'AWS was not able to validate the provided access credentials';

const EXPIRED = 'The security token included in the request is expired';
const INVALID = 'The security token included in the request is invalid.';

/** There is no client of the Recycle Bin with schemas to take them from. */
const RBIN_SHAPES = new ShapeBook(RBIN_SCHEMAS, { ec2: false });

/**
 * How each service speaks. Codes and statuses are those of the services' pages on errors ("Error codes for the Amazon
 * EC2 API", "Common errors" of the others).
 */
export const SERVICES: Readonly<Record<ServiceName, ServiceModel>> = {
  ec2: {
    protocol: ec2QueryProtocol({ version: '2016-11-15', xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15' }),
    shapes: new ShapeBook(ec2, { ec2: true }),
    errors: {
      throttled: () => new ServiceError('RequestLimitExceeded', 'Request limit exceeded.', 503),
      denied: (call) =>
        new ServiceError(
          'UnauthorizedOperation',
          `You are not authorized to perform this operation. ${notAuthorized('ec2', call)}`,
          403,
        ),
      unknownOperation: (operation) =>
        new ServiceError('InvalidAction', `The action ${operation} is not valid for this web service.`),
      missingMember: ({ queryName }) =>
        new ServiceError('MissingParameter', `The request must contain the parameter ${queryName}`),
      noCredentials: () => new ServiceError('AuthFailure', NOT_VALIDATED, 401),
      expiredKey: () => new ServiceError('RequestExpired', 'Request has expired.'),
      invalidKey: () => new ServiceError('AuthFailure', NOT_VALIDATED, 401),
    },
  },
  autoscaling: {
    protocol: awsQueryProtocol({
      version: '2011-01-01',
      xmlNamespace: 'http://autoscaling.amazonaws.com/doc/2011-01-01/',
    }),
    shapes: new ShapeBook(autoScaling, { ec2: false }),
    errors: {
      throttled: () => new ServiceError('Throttling', 'Rate exceeded'),
      denied: (call) => new ServiceError('AccessDenied', notAuthorized('autoscaling', call), 403),
      unknownOperation: (operation) =>
        new ServiceError('InvalidAction', `Could not find operation ${operation} for version 2011-01-01`),
      missingMember: ({ name }) => new ServiceError('ValidationError', nullMember(uncapitalised(name))),
      noCredentials: () =>
        new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
      expiredKey: () => new ServiceError('ExpiredToken', EXPIRED, 403),
      invalidKey: () => new ServiceError('InvalidClientTokenId', INVALID, 403),
    },
  },
  ssm: {
    protocol: awsJsonProtocol('AmazonSSM'),
    shapes: new ShapeBook(ssm, { ec2: false }),
    errors: jsonErrors('ssm'),
  },
  sts: {
    protocol: awsQueryProtocol({ version: '2011-06-15', xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/' }),
    shapes: new ShapeBook(sts, { ec2: false }),
    errors: {
      throttled: () => new ServiceError('Throttling', 'Rate exceeded'),
      denied: (call) => new ServiceError('AccessDenied', notAuthorized('sts', call), 403),
      unknownOperation: (operation) =>
        new ServiceError('InvalidAction', `Could not find operation ${operation} for version 2011-06-15`),
      missingMember: ({ queryName }) => new ServiceError('ValidationError', nullMember(queryName)),
      noCredentials: () =>
        new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
      expiredKey: () => new ServiceError('ExpiredToken', EXPIRED, 403),
      invalidKey: () => new ServiceError('InvalidClientTokenId', INVALID, 403),
    },
  },
  events: {
    protocol: awsJsonProtocol('AWSEvents'),
    shapes: new ShapeBook(eventBridge, { ec2: false }),
    errors: jsonErrors('events'),
  },
  rbin: {
    protocol: restJsonProtocol(RBIN_SHAPES),
    shapes: RBIN_SHAPES,
    errors: {
      throttled: () => new ServiceError('ThrottlingException', 'Rate exceeded', 429),
      denied: (call) => new ServiceError('AccessDeniedException', notAuthorized('rbin', call), 403),
      unknownOperation: (operation) =>
        new ServiceError('UnknownOperationException', `the operation ${operation} is not known`, 404),
      missingMember: ({ name }) => new ServiceError('ValidationException', nullMember(uncapitalised(name))),
      noCredentials: () => new ServiceError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403),
      expiredKey: () => new ServiceError('ExpiredTokenException', EXPIRED, 403),
      invalidKey: () => new ServiceError('UnrecognizedClientException', INVALID, 403),
    },
  },
  kms: {
    protocol: awsJsonProtocol('TrentService'),
    shapes: new ShapeBook(kms, { ec2: false }),
    errors: {
      ...jsonErrors('kms'),
      throttled: () =>
        new ServiceError(
          'ThrottlingException',
          'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
        ),
    },
  },
  iam: {
    protocol: awsQueryProtocol({ version: '2010-05-08', xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/' }),
    shapes: new ShapeBook(iam, { ec2: false }),
    errors: {
      throttled: () => new ServiceError('Throttling', 'Rate exceeded'),
      denied: (call) => new ServiceError('AccessDenied', notAuthorized('iam', call), 403),
      unknownOperation: (operation) =>
        new ServiceError('InvalidAction', `Could not find operation ${operation} for version 2010-05-08`),
      missingMember: ({ name }) => new ServiceError('ValidationError', nullMember(uncapitalised(name))),
      noCredentials: () =>
        new ServiceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403),
      expiredKey: () => new ServiceError('ExpiredToken', EXPIRED, 403),
      invalidKey: () => new ServiceError('InvalidClientTokenId', INVALID, 403),
    },
  },
  servicequotas: {
    protocol: awsJsonProtocol('ServiceQuotasV20190624'),
    shapes: new ShapeBook(serviceQuotas, { ec2: false }),
    errors: {
      ...jsonErrors('servicequotas'),
      throttled: () => new ServiceError('TooManyRequestsException', 'Rate exceeded'),
    },
  },
};

/** As the services answer that speak AWS's JSON protocol. */
function jsonErrors(service: ServiceName): CommonErrors {
  return {
    throttled: () => new ServiceError('ThrottlingException', 'Rate exceeded'),
    denied: (call) => new ServiceError('AccessDeniedException', notAuthorized(service, call)),
    unknownOperation: (operation) =>
      new ServiceError('UnknownOperationException', `the operation ${operation} is not known`, 404),
    missingMember: ({ name }) => new ServiceError('ValidationException', nullMember(uncapitalised(name))),
    noCredentials: () =>
      new ServiceError('MissingAuthenticationTokenException', 'Request is missing Authentication Token'),
    expiredKey: () => new ServiceError('ExpiredTokenException', EXPIRED),
    invalidKey: () => new ServiceError('UnrecognizedClientException', INVALID),
  };
}

function notAuthorized(service: ServiceName, call: DeniedCall): string {
  const user = call.callerArn ?? callerArn(call.account, undefined);
  const action = `${service}:${call.operation}`;
  return `User: ${user} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`;
}

function nullMember(name: string): string {
  return `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;
}

function uncapitalised(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
