import type { Scenario } from '../witness.ts';
import { attributesOfImages, attributesOfSnapshots } from './attributes.ts';
import { autoScalingGroups, launchConfigurations } from './auto-scaling.ts';
import { copyingImages } from './copies.ts';
import { callersAndPlaces } from './identity.ts';
import { endsOfImages, listsOfImages, makingImages } from './images.ts';
import { listsOfInstances, livesOfInstances } from './instances.ts';
import { launchTemplates } from './launch-templates.ts';
import { listsOfParameters, parameters } from './parameters.ts';
import { snapshotsOfImages } from './snapshots.ts';
import { tagging } from './tags.ts';
import { volumesOfInstances } from './volumes.ts';

/** Every scenario, by the subject that its steps are listed under. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  instances: livesOfInstances,
  'lists of instances': listsOfInstances,
  'making images': makingImages,
  'lists of images': listsOfImages,
  'ends of images': endsOfImages,
  copies: copyingImages,
  tags: tagging,
  snapshots: snapshotsOfImages,
  'launch templates': launchTemplates,
  'attributes of images': attributesOfImages,
  'attributes of snapshots': attributesOfSnapshots,
  volumes: volumesOfInstances,
  'launch configurations': launchConfigurations,
  groups: autoScalingGroups,
  parameters,
  'lists of parameters': listsOfParameters,
  'callers and places': callersAndPlaces,
};
