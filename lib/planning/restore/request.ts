import type { ImageId, InstanceId, Region } from '../../model/ids.ts';
import type { Instant } from '../../model/time.ts';

/** What a person asks to have back, and where. What is absent is found out. */
export interface RestoreRequest {
  readonly deployment: string;
  /** Which image; the newest good one unless told. */
  readonly wanted: Wanted;
  readonly what: Restorable;
  readonly flags: RestoreFlags;
  /** Whether what is restored takes the old server's place in policies and lineages. */
  readonly takeOver: boolean;
  /** Whether a machine is launched though an earlier restore has left one. */
  readonly another: boolean;
}

/** What is to be made of an image. */
export type Restorable =
  | { readonly kind: 'machine' }
  /** The root of the instance that the image is of, in its place. */
  | { readonly kind: 'root' }
  /** The volume of a device; attached to an instance, if one is named. */
  | { readonly kind: 'volume'; readonly device: string; readonly attach?: InstanceId };

export interface Wanted {
  readonly image?: ImageId;
  /** `2026.11.23-0200` */
  readonly version?: string;
  /** Nothing newer than that. */
  readonly at?: Instant;
  readonly region?: Region;
}

/** What a person says of the machine; it goes before everything that is known of the old one. */
export interface RestoreFlags {
  readonly type?: string;
  readonly subnet?: string;
  readonly groups?: readonly string[];
  /** `none`: without one. */
  readonly profile?: string;
  /** `none`: without one. */
  readonly key?: string;
  /** Takes the private address that the old machine had. */
  readonly keepAddress: boolean;
  /** Gives it a public address, though the old machine had none that went with it. */
  readonly isPublic: boolean;
}
