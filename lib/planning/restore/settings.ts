import type { LaunchSettings } from '../../model/launch-settings.ts';
import type { RestoreInventory } from './inventory.ts';
import type { Machine } from './launch.ts';
import type { Setting } from './plan.ts';
import type { RestoreRequest } from './request.ts';
import type { Given } from './tags.ts';
import { isUserDataLeft, userDataOf } from './user-data.ts';
import type { Wish, Wishes } from './wishes.ts';

/** Each setting of the machine, and where it is from. */
export function settingsOf(
  { wanted }: Pick<RestoreRequest, 'wanted'>,
  { type, subnet, groups, key, privateAddress, imds, features }: Machine,
  wishes: Wishes,
  { source, image: { image } }: RestoreInventory,
  { tags, source: ofTags, proven }: Given,
): Setting[] {
  const { known, profile, kmsKey, publicAddress } = wishes;
  const line = <T>(name: string, wish: Wish<T> | undefined, text: (value: T) => string = String): Setting[] =>
    wish ? [{ name, value: text(wish.value), source: wish.source, proven: wish.proven }] : [];
  const preset = (name: string, value: string): Setting => ({ name, value, source: 'default', proven: true });
  const ofKnown = (
    name: string,
    key: keyof LaunchSettings,
    taken: LaunchSettings | undefined = known?.taken,
  ): Setting[] => {
    const value = taken?.[key];
    return known && value !== undefined
      ? line(name, { ...known, value }, (one) => (one === true ? 'on' : String(one)))
      : [];
  };
  const { attributes } = source;
  const told = attributes.value;
  const userData = userDataOf(wanted, source);
  return [
    ...line('type', type),
    ...line('subnet', subnet),
    ...line('security groups', groups, (all) => all.join(', ')),
    ...(profile ? line('instance profile', profile) : [preset('instance profile', 'none')]),
    ...(key ? line('key pair', key) : [preset('key pair', 'none')]),
    ...(privateAddress ? line('private address', privateAddress) : [preset('private address', 'a free one')]),
    ...(imds ? line('metadata token', imds) : [preset('metadata token', "the image's, or the account's")]),
    ...ofKnown('metadata hops', 'hops'),
    ...ofKnown('tags in metadata', 'metadataTags'),
    ...line('public address', publicAddress, (isPublic) => (isPublic ? 'a new one' : 'none')),
    ...ofKnown('tenancy', 'tenancy'),
    ...ofKnown('EBS-optimized', 'ebsOptimized', features),
    ...ofKnown('detailed monitoring', 'monitoring'),
    ...ofKnown('hibernation', 'hibernation', features),
    ...ofKnown('enclave', 'enclave', features),
    ...(kmsKey
      ? line('encryption', kmsKey)
      : [
          preset(
            'encryption',
            image.devices.some(({ encrypted }) => encrypted)
              ? 'as the image has it'
              : 'none, or the default of the region',
          ),
        ]),
    ...(told
      ? [
          ofInstance('termination protection', onOff(told.terminationProtection)),
          ofInstance('stop protection', onOff(told.stopProtection)),
          ofInstance('when it shuts itself down', told.shutdownBehavior),
          isUserDataLeft(wanted, source)
            ? preset('user data', 'none: those of now may not be those of then')
            : ofInstance('user data', userData === undefined ? 'none' : `${bytesOf(userData)} bytes`),
        ]
      : [preset('user data', attributes.complete ? 'none' : 'not known')]),
    { name: 'tags', value: Object.keys(tags).join(', '), source: ofTags, proven },
  ];
}

/** Of what is told of a living machine alone. */
function ofInstance(name: string, value: string): Setting {
  return { name, value, source: 'instance', proven: true };
}

function onOff(isOn: boolean): string {
  return isOn ? 'on' : 'off';
}

function bytesOf(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}
