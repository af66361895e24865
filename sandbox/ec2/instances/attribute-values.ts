import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { Ec2Behaviour } from '../behaviour/behaviour.ts';
import { invalidValue, userDataMalformed, userDataTooLong } from '../errors.ts';
import type { InstanceAttributes, InstanceEntry } from '../plane/state.ts';

/** Bytes of user data before they are base64 (API reference, RequestLaunchTemplateData, UserData: 16 KB). */
const userDataLimit = 16_384;

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const nothingSaid: InstanceAttributes = {
  disableApiTermination: false,
  disableApiStop: false,
  shutdownBehavior: 'stop',
};

export function attributesOf({ attributes = nothingSaid }: InstanceEntry): InstanceAttributes {
  return attributes;
}

/** The members of RunInstances that `launchAttributes` heeds. */
export const heededLaunchAttributes = [
  'UserData',
  'DisableApiTermination',
  'DisableApiStop',
  'InstanceInitiatedShutdownBehavior',
];

/** @throws as `checkedUserData` and `checkedShutdownBehavior`. */
export function launchAttributes(input: RunInstancesCommandInput, behaviour: Ec2Behaviour): InstanceAttributes {
  const { UserData: userData, DisableApiTermination, DisableApiStop, InstanceInitiatedShutdownBehavior } = input;
  return {
    ...(userData && { userData: checkedUserData(userData, behaviour) }),
    disableApiTermination: DisableApiTermination === true,
    disableApiStop: DisableApiStop === true,
    shutdownBehavior: checkedShutdownBehavior(InstanceInitiatedShutdownBehavior ?? 'stop'),
  };
}

/** @throws InvalidUserData.Malformed for what is not base64, the code of the behaviour for more than 16 KB. */
export function checkedUserData(text: string, { userDataLimitCode: code }: Ec2Behaviour): string {
  if (!base64.test(text)) throw userDataMalformed();
  if (Buffer.byteLength(text, 'base64') > userDataLimit) throw userDataTooLong(code, userDataLimit);
  return text;
}

/** @throws InvalidParameterValue. */
export function checkedShutdownBehavior(text: string): InstanceAttributes['shutdownBehavior'] {
  if (text === 'stop' || text === 'terminate') return text;
  throw invalidValue(`Value (${text}) for parameter instanceInitiatedShutdownBehavior is invalid.`);
}
