import type {
  DescribeInstanceTypeOfferingsCommandInput,
  DescribeInstanceTypeOfferingsCommandOutput,
  InstanceTypeOffering,
  LocationType,
} from '@aws-sdk/client-ec2';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { invalidValue } from '../errors.ts';
import type { Zone } from '../networks/zones.ts';
import type { AccountRegion, Plane } from '../plane/state.ts';
import { allHold, compileFilters, filterTable } from '../requests/filters.ts';
import { tokenOf } from '../requests/listing.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, type PageRule, readCursor } from '../requests/paging.ts';
import { INSTANCE_TYPES, type InstanceTypeFacts } from './table.ts';

const filters = filterTable<InstanceTypeOffering>({
  'instance-type': (offering) => offering.InstanceType,
  location: (offering) => offering.Location,
});

const rule: PageRule = {
  operation: 'DescribeInstanceTypeOfferings',
  least: 5,
  most: 1_000,
  beyond: 'refused',
  idList: 'instanceTypes',
};

export function instanceTypeOfferingOperations(plane: Plane) {
  return {
    DescribeInstanceTypeOfferings: operation<
      DescribeInstanceTypeOfferingsCommandInput,
      Answer<DescribeInstanceTypeOfferingsCommandOutput>
    >(['LocationType', 'Filters', 'MaxResults', 'NextToken'], (input, { account, region }) => {
      const behaviour = plane.behaviour(region);
      const cursor = readCursor(input, rule, [], behaviour);
      const compiled = compileFilters(input.Filters, filters, behaviour);
      const all = offerings(plane.in(account, region), input.LocationType ?? 'region', behaviour);
      const page = fillPage([all.map((offering, seq) => ({ seq, offering }))], cursor, ({ offering }) =>
        allHold(compiled, offering) ? offering : undefined,
      );
      return { InstanceTypeOfferings: page.items, ...tokenOf(page) };
    }),
  };
}

/** Whether instances of a type can be launched in a zone, which says nothing of whether there is room for one. */
export function isOffered({ typesNotOffered }: Ec2Behaviour, zone: Zone, type: string): boolean {
  return !(typesNotOffered[zone.name] ?? []).includes(type);
}

function offerings(place: AccountRegion, kind: LocationType, behaviour: Ec2Behaviour): readonly InstanceTypeOffering[] {
  const types = [...INSTANCE_TYPES.values()];
  const offered = ({ name }: InstanceTypeFacts, location: string): InstanceTypeOffering => ({
    InstanceType: name,
    LocationType: kind,
    Location: location,
  });
  switch (kind) {
    case 'region':
      return types
        .filter(({ name }) => place.zones.some((zone) => isOffered(behaviour, zone, name)))
        .map((type) => offered(type, place.region));
    case 'availability-zone':
    case 'availability-zone-id':
      return place.zones.flatMap((zone) =>
        types
          .filter(({ name }) => isOffered(behaviour, zone, name))
          .map((type) => offered(type, kind === 'availability-zone' ? zone.name : zone.id)),
      );
    default:
      throw invalidValue(`Value (${kind}) for parameter locationType is invalid.`);
  }
}
