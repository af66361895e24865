import type { DescribeRegionsCommandInput, DescribeRegionsCommandOutput, Region } from '@aws-sdk/client-ec2';
import { invalidValue } from './errors.ts';
import { type Answer, operation } from './operation.ts';
import type { Plane } from './state.ts';

export function regionOperations(plane: Plane) {
  return {
    DescribeRegions: operation<DescribeRegionsCommandInput, Answer<DescribeRegionsCommandOutput>>(
      ['RegionNames', 'AllRegions'],
      ({ RegionNames: names = [] }, { region }) => {
        const { regions } = plane.behaviour(region);
        for (const name of names) {
          if (!regions.includes(name)) throw invalidValue(`Invalid region names: [${name}]`);
        }
        return { Regions: (names.length > 0 ? names : regions).map(describe) };
      },
    ),
  };
}

/** Every region is one that needs no opting in. */
function describe(name: string): Region {
  return { RegionName: name, Endpoint: `ec2.${name}.amazonaws.com`, OptInStatus: 'opt-in-not-required' };
}
