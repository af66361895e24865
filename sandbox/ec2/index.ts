import type { SandboxClock, SandboxEvent } from '../contract.ts';
import type { Ec2Behaviour } from './behaviour/behaviour.ts';
import { BehaviourBook } from './behaviour/book.ts';
import { handleBinTransitions, recycleBinOperations } from './bin/operations.ts';
import { elasticAddressOperations } from './elastic-addresses/addresses.ts';
import { imageReferenceOperations } from './image-uses/references.ts';
import { usageReportEntryOperations } from './image-uses/report-entries.ts';
import { handleUsageReportTransitions, usageReportOperations } from './image-uses/reports.ts';
import { imageAttributeOperations } from './images/attributes.ts';
import { copyImageOperations } from './images/copy-image.ts';
import { createImageOperations } from './images/create-image.ts';
import { deregisterImageOperations } from './images/deregister-image.ts';
import { describeImagesOperations } from './images/describe-images.ts';
import { handleLaunchTransitions } from './images/launches.ts';
import { handleImageTransitions } from './images/lifecycle.ts';
import { handleProtectionTransitions, imageProtectionOperations } from './images/protection.ts';
import { createPublicImages } from './images/public.ts';
import { registerImageOperations } from './images/register-image.ts';
import { imageStageOperations } from './images/stages.ts';
import { instanceTypeOperations } from './instance-types/instance-types.ts';
import { instanceTypeOfferingOperations } from './instance-types/offerings.ts';
import { instanceAttributeOperations } from './instances/attributes.ts';
import { consoleOperations } from './instances/console-output.ts';
import { describeInstanceStatusOperations } from './instances/describe-instance-status.ts';
import { describeInstancesOperations } from './instances/describe-instances.ts';
import { handleInstanceTransitions } from './instances/lifecycle.ts';
import { machines } from './instances/machines.ts';
import { metadataDefaultsOperations } from './instances/metadata-defaults.ts';
import { handleOwnShutdowns } from './instances/own-shutdown.ts';
import { runInstancesOperations } from './instances/run-instances.ts';
import { instanceStateOperations } from './instances/states.ts';
import { keyPairOperations } from './key-pairs/key-pairs.ts';
import { launchTemplateOperations } from './launch-templates/templates.ts';
import { launchTemplateVersionOperations } from './launch-templates/versions.ts';
import { availabilityZoneOperations } from './networks/availability-zones.ts';
import { networkInterfaceOperations } from './networks/interfaces.ts';
import { routeTableOperations } from './networks/route-tables.ts';
import { routeOperations } from './networks/routes.ts';
import { securityGroupRuleOperations } from './networks/security-group-rules.ts';
import { securityGroupOperations } from './networks/security-groups.ts';
import { subnetOperations } from './networks/subnets.ts';
import { vpcEndpointOperations } from './networks/vpc-endpoints.ts';
import { vpcOperations } from './networks/vpcs.ts';
import { clearPlane, dumpPlane, loadPlane } from './plane/dump.ts';
import { type ImageParameters, noParameters } from './plane/image-parameters.ts';
import { inspection } from './plane/inspection.ts';
import type { InstanceProfiles } from './plane/instance-profiles.ts';
import { type KnownKeys, noKnownKeys } from './plane/keys.ts';
import { launchSources } from './plane/launch-sources.ts';
import {
  type BinRules,
  type ImageFailure,
  type OtherReferences,
  Plane,
  type SnapshotDeletionFailure,
} from './plane/state.ts';
import { Timeline } from './plane/timeline.ts';
import { regionOperations } from './regions.ts';
import { handleRootReplacementTransitions } from './root-volumes/lifecycle.ts';
import { rootReplacementOperations } from './root-volumes/replacements.ts';
import { snapshotAttributeOperations } from './snapshots/attributes.ts';
import { handleSnapshotTransitions } from './snapshots/lifecycle.ts';
import { snapshotLockOperations } from './snapshots/locks.ts';
import { snapshotOperations } from './snapshots/snapshots.ts';
import { tagOperations } from './tags/operations.ts';
import { attachmentOperations } from './volumes/attachments.ts';
import { createVolumeOperations } from './volumes/create-volume.ts';
import { deleteVolumeOperations } from './volumes/delete-volume.ts';
import { handleVolumeTransitions } from './volumes/lifecycle.ts';
import { volumeOperations } from './volumes/volumes.ts';

export type { Ec2Behaviour } from './behaviour/behaviour.ts';
export { publicImageId } from './images/public.ts';
export type { BinRules, ImageFailure, SnapshotDeletionFailure } from './plane/state.ts';

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
  /** What calls to KMS have made of keys; nothing, if absent. */
  readonly keys?: KnownKeys;
  /** Which instance profiles there are; none, if absent. */
  readonly profiles?: InstanceProfiles;
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
  keys = noKnownKeys,
  profiles = () => undefined,
}: Ec2ServiceOptions) {
  const plane = new Plane({
    clock,
    seed,
    emit,
    timeline: new Timeline(clock),
    behaviours: new BehaviourBook(behaviour),
    publicImages: createPublicImages(clock.now()),
    binRules,
    parameters,
    otherReferences,
    keys,
    profiles,
  });
  handleSnapshotTransitions(plane);
  handleImageTransitions(plane);
  handleInstanceTransitions(plane);
  handleOwnShutdowns(plane);
  handleBinTransitions(plane);
  handleProtectionTransitions(plane);
  handleLaunchTransitions(plane);
  handleUsageReportTransitions(plane);
  handleVolumeTransitions(plane);
  handleRootReplacementTransitions(plane);
  return {
    operations: {
      ...runInstancesOperations(plane),
      ...instanceStateOperations(plane),
      ...metadataDefaultsOperations(plane),
      ...describeInstancesOperations(plane),
      ...instanceAttributeOperations(plane),
      ...describeInstanceStatusOperations(plane),
      ...consoleOperations(plane),
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
      ...createVolumeOperations(plane),
      ...attachmentOperations(plane),
      ...deleteVolumeOperations(plane),
      ...rootReplacementOperations(plane),
      ...launchTemplateOperations(plane),
      ...launchTemplateVersionOperations(plane),
      ...regionOperations(plane),
      ...availabilityZoneOperations(plane),
      ...vpcOperations(plane),
      ...subnetOperations(plane),
      ...routeTableOperations(plane),
      ...routeOperations(plane),
      ...securityGroupOperations(plane),
      ...securityGroupRuleOperations(plane),
      ...networkInterfaceOperations(plane),
      ...vpcEndpointOperations(plane),
      ...elasticAddressOperations(plane),
      ...keyPairOperations(plane),
      ...instanceTypeOperations(plane),
      ...instanceTypeOfferingOperations(plane),
      ...tagOperations(plane),
    },
    launchSources: launchSources(plane),
    /** The instances as other services see what runs on them, whether reads show them or not. */
    machines: machines(plane),
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
