import type { InstanceId, Region } from '../../model/ids.ts';
import type { Reading } from '../../model/reading.ts';
import { blocked, note } from './findings.ts';
import type { Finding, NewVolume } from './plan.ts';

/** A volume that an earlier restore has made. */
export interface RestoredVolume {
  readonly id: string;
  readonly snapshot: string;
  /** `creating`, `available`, `in-use`, `deleting`, `error` and others. */
  readonly state: string;
  readonly attachedTo: readonly string[];
}

/** How an earlier volume is attached where one is wanted. */
interface Place {
  readonly region: Region;
  readonly attachment: NewVolume['attachment'];
}

const OF_NO_USE: ReadonlySet<string> = new Set(['deleting', 'deleted', 'error']);

/** Those of a snapshot that can still be used. */
export function usableOf(volumes: readonly RestoredVolume[], snapshot: string | undefined): RestoredVolume[] {
  return volumes.filter((volume) => volume.snapshot === snapshot && !OF_NO_USE.has(volume.state));
}

/** What earlier restores have made of a snapshot: one more is made only where a person asks for it. */
export function earlierVolumeFindings(
  earlier: Reading<readonly RestoredVolume[]>,
  snapshot: string | undefined,
  another: boolean,
  place: Place,
): Finding[] {
  if (!earlier.complete) {
    const text = `what was made of this image before could not be read (${earlier.problem}): a second volume could be made; mend that first`;
    return [blocked('earlier tries', text)];
  }
  return [
    ...earlier.value
      .filter((volume) => volume.snapshot === snapshot && volume.state === 'error')
      .map(({ id }) => note('earlier tries', `${id} was made of it before and is in error: its key may not be usable`)),
    ...usableOf(earlier.value, snapshot).map((volume) => {
      const text = `${volume.id} was made of it before and is ${stateOf(volume)}`;
      return another
        ? note('earlier tries', text)
        : blocked('earlier tries', `${text}: go on with that one, or make one more with --another${by(volume, place)}`);
    }),
  ];
}

function stateOf({ state, attachedTo }: RestoredVolume): string {
  return attachedTo.length === 0 ? state : `${state}, attached to ${attachedTo.join(', ')}`;
}

/** A try that came to its end half made a volume and did not attach it. */
function by({ id, attachedTo }: RestoredVolume, { region, attachment }: Place): string {
  if (!attachment || attachedTo.includes(attachment.instance)) return '';
  const { instance, device } = attachment;
  return `; to attach it: ${attachCommand(id, region, instance, device)}`;
}

export function attachCommand(volume: string, region: Region, instance: InstanceId, device: string): string {
  return `aws ec2 attach-volume --region ${region} --volume-id ${volume} --instance-id ${instance} --device ${device}`;
}
