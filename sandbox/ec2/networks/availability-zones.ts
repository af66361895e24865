import type {
  AvailabilityZone,
  DescribeAvailabilityZonesCommandInput,
  DescribeAvailabilityZonesCommandOutput,
} from '@aws-sdk/client-ec2';
import { zoneUnknown } from '../errors.ts';
import type { Plane } from '../plane/state.ts';
import { allHold, compileFilters, filterTable } from '../requests/filters.ts';
import { availabilityZonesNotModelled } from '../requests/filters-of-networks.ts';
import { type Answer, operation } from '../requests/operation.ts';

const filters = filterTable<AvailabilityZone>(
  {
    'opt-in-status': (zone) => zone.OptInStatus,
    'region-name': (zone) => zone.RegionName,
    state: (zone) => zone.State,
    'zone-id': (zone) => zone.ZoneId,
    'zone-name': (zone) => zone.ZoneName,
    'zone-type': (zone) => zone.ZoneType,
  },
  availabilityZonesNotModelled,
);

export function availabilityZoneOperations(plane: Plane) {
  return {
    DescribeAvailabilityZones: operation<
      DescribeAvailabilityZonesCommandInput,
      Answer<DescribeAvailabilityZonesCommandOutput>
    >(['ZoneNames', 'ZoneIds', 'AllAvailabilityZones', 'Filters'], (input, { account, region }) => {
      const { ZoneNames: names = [], ZoneIds: ids = [] } = input;
      const compiled = compileFilters(input.Filters, filters, plane.behaviour(region));
      const { zones } = plane.in(account, region);
      for (const name of names) if (!zones.some((zone) => zone.name === name)) throw zoneUnknown(name);
      for (const id of ids) if (!zones.some((zone) => zone.id === id)) throw zoneUnknown(id);
      const isNamed = names.length + ids.length > 0;
      return {
        AvailabilityZones: zones
          .filter(({ name, id }) => !isNamed || names.includes(name) || ids.includes(id))
          .map(
            ({ name, id }): AvailabilityZone => ({
              State: 'available',
              OptInStatus: 'opt-in-not-required',
              RegionName: region,
              ZoneName: name,
              ZoneId: id,
              NetworkBorderGroup: region,
              ZoneType: 'availability-zone',
            }),
          )
          .filter((zone) => allHold(compiled, zone)),
      };
    }),
  };
}
