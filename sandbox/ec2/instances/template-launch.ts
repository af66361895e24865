import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { launchTemplateOf } from '../launch-templates/lookup.ts';
import type { AccountRegion } from '../plane/state.ts';

/** A call with what its launch template says and it does not; image, type, devices and tags are merged where they are read. */
export function withTemplateData(place: AccountRegion, input: RunInstancesCommandInput): RunInstancesCommandInput {
  if (!input.LaunchTemplate) return input;
  const {
    DisableApiStop,
    DisableApiTermination,
    EbsOptimized,
    IamInstanceProfile,
    InstanceInitiatedShutdownBehavior,
    KeyName,
    MaintenanceOptions,
    MetadataOptions,
    Monitoring,
    NetworkInterfaces,
    Placement,
    SecurityGroupIds,
    UserData,
  } = launchTemplateOf(place, input.LaunchTemplate);
  return {
    ...(DisableApiStop !== undefined && { DisableApiStop }),
    ...(DisableApiTermination !== undefined && { DisableApiTermination }),
    ...(EbsOptimized !== undefined && { EbsOptimized }),
    ...(IamInstanceProfile && { IamInstanceProfile }),
    ...(InstanceInitiatedShutdownBehavior && { InstanceInitiatedShutdownBehavior }),
    ...(KeyName !== undefined && { KeyName }),
    ...(MaintenanceOptions && { MaintenanceOptions }),
    ...(MetadataOptions && { MetadataOptions }),
    ...(Monitoring?.Enabled !== undefined && { Monitoring: { Enabled: Monitoring.Enabled } }),
    ...(NetworkInterfaces && { NetworkInterfaces }),
    ...(Placement && { Placement }),
    ...(SecurityGroupIds && { SecurityGroupIds }),
    ...(UserData !== undefined && { UserData }),
    ...input,
  };
}
