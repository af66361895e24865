import type {
  CreateRouteCommandInput,
  CreateRouteCommandOutput,
  DeleteRouteCommandInput,
  DeleteRouteCommandOutput,
  Route,
} from '@aws-sdk/client-ec2';
import {
  cidrMalformed,
  invalidCombination,
  localRouteKept,
  missingParameter,
  routeNotFound,
  routeTaken,
} from '../errors.ts';
import type { Plane } from '../plane/state.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { cidrText, parseCidr } from './cidr.ts';
import { ownRouteTable } from './lookup.ts';
import { networksOf } from './networks.ts';
import { changeRouteTable } from './route-tables.ts';

/** Where a route can lead. Gateways and connections are names here: that there is one by it is not looked at. */
const TARGETS = ['GatewayId', 'NatGatewayId', 'TransitGatewayId', 'VpcPeeringConnectionId'] as const;

export function routeOperations(plane: Plane) {
  return {
    CreateRoute: operation<CreateRouteCommandInput, Answer<CreateRouteCommandOutput>>(
      ['RouteTableId', 'DestinationCidrBlock', ...TARGETS],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const table = ownRouteTable(place, input.RouteTableId);
        const destination = destinationOf(input.DestinationCidrBlock);
        const routes = table.current.Routes ?? [];
        if (routes.some(({ DestinationCidrBlock }) => DestinationCidrBlock === destination)) {
          throw routeTaken(destination);
        }
        const route: Route = {
          DestinationCidrBlock: destination,
          ...targetOf(input),
          Origin: 'CreateRoute',
          State: 'active',
        };
        changeRouteTable(networksOf(place), table, { Routes: [...routes, route] });
        return { Return: true };
      },
    ),
    DeleteRoute: operation<DeleteRouteCommandInput, Answer<DeleteRouteCommandOutput>>(
      ['RouteTableId', 'DestinationCidrBlock'],
      (input, { account, region }) => {
        const place = plane.in(account, region);
        const table = ownRouteTable(place, input.RouteTableId);
        const destination = destinationOf(input.DestinationCidrBlock);
        const routes = table.current.Routes ?? [];
        const route = routes.find(({ DestinationCidrBlock }) => DestinationCidrBlock === destination);
        if (!route) throw routeNotFound(destination, table.id);
        if (route.GatewayId === 'local') throw localRouteKept(destination, table.id);
        changeRouteTable(networksOf(place), table, { Routes: routes.filter((other) => other !== route) });
        return {};
      },
    ),
  };
}

function destinationOf(block: string | undefined): string {
  if (!block) throw missingParameter('destinationCidrBlock');
  const cidr = parseCidr(block);
  if (!cidr) throw cidrMalformed('destinationCidrBlock', block);
  return cidrText(cidr);
}

/** @throws MissingParameter, InvalidParameterCombination where it is not exactly one. */
function targetOf(input: CreateRouteCommandInput): Pick<Route, (typeof TARGETS)[number]> {
  const named = TARGETS.filter((target) => input[target] !== undefined);
  const [target] = named;
  if (target === undefined) throw missingParameter('gatewayId');
  if (named.length > 1) throw invalidCombination(`A route has one target, not several: ${named.join(', ')}`);
  return { [target]: input[target] };
}
