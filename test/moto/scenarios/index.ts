import type { Scenario } from '../witness.ts';
import { copyingImages } from './copies.ts';
import { callersAndPlaces } from './identity.ts';
import { endsOfImages, listsOfImages, makingImages } from './images.ts';
import { listsOfInstances, livesOfInstances } from './instances.ts';
import { launchTemplates } from './launch-templates.ts';
import { snapshotsOfImages } from './snapshots.ts';
import { tagging } from './tags.ts';

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
  'callers and places': callersAndPlaces,
};
