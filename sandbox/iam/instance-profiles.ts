import type {
  AddRoleToInstanceProfileCommandInput,
  AddRoleToInstanceProfileCommandOutput,
  CreateInstanceProfileCommandInput,
  CreateInstanceProfileCommandOutput,
  GetInstanceProfileCommandInput,
  GetInstanceProfileCommandOutput,
  ListInstanceProfilesCommandInput,
  ListInstanceProfilesCommandOutput,
} from '@aws-sdk/client-iam';
import type { CallContext } from '../contract.ts';
import { type Answer, operation } from '../ec2/requests/operation.ts';
import { cursorAt, fillPage } from '../ec2/requests/paging.ts';
import { badMarker, profileFull, profileTaken, profileUnknown, roleUnknown, unfitting } from './errors.ts';
import { checkedName, checkedPath } from './names.ts';
import { shownProfile } from './shown.ts';
import type { IamAccount, IamState, ProfileEntry } from './state.ts';

/** IAM API reference, CreateInstanceProfile. */
const longestName = 128;
/** IAM User Guide, Using instance profiles: "only one role", which can't be raised. */
const mostRoles = 1;
/** IAM API reference, ListInstanceProfiles, MaxItems. */
const page = { least: 1, most: 1_000, usual: 100 };

export function instanceProfileOperations(state: IamState) {
  return {
    CreateInstanceProfile: operation<CreateInstanceProfileCommandInput, Answer<CreateInstanceProfileCommandOutput>>(
      ['InstanceProfileName', 'Path'],
      ({ InstanceProfileName, Path }, { account }) => {
        const own = state.of(account);
        const name = checkedName('instanceProfileName', InstanceProfileName ?? '', longestName);
        const path = checkedPath(Path);
        if (own.profiles.has(name)) throw profileTaken(name);
        const entry: ProfileEntry = { ...state.newEntity('AIPA', name, path), roles: [] };
        own.profiles.set(name, entry);
        return { InstanceProfile: shownProfile(own, entry) };
      },
    ),
    AddRoleToInstanceProfile: operation<
      AddRoleToInstanceProfileCommandInput,
      Answer<AddRoleToInstanceProfileCommandOutput>
    >(['InstanceProfileName', 'RoleName'], ({ InstanceProfileName, RoleName: role = '' }, { account }) => {
      const own = state.of(account);
      const entry = knownProfile(own, InstanceProfileName);
      if (!own.roles.has(role)) throw roleUnknown(role);
      if (entry.roles.length >= mostRoles) throw profileFull(mostRoles);
      entry.roles = [...entry.roles, role];
      return {};
    }),
    GetInstanceProfile: operation<GetInstanceProfileCommandInput, Answer<GetInstanceProfileCommandOutput>>(
      ['InstanceProfileName'],
      ({ InstanceProfileName }, { account }) => {
        const own = state.of(account);
        return { InstanceProfile: shownProfile(own, knownProfile(own, InstanceProfileName)) };
      },
    ),
    ListInstanceProfiles: operation<ListInstanceProfilesCommandInput, Answer<ListInstanceProfilesCommandOutput>>(
      ['Marker', 'MaxItems', 'PathPrefix'],
      (input, context) => listProfiles(state, input, context),
    ),
  };
}

/** @throws NoSuchEntity */
function knownProfile(own: IamAccount, name = ''): ProfileEntry {
  const entry = own.profiles.get(checkedName('instanceProfileName', name, longestName));
  if (!entry) throw profileUnknown(name);
  return entry;
}

/** Those whose path begins so, in the order of creation; whether there are more is said on every page. */
function listProfiles(
  state: IamState,
  { Marker: token, MaxItems: full = page.usual, PathPrefix: prefix = '/' }: ListInstanceProfilesCommandInput,
  { account, region }: CallContext,
): Answer<ListInstanceProfilesCommandOutput> {
  if (full < page.least) throw unfitting('maxItems', full, `have value greater than or equal to ${page.least}`);
  if (full > page.most) throw unfitting('maxItems', full, `have value less than or equal to ${page.most}`);
  const own = state.of(account);
  const entries = [...own.profiles.values()].filter(({ path }) => path.startsWith(prefix));
  const cursor = cursorAt({
    operation: 'ListInstanceProfiles',
    token,
    full,
    pageFill: state.pageFill(region),
    badToken: badMarker,
  });
  const { items, nextToken } = fillPage([entries], cursor, (entry) => shownProfile(own, entry));
  return {
    InstanceProfiles: items,
    IsTruncated: nextToken !== undefined,
    ...(nextToken !== undefined && { Marker: nextToken }),
  };
}
