import type { DescribeRegionsCommandInput, DescribeRegionsCommandOutput, Region } from '@aws-sdk/client-ec2';
import { invalidValue } from './errors.ts';
import type { Plane } from './plane/state.ts';
import { type Answer, operation } from './requests/operation.ts';

export function regionOperations(plane: Plane) {
  return {
    DescribeRegions: operation<DescribeRegionsCommandInput, Answer<DescribeRegionsCommandOutput>>(
      ['RegionNames', 'AllRegions'],
      ({ RegionNames: names = [], AllRegions: all = false }, { region }) => {
        const { regions, regionsNotOptedIn } = plane.behaviour(region);
        const listed = all ? [...regions, ...regionsNotOptedIn] : regions;
        for (const name of names) {
          if (!listed.includes(name)) throw invalidValue(`Invalid region names: [${name}]`);
        }
        const isOut = (name: string) => regionsNotOptedIn.includes(name);
        return { Regions: (names.length > 0 ? names : listed).map((name) => describe(name, isOut(name))) };
      },
    ),
  };
}

/** A region that the account is in is one that needs no opting in. */
function describe(name: string, isOut: boolean): Region {
  return {
    RegionName: name,
    Endpoint: `ec2.${name}.amazonaws.com`,
    OptInStatus: isOut ? 'not-opted-in' : 'opt-in-not-required',
  };
}
