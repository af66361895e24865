import { describe, expect, it } from 'vitest';
import { aPlane, away, consumer, refusal } from './plane.ts';

const namesAndIds = (plane: ReturnType<typeof aPlane>, context = {}) =>
  (plane.call('DescribeAvailabilityZones', {}, context).AvailabilityZones ?? []).map(({ ZoneName, ZoneId }) => [
    ZoneName,
    ZoneId,
  ]);

describe('the zones of a region', () => {
  it('are three, with a name and an id each', () => {
    const zones = namesAndIds(aPlane());
    expect(zones.map(([name]) => name)).toEqual(['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
    expect(zones.map(([, id]) => id).sort()).toEqual(['euc1-az1', 'euc1-az2', 'euc1-az3']);
    expect(namesAndIds(aPlane(), { region: away }).map(([, id]) => id)).toContain('euw1-az1');
  });

  it('have the same ids for all accounts, under names that differ', () => {
    const accounts = ['111122223333', consumer.account, '555566667777', '666677778888'];
    const seen = accounts.map((account) => namesAndIds(aPlane(), { account }));
    expect(new Set(seen.map((zones) => JSON.stringify(zones))).size).toBeGreaterThan(1);
    expect(
      new Set(
        seen.map((zones) =>
          zones
            .map(([, id]) => id)
            .sort()
            .join(),
        ),
      ).size,
    ).toBe(1);
    expect(namesAndIds(aPlane({}, 2))).toEqual(namesAndIds(aPlane()));
  });

  it('are found by name, id and filter', () => {
    const { call } = aPlane();
    const [first] = call('DescribeAvailabilityZones', {}).AvailabilityZones ?? [];
    const id = first?.ZoneId ?? '';
    expect(call('DescribeAvailabilityZones', { ZoneIds: [id] }).AvailabilityZones).toEqual([first]);
    expect(call('DescribeAvailabilityZones', { ZoneNames: ['eu-central-1a'] }).AvailabilityZones).toEqual([first]);
    const Filters = [{ Name: 'zone-id', Values: [id] }];
    expect(call('DescribeAvailabilityZones', { Filters }).AvailabilityZones).toEqual([first]);
    expect(refusal(() => call('DescribeAvailabilityZones', { ZoneNames: ['eu-central-1z'] })).code).toBe(
      'InvalidParameterValue',
    );
  });
});
