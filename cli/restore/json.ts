import { launchInput } from '../../lib/aws/restore/launch-input.ts';
import { templateInput } from '../../lib/aws/restore/template-input.ts';
import type { Launch, Making } from '../../lib/planning/restore/plan.ts';
import { placeOf } from '../../lib/run/restore/restoring.ts';
import type { Form } from './forms.ts';
import type { Answered } from './restore.ts';

/**
 * The launch by itself, as `aws ec2 run-instances` or `create-launch-template` takes it with `--cli-input-json`. User data is
 * left out: it may hold secrets, and ends up in files, logs and templates that many may read.
 */
export function launchJson({ userData: _, ...launch }: Launch, form: Form): string {
  const input =
    form === 'json' ? launchInput(launch) : templateInput(launch, `restore-${launch.image}-${launch.token.slice(-8)}`);
  return `${JSON.stringify(input, undefined, 2)}\n`;
}

/** A restore as one JSON document. User data may hold secrets: that there is some is all that is told of it. */
export function restoreJson({ server, account, chosen, plan, made, found, held, problem }: Answered): string {
  const { policy, lineage, name, instances } = server;
  return `${JSON.stringify(
    {
      server: { ...(name !== undefined && { name }), policy, lineage, instances },
      account,
      place: placeOf(chosen),
      plan: { ...plan, making: withoutUserData(plan.making) },
      ...(made && { made }),
      ...(found && { found }),
      ...(problem !== undefined && { problem }),
      held,
      unlisted: chosen.unlisted,
    },
    undefined,
    2,
  )}\n`;
}

function withoutUserData(making: Making): object {
  if (making.kind !== 'machine' || !making.launch) return making;
  const { userData, ...launch } = making.launch;
  return { ...making, launch: { ...launch, hasUserData: userData !== undefined } };
}
