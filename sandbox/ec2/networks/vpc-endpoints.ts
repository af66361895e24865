import type {
  CreateVpcEndpointCommandInput,
  CreateVpcEndpointCommandOutput,
  DeleteVpcEndpointsCommandInput,
  DeleteVpcEndpointsCommandOutput,
  DescribeVpcEndpointsCommandInput,
  DescribeVpcEndpointsCommandOutput,
  VpcEndpoint,
} from '@aws-sdk/client-ec2';
import { endpointNotFound, missingParameter } from '../errors.ts';
import type { Plane } from '../plane/state.ts';
import { taggedFilterTable } from '../requests/filters.ts';
import { vpcEndpointsNotModelled } from '../requests/filters-of-networks.ts';
import { once } from '../requests/idempotency.ts';
import { listPage, tokenOf } from '../requests/listing.ts';
import { type Answer, operation } from '../requests/operation.ts';
import type { PageRule } from '../requests/paging.ts';
import { createEndpoint, removeEndpoint } from './endpoints.ts';
import { ownEndpoint } from './lookup.ts';
import { networksOf } from './networks.ts';

const filters = taggedFilterTable<VpcEndpoint>(
  {
    'service-name': (endpoint) => endpoint.ServiceName,
    'vpc-endpoint-id': (endpoint) => endpoint.VpcEndpointId,
    'vpc-endpoint-state': (endpoint) => endpoint.State?.toLowerCase(),
    'vpc-endpoint-type': (endpoint) => endpoint.VpcEndpointType,
    'vpc-id': (endpoint) => endpoint.VpcId,
  },
  vpcEndpointsNotModelled,
);

const rule: PageRule = {
  operation: 'DescribeVpcEndpoints',
  least: 1,
  most: 1_000,
  beyond: 'clamped',
  idList: 'vpcEndpointIdSet',
};

export function vpcEndpointOperations(plane: Plane) {
  return {
    CreateVpcEndpoint: operation<CreateVpcEndpointCommandInput, Answer<CreateVpcEndpointCommandOutput>>(
      [
        'ClientToken',
        'PrivateDnsEnabled',
        'RouteTableIds',
        'SecurityGroupIds',
        'ServiceName',
        'SubnetIds',
        'TagSpecifications',
        'VpcEndpointType',
        'VpcId',
      ],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const { id } = once(plane, place, 'CreateVpcEndpoint', input, () => createEndpoint(plane, place, input).id);
        return { VpcEndpoint: ownEndpoint(place, id).current };
      },
    ),
    DescribeVpcEndpoints: operation<DescribeVpcEndpointsCommandInput, Answer<DescribeVpcEndpointsCommandOutput>>(
      ['VpcEndpointIds', 'Filters', 'MaxResults', 'NextToken'],
      ({ VpcEndpointIds: ids, Filters, ...request }, { account, region }) => {
        const place = plane.in(account, region);
        const own = (id: string) => ownEndpoint(place, id);
        const listing = { collection: networksOf(place).endpoints, own, rule, filters };
        const page = listPage({ ids, Filters, ...request }, listing, plane.behaviour(region));
        return { VpcEndpoints: page.items, ...tokenOf(page) };
      },
    ),
    /** What can't be deleted is told in the answer, and does not keep the others. */
    DeleteVpcEndpoints: operation<DeleteVpcEndpointsCommandInput, Answer<DeleteVpcEndpointsCommandOutput>>(
      ['VpcEndpointIds'],
      ({ VpcEndpointIds: ids = [] }, { account, region }) => {
        const place = plane.in(account, region);
        if (ids.length === 0) throw missingParameter('vpcEndpointId');
        const { endpoints } = networksOf(place);
        const unknown: string[] = [];
        for (const id of new Set(ids)) {
          const entry = endpoints.get(id);
          if (entry) removeEndpoint(place, entry);
          else unknown.push(id);
        }
        return {
          Unsuccessful: unknown.map((ResourceId) => {
            const { code: Code, message: Message } = endpointNotFound(ResourceId);
            return { ResourceId, Error: { Code, Message } };
          }),
        };
      },
    ),
  };
}
