import { CreateAutoScalingGroupCommand, type CreateAutoScalingGroupCommandInput } from '@aws-sdk/client-auto-scaling';
import { FRANKFURT, type World } from './world.ts';

/** Makes the group `web` of a world, scaled to zero unless `input` says otherwise. */
export function group(world: World, input: Partial<CreateAutoScalingGroupCommandInput>) {
  return world.clock.run(() =>
    world.clients.autoScaling(FRANKFURT).send(
      new CreateAutoScalingGroupCommand({
        AutoScalingGroupName: 'web',
        MinSize: 0,
        MaxSize: 0,
        VPCZoneIdentifier: 'subnet-1',
        ...input,
      }),
    ),
  );
}
