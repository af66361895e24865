import { type CallBehaviour, defaultCallBehaviour } from './calls.ts';
import { type CheckBehaviour, defaultCheckBehaviour } from './checks.ts';
import { type CommandBehaviour, defaultCommandBehaviour } from './commands.ts';
import { type CopyBehaviour, defaultCopyBehaviour } from './copies.ts';
import { defaultImageBehaviour, type ImageBehaviour } from './images.ts';
import { defaultInstanceBehaviour, type InstanceBehaviour } from './instances.ts';
import { defaultLaunchBehaviour, type LaunchBehaviour } from './launches.ts';
import { defaultNetworkBehaviour, type NetworkBehaviour } from './networks.ts';
import { defaultRecycleBinBehaviour, type RecycleBinBehaviour } from './recycle-bin.ts';
import { defaultRoleBehaviour, type RoleBehaviour } from './roles.ts';
import { defaultSharingBehaviour, type SharingBehaviour } from './sharing.ts';
import { defaultSnapshotBehaviour, type SnapshotBehaviour } from './snapshots.ts';
import { defaultVolumeBehaviour, type VolumeBehaviour } from './volumes.ts';

/**
 * What EC2 does not document, or does differently from day to day, as named settings with the default that this
 * sandbox takes. Everything that is documented is code, not a setting. Each subject has its settings in `behaviour/`.
 */
export interface Ec2Behaviour
  extends CallBehaviour,
    CheckBehaviour,
    CommandBehaviour,
    CopyBehaviour,
    ImageBehaviour,
    InstanceBehaviour,
    LaunchBehaviour,
    NetworkBehaviour,
    RecycleBinBehaviour,
    RoleBehaviour,
    SharingBehaviour,
    SnapshotBehaviour,
    VolumeBehaviour {}

export const defaultBehaviour: Ec2Behaviour = Object.freeze({
  ...defaultInstanceBehaviour,
  ...defaultLaunchBehaviour,
  ...defaultNetworkBehaviour,
  ...defaultCheckBehaviour,
  ...defaultCommandBehaviour,
  ...defaultImageBehaviour,
  ...defaultSharingBehaviour,
  ...defaultSnapshotBehaviour,
  ...defaultVolumeBehaviour,
  ...defaultRecycleBinBehaviour,
  ...defaultRoleBehaviour,
  ...defaultCopyBehaviour,
  ...defaultCallBehaviour,
} satisfies Ec2Behaviour);
