import type {
  CreateTagsCommandInput,
  CreateTagsCommandOutput,
  DeleteTagsCommandInput,
  DeleteTagsCommandOutput,
  Tag,
} from '@aws-sdk/client-ec2';
import type { CallContext } from '../../contract.ts';
import { ownAllocation } from '../elastic-addresses/lookup.ts';
import { invalidValue, missingParameter, notAnId } from '../errors.ts';
import { ownReport } from '../image-uses/report-lookup.ts';
import { changeImage } from '../images/lifecycle.ts';
import { ownImage } from '../images/lookup.ts';
import { changeInstance } from '../instances/lifecycle.ts';
import { ownInstance } from '../instances/lookup.ts';
import { ownKeyPairById } from '../key-pairs/lookup.ts';
import { ownTemplate } from '../launch-templates/lookup.ts';
import { ownEndpoint, ownGroup, ownInterface, ownRouteTable, ownSubnet, ownVpc } from '../networks/lookup.ts';
import { networksOf } from '../networks/networks.ts';
import { prefixOf } from '../plane/ids.ts';
import type { Collection, Entry } from '../plane/records.ts';
import type { Plane } from '../plane/state.ts';
import { view } from '../plane/views.ts';
import { type Answer, operation } from '../requests/operation.ts';
import { ownReplacement } from '../root-volumes/lookup.ts';
import { changeSnapshot } from '../snapshots/lifecycle.ts';
import { ownSnapshot } from '../snapshots/lookup.ts';
import { ownVolume } from '../volumes/lookup.ts';
import { checkedTags, isReservedKey, withTags } from './tags.ts';

const resourceLimit = 1_000;

/** A resource that tags can be written on. */
interface Taggable {
  readonly tags: readonly Tag[];
  write(tags: Tag[]): void;
}

export function tagOperations(plane: Plane) {
  return {
    CreateTags: operation<CreateTagsCommandInput, Answer<CreateTagsCommandOutput>>(
      ['Resources', 'Tags'],
      (input, context) => {
        if (!input.Tags || input.Tags.length === 0) throw missingParameter('Tag');
        const tags = checkedTags(input.Tags);
        const behaviour = plane.behaviour(context.region);
        changeTags(plane, input.Resources, context, (present) => withTags(present, tags, behaviour));
        return {};
      },
    ),
    DeleteTags: operation<DeleteTagsCommandInput, Answer<DeleteTagsCommandOutput>>(
      ['Resources', 'Tags'],
      (input, context) => {
        const remove = removal(input.Tags ?? []);
        changeTags(plane, input.Resources, context, (present) => present.filter((tag) => !remove(tag)));
        return {};
      },
    ),
  };
}

/**
 * Which tags a request removes: those of a key, of a key and a value where one is given, be it empty, and without
 * any tag in the request all that users set (API reference, DeleteTags).
 */
function removal(requested: readonly Tag[]): (tag: Tag) => boolean {
  if (requested.length === 0) return ({ Key = '' }) => !isReservedKey(Key);
  return ({ Key, Value }) =>
    requested.some((wanted) => wanted.Key === Key && (wanted.Value === undefined || wanted.Value === Value));
}

function changeTags(
  plane: Plane,
  ids: readonly string[] | undefined,
  context: CallContext,
  change: (present: readonly Tag[]) => Tag[],
): void {
  if (!ids || ids.length === 0) throw missingParameter('ResourceId');
  if (ids.length > resourceLimit) throw invalidValue(`A call can tag at most ${resourceLimit} resources.`);
  const write = (id: string) => {
    const resource = taggable(plane, context, id);
    const tags = change(resource.tags);
    return () => resource.write(tags);
  };
  if (plane.behaviour(context.region).tagsAllOrNothing) for (const commit of ids.map(write)) commit();
  else for (const id of ids) write(id)();
}

/**
 * A malformed id is InvalidID here, whatever its prefix, and not the error of its type (error code reference, and as
 * recorded from CreateTags).
 *
 * @throws the NotFound error of the resource's type, InvalidID for what is no id of a known type.
 */
function taggable(plane: Plane, context: CallContext, id: string): Taggable {
  const place = plane.in(context.account, context.region);
  switch (prefixOf(id)) {
    case 'ami': {
      // Tags of what is in the Recycle Bin can be changed, and nothing else.
      const entry = place.bin.images.get(id)?.entry ?? ownImage(plane, context, id);
      return { tags: entry.current.Tags ?? [], write: (Tags) => changeImage(plane, place, entry, { Tags }) };
    }
    case 'snap': {
      const entry = place.bin.snapshots.get(id)?.entry ?? ownSnapshot(place, id);
      return { tags: entry.current.Tags ?? [], write: (Tags) => changeSnapshot(plane, place, entry, { Tags }) };
    }
    case 'i': {
      const entry = ownInstance(place, id);
      return { tags: entry.current.Tags ?? [], write: (Tags) => changeInstance(place, entry, { Tags }) };
    }
    case 'vol':
      return tagged(place.volumes, ownVolume(place, id));
    case 'lt':
      return tagged(place.launchTemplates, ownTemplate(place, { LaunchTemplateId: id }));
    case 'amiur':
      return tagged(place.usageReports, ownReport(plane, place, id));
    case 'replacevol':
      return tagged(place.rootReplacements, ownReplacement(plane, place, id));
    case 'key':
      return tagged(place.keyPairs, ownKeyPairById(place, id));
    case 'vpc':
      return tagged(networksOf(place).vpcs, ownVpc(place, id));
    case 'subnet':
      return tagged(networksOf(place).subnets, ownSubnet(place, id));
    case 'rtb':
      return tagged(networksOf(place).routeTables, ownRouteTable(place, id));
    case 'eipalloc':
      return tagged(networksOf(place).addresses, ownAllocation(place, id));
    case 'vpce':
      return tagged(networksOf(place).endpoints, ownEndpoint(place, id));
    case 'sg':
      return tagged(networksOf(place).securityGroups, ownGroup(place, id));
    case 'eni': {
      const entry = ownInterface(place, id);
      return {
        tags: entry.current.TagSet ?? [],
        write: (TagSet) => {
          entry.current = view({ ...entry.current, TagSet });
          networksOf(place).interfaces.show(entry);
        },
      };
    }
    default:
      throw notAnId(id);
  }
}

/** A resource that has its tags under that name, and whose reads show a change at once. */
function tagged<View extends { Tags?: Tag[] | undefined }, E extends Entry<View>>(
  collection: Collection<View, E>,
  entry: E,
): Taggable {
  return {
    tags: entry.current.Tags ?? [],
    write: (Tags) => {
      entry.current = view({ ...entry.current, Tags });
      collection.show(entry);
    },
  };
}
