import { type CallBehaviour, defaultCallBehaviour } from './behaviour/calls.ts';
import { type CopyBehaviour, defaultCopyBehaviour } from './behaviour/copies.ts';
import { defaultImageBehaviour, type ImageBehaviour } from './behaviour/images.ts';
import { defaultInstanceBehaviour, type InstanceBehaviour } from './behaviour/instances.ts';
import { defaultRecycleBinBehaviour, type RecycleBinBehaviour } from './behaviour/recycle-bin.ts';
import { defaultRoleBehaviour, type RoleBehaviour } from './behaviour/roles.ts';
import { defaultSharingBehaviour, type SharingBehaviour } from './behaviour/sharing.ts';
import { defaultSnapshotBehaviour, type SnapshotBehaviour } from './behaviour/snapshots.ts';

/**
 * What EC2 does not document, or does differently from day to day, as named settings with the default that this
 * sandbox takes. Everything that is documented is code, not a setting. Each subject has its settings in `behaviour/`.
 */
export interface Ec2Behaviour
  extends CallBehaviour,
    CopyBehaviour,
    ImageBehaviour,
    InstanceBehaviour,
    RecycleBinBehaviour,
    RoleBehaviour,
    SharingBehaviour,
    SnapshotBehaviour {}

export const defaultBehaviour: Ec2Behaviour = Object.freeze({
  ...defaultInstanceBehaviour,
  ...defaultImageBehaviour,
  ...defaultSharingBehaviour,
  ...defaultSnapshotBehaviour,
  ...defaultRecycleBinBehaviour,
  ...defaultRoleBehaviour,
  ...defaultCopyBehaviour,
  ...defaultCallBehaviour,
} satisfies Ec2Behaviour);
