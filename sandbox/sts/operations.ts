import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { OperationDefinition, ServiceOperations } from '../contract.ts';

const getCallerIdentity: OperationDefinition<GetCallerIdentityRequest, GetCallerIdentityResponse> = {
  heeds: [],
  run: (_input, { account }) => ({
    UserId: `AIDA${account}0000`,
    Account: account,
    Arn: `arn:aws:iam::${account}:user/sandbox`,
  }),
};

/** Who the caller is: everyone is the user `sandbox` of the account that the access key stands for. */
export const STS_OPERATIONS: ServiceOperations = { GetCallerIdentity: getCallerIdentity };
