import type { SandboxClock, SandboxEvent } from '../contract.ts';
import type { Ec2Behaviour } from './behaviour.ts';
import { BehaviourBook } from './behaviour-book.ts';
import { copyImageOperations } from './copy-image.ts';
import { createImageOperations } from './create-image.ts';
import { deregisterImageOperations } from './deregister-image.ts';
import { describeImagesOperations } from './describe-images.ts';
import { describeInstancesOperations } from './describe-instances.ts';
import { clearPlane, dumpPlane, loadPlane } from './dump.ts';
import { imageAttributeOperations } from './image-attributes.ts';
import { handleLaunchTransitions } from './image-launches.ts';
import { handleImageTransitions } from './image-lifecycle.ts';
import { type ImageParameters, noParameters } from './image-parameters.ts';
import { handleProtectionTransitions, imageProtectionOperations } from './image-protection.ts';
import { imageReferenceOperations } from './image-references.ts';
import { imageStageOperations } from './image-stages.ts';
import { inspection } from './inspection.ts';
import { handleInstanceTransitions } from './instance-lifecycle.ts';
import { instanceStateOperations } from './instance-states.ts';
import { launchSources } from './launch-sources.ts';
import { launchTemplateVersionOperations } from './launch-template-versions.ts';
import { launchTemplateOperations } from './launch-templates.ts';
import { createPublicImages } from './public-images.ts';
import { handleBinTransitions, recycleBinOperations } from './recycle-bin.ts';
import { regionOperations } from './regions.ts';
import { registerImageOperations } from './register-image.ts';
import { runInstancesOperations } from './run-instances.ts';
import { snapshotAttributeOperations } from './snapshot-attributes.ts';
import { handleSnapshotTransitions } from './snapshot-lifecycle.ts';
import { snapshotLockOperations } from './snapshot-locks.ts';
import { snapshotOperations } from './snapshots.ts';
import {
  type BinRules,
  type ImageFailure,
  type OtherReferences,
  Plane,
  type SnapshotDeletionFailure,
} from './state.ts';
import { tagOperations } from './tag-resources.ts';
import { Timeline } from './timeline.ts';
import { usageReportEntryOperations } from './usage-report-entries.ts';
import { handleUsageReportTransitions, usageReportOperations } from './usage-reports.ts';
import { volumeOperations } from './volumes.ts';

export type { Ec2Behaviour } from './behaviour.ts';
export { publicImageId } from './public-images.ts';
export type { BinRules, ImageFailure, SnapshotDeletionFailure } from './state.ts';

export interface Ec2ServiceOptions {
  readonly clock: SandboxClock;
  /** What ids, durations and everything else that looks like chance follow from. */
  readonly seed: number;
  readonly emit: (event: Omit<SandboxEvent, 'id' | 'version'>) => void;
  readonly behaviour?: Partial<Ec2Behaviour>;
  /** What the Recycle Bin keeps of what is deleted; nothing, if absent. */
  readonly binRules?: BinRules;
  /** Where `resolve:ssm:` is looked up; there are no parameters, if absent. */
  readonly parameters?: ImageParameters;
  /** What other services refer to images with; nothing, if absent. */
  readonly otherReferences?: OtherReferences;
}

export type Ec2Service = ReturnType<typeof createEc2Service>;

/** The image plane of EC2, for any number of accounts and regions. */
export function createEc2Service({
  clock,
  seed,
  emit,
  behaviour,
  binRules = () => undefined,
  parameters = noParameters,
  otherReferences = () => [],
}: Ec2ServiceOptions) {
  const plane = new Plane({
    clock,
    seed,
    emit,
    timeline: new Timeline(clock),
    behaviours: new BehaviourBook(behaviour),
    publicImages: createPublicImages(),
    binRules,
    parameters,
    otherReferences,
  });
  handleSnapshotTransitions(plane);
  handleImageTransitions(plane);
  handleInstanceTransitions(plane);
  handleBinTransitions(plane);
  handleProtectionTransitions(plane);
  handleLaunchTransitions(plane);
  handleUsageReportTransitions(plane);
  return {
    operations: {
      ...runInstancesOperations(plane),
      ...instanceStateOperations(plane),
      ...describeInstancesOperations(plane),
      ...createImageOperations(plane),
      ...copyImageOperations(plane),
      ...describeImagesOperations(plane),
      ...registerImageOperations(plane),
      ...imageStageOperations(plane),
      ...imageProtectionOperations(plane),
      ...imageAttributeOperations(plane),
      ...deregisterImageOperations(plane),
      ...imageReferenceOperations(plane),
      ...usageReportOperations(plane),
      ...usageReportEntryOperations(plane),
      ...snapshotOperations(plane),
      ...snapshotLockOperations(plane),
      ...recycleBinOperations(plane),
      ...snapshotAttributeOperations(plane),
      ...volumeOperations(plane),
      ...launchTemplateOperations(plane),
      ...launchTemplateVersionOperations(plane),
      ...regionOperations(plane),
      ...tagOperations(plane),
    },
    launchSources: launchSources(plane),
    /** How pages are filled in a region, which every service with pages goes by. */
    pageFill: (region: string) => plane.behaviour(region).pageFill,
    /** What there really is, whether reads show it or not. */
    inspect: inspection(plane),
    /** The whole state as plain JSON, behaviour and transitions to come included. */
    dump: () => dumpPlane(plane),
    /**
     * Takes the state that `dump` gave in the place of its own; set the clock to the dump's time first.
     *
     * @throws TypeError for anything else.
     */
    load: (state: unknown) => loadPlane(plane, state),
    /** Back to the start: no resources, the first ids of the seed, the behaviour that it was made with. */
    reset: () => {
      clearPlane(plane);
      plane.behaviours.reset();
    },
    /** The settings, everywhere and in regions that have their own. */
    behaviour: () => plane.behaviours.list(),
    behaviourOf: (region: string) => plane.behaviour(region),
    /** Changes the named settings from now on, of one region where one is given. */
    setBehaviour: (patch: Partial<Ec2Behaviour>, region?: string) => plane.behaviours.set(patch, region),
    /**
     * Lays a failure on the next image that is made and that it fits; several are laid on one after the other. The
     * function that comes back takes it away again, if it has not struck.
     */
    failNextImage: (failure: ImageFailure) => {
      plane.imageFailures.push(failure);
      return () => {
        const index = plane.imageFailures.indexOf(failure);
        if (index >= 0) plane.imageFailures.splice(index, 1);
      };
    },
    /** Makes each deletion of a snapshot fail from now on; `undefined` lets it succeed again. */
    failSnapshotDeletion: (snapshotId: string, failure: SnapshotDeletionFailure | undefined) => {
      if (failure) plane.snapshotDeletionFailures.set(snapshotId, failure);
      else plane.snapshotDeletionFailures.delete(snapshotId);
    },
  };
}
