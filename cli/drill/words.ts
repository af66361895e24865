import { isInstanceId, placeText } from '../../lib/model/ids.ts';
import type { PolicyFile } from '../../lib/policy/policy.ts';
import type { RunEvent } from '../../lib/run/event.ts';
import { InputError } from '../../lib/run/input-error.ts';
import { type ListPorts, readListings } from '../list/list.ts';
import { namedBy, type Server, serversOf, severalMeant, type VersionImage } from '../list/servers.ts';
import { type NotFound, type Report, type ReportPorts, runTargets } from '../report.ts';

type DrillPorts = ReportPorts & Pick<ListPorts, 'connection'>;

/** What there is of servers, in all places; problems: of those that could not be read. */
interface Known {
  readonly servers: readonly Server[];
  readonly problems: readonly string[];
}

/**
 * Drills what a person names: images, lineages, or servers by their Name. Where nothing is called so in the places where
 * policies drill, all places are looked at, which takes as long as a list.
 *
 * @throws InputError where a Name is that of several servers
 */
export async function drillNamed(event: RunEvent, ports: DrillPorts, onListing: ListPorts['onStart']): Promise<Report> {
  const { lineages = [] } = event;
  const listing = { ...ports, onStart: onListing };
  const listed = lineages.every(isInstanceId) ? undefined : await knownOf(event, listing);
  const named = listed ? { ...event, lineages: lineagesMeant(event, listed.servers) } : event;
  const report = await runTargets(named, ports);
  if (report.notFound.length === 0) return report;
  const known = listed ?? (await knownOf(event, listing));
  return { ...report, notFound: report.notFound.map((one) => explained(one, known, ports.file)) };
}

async function knownOf({ target }: RunEvent, ports: DrillPorts): Promise<Known> {
  const { account } = target ?? {};
  const place = account === undefined ? {} : { target: { account } };
  // A retire run goes where images are.
  const listings = await readListings({ action: 'retire', mode: 'plan', continuation: 0, ...place }, ports);
  return { servers: serversOf(listings, ports.clock.now()), problems: listings.flatMap(({ problems }) => problems) };
}

function lineagesMeant({ lineages = [], policy }: RunEvent, all: readonly Server[]): string[] {
  const servers = policy === undefined ? all : all.filter((server) => server.policy === policy);
  return lineages.map((word) => {
    if (isInstanceId(word) || servers.some(({ lineage }) => lineage === word)) return word;
    const { named } = namedBy([word], servers);
    const [meant = word, ...others] = new Set(named.map(({ lineage }) => lineage));
    if (others.length > 0) throw new InputError([severalMeant(word, named)]);
    return meant;
  });
}

/** Where else it is, or what else may have been meant. */
function explained(missing: NotFound, { servers, problems }: Known, file: PolicyFile): NotFound {
  const { id } = missing;
  const { named, unlisted } = namedBy([id], servers);
  if (named.length > 0) return { ...missing, note: named.map((server) => whereIs(id, server, file)).join('; ') };
  const near = unlisted[0]?.near;
  return {
    ...missing,
    ...(near !== undefined && { near }),
    ...(problems.length > 0 && { note: `not all could be read: ${problems.join('; ')}` }),
  };
}

function whereIs(id: string, server: Server, file: PolicyFile): string {
  const { policy, lineage, account } = server;
  const all = server.versions.flatMap(({ images }) => images);
  const image = all.find((one) => one.id === id);
  const places = [...new Set((image ? [image] : all).map((one) => placeOf(one, account)))];
  const isMember = image === undefined && id !== lineage && isInstanceId(id);
  return [
    `it is in ${places.join(' and ')}`,
    ...(isMember ? [`its lineage is '${lineage}', by which it is drilled`] : []),
    drillsOf(server, image, file.policies.find(({ name }) => name === policy)?.drill?.regions ?? []),
  ].join('; ');
}

function drillsOf(
  { policy, account, versions }: Server,
  image: VersionImage | undefined,
  regions: readonly string[],
): string {
  if (regions.length === 0) return `${policy} drills nowhere`;
  const version = image ? versions.find(({ images }) => images.includes(image)) : versions[0];
  const each = regions.map((region) => {
    if (image?.region === region) return region;
    const copy = version?.images.find((one) => one.region === region && one.account === account);
    const state = copy?.state === 'available' ? '' : `, which is ${copy?.state}`;
    return `${region}, where its copy is ${copy ? `${copy.id}${state}` : 'not there yet'}`;
  });
  return `${policy} drills in ${each.join(', and in ')}`;
}

function placeOf({ account, region }: VersionImage, home: string): string {
  return placeText(region, account === home ? undefined : account);
}
