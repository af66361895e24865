import type { DescribeVolumesCommandInput, DescribeVolumesCommandOutput, Volume } from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import type { Plane, VolumeEntry } from '../plane/state.ts';
import { allHold, asText, compileFilters, present, taggedFilterTable } from '../requests/filters.ts';
import { volumesNotModelled } from '../requests/filters-not-modelled.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { fillPage, narrow, type PageRule, readCursor } from '../requests/paging.ts';
import { ownVolume } from './lookup.ts';

const filters = taggedFilterTable<Volume>(
  {
    'attachment.device': (volume) => present((volume.Attachments ?? []).map(({ Device }) => Device)),
    'attachment.instance-id': (volume) => present((volume.Attachments ?? []).map(({ InstanceId }) => InstanceId)),
    'availability-zone': (volume) => volume.AvailabilityZone,
    'availability-zone-id': (volume) => volume.AvailabilityZoneId,
    encrypted: (volume) => asText(volume.Encrypted),
    size: (volume) => asText(volume.Size),
    'snapshot-id': (volume) => volume.SnapshotId,
    status: (volume) => volume.State,
    'volume-id': (volume) => volume.VolumeId,
    'volume-type': (volume) => volume.VolumeType,
  },
  volumesNotModelled,
);

const pageRule: PageRule = {
  operation: 'DescribeVolumes',
  least: 5,
  most: 1_000,
  beyond: 'clamped',
  idList: 'volumeSet',
};

export function volumeOperations(plane: Plane) {
  return {
    DescribeVolumes: operation<DescribeVolumesCommandInput, Answer<DescribeVolumesCommandOutput>>(
      ['VolumeIds', 'Filters', 'MaxResults', 'NextToken'],
      (input, context) => describeVolumes(plane, input, context),
    ),
  };
}

function describeVolumes(plane: Plane, input: DescribeVolumesCommandInput, { account, region }: CallContext) {
  const place = plane.in(account, region);
  const behaviour = plane.behaviour(region);
  const { VolumeIds: ids = [] } = input;
  const cursor = readCursor(input, pageRule, ids, behaviour);
  const compiled = compileFilters(input.Filters, filters, behaviour);
  const byId = ids.map((id) => ownVolume(place, id)).sort((a, b) => a.seq - b.seq);
  const { entries, filters: rest } =
    ids.length > 0 ? { entries: byId, filters: compiled } : narrow(place.volumes, compiled);
  const accept = ({ shown }: VolumeEntry) => (shown && allHold(rest, shown) ? shown : undefined);
  const { items, nextToken } = fillPage([entries], cursor, accept);
  return { Volumes: items, ...(nextToken && { NextToken: nextToken }) };
}
