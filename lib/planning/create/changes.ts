import type { InstanceId, Region } from '../../model/ids.ts';
import type { Recipe, Tags } from '../../model/resources.ts';
import type { Stamp } from '../../tagging/stamp.ts';

/** Creates an image of an instance. The name is the lock: EC2 lets one caller have it. */
export interface CreateImage {
  readonly kind: 'create';
  readonly region: Region;
  readonly instance: InstanceId;
  readonly name: string;
  /** What the name and our tags say, so that a further attempt can be made of it. */
  readonly stamp: Stamp;
  readonly reboot: boolean;
  /** Devices that stay out of the image. */
  readonly excludeDevices: readonly string[];
  /** Written on the image and on its snapshots by the call that creates them. */
  readonly tags: Tags;
  /** Written on the image alone; absent where there is no room for it. */
  readonly recipe?: Recipe;
}
