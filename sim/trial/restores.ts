import { instanceId } from '../../lib/model/ids.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lib/model/time.ts';
import type { Restorable } from '../../lib/planning/restore/request.ts';
import { type AffairPorts, nowAndThen } from './affair.ts';
import type { Member } from './company.ts';
import { RestoreCommand, type RestoreWish } from './restore-command.ts';
import { mappingOf } from './restore-mapping.ts';

const RESTORED_FROM = 'amikeep:restored-from';

/** People who lose servers, or what is on them, and want them back by the command. */
export async function restores(ports: AffairPorts): Promise<void> {
  const { site, sandbox, account } = ports;
  const elsewhere = site.regionsOf('retire').filter((region) => !site.promised.regions.includes(region));
  const restore = await mappingOf(sandbox, account, site.promised.regions, elsewhere);
  if (elsewhere.length > 0) site.redeploy({ ...site.written, restore });
  const command = new RestoreCommand(ports);
  await Promise.all([
    nowAndThen(ports, 5 * DAY, () => loseOne(ports, command)),
    nowAndThen(ports, 6 * DAY, () => dropOne(ports)),
  ]);
  command.close();
}

/** Plans, applies, and tries again where it is not known to have gone well, or where somebody else tries as well. */
async function loseOne(ports: AffairPorts, command: RestoreCommand): Promise<string | undefined> {
  const { chance, clock, tell } = ports;
  const wish = await wishFor(ports);
  if (!wish) return undefined;
  tell(`a restore is wanted: ${JSON.stringify(wish)}`);
  await command.run(wish, 'plan');
  const isLost = ports.options.faults.includes('lost-answers') && chance.hits(0.3);
  if (isLost) loseAnswers(ports);
  const tries: string[] = [];
  for (let left = chance.from(isLost ? 2 : 1, 3); left > 0; left--) {
    const came = await command.run(wish, 'apply');
    tries.push(came);
    welcome(ports);
    if (came === 'well' && chance.hits(0.7)) break;
    await clock.sleep(chance.pick([30 * SECOND, 10 * MINUTE, DAY]));
  }
  ports.sandbox.faults.remove(LOST);
  return `restore of ${wish.word}: ${tries.join('; once more: ')}`;
}

const LOST = 'launches-lost';

/** EC2 launches, and nobody hears of it: as often as the call is tried, or once or twice. */
function loseAnswers({ sandbox, site, chance }: AffairPorts): void {
  const rule = { kind: 'lost-answer', operation: 'RunInstances', caller: site.name, id: LOST } as const;
  sandbox.faults.add({ ...rule, times: chance.pick([1, 2, 5, 5]) });
}

/** What somebody wants back. Of what is to be a machine its server is lost first, mostly. */
async function wishFor(ports: AffairPorts): Promise<RestoreWish | undefined> {
  const { company, chance, site, clock } = ports;
  const { regions } = site.promised;
  const images = company.images().filter(({ image }) => tagOf(image, 'amikeep:deployment') === site.name);
  const imagesOf = (id: string) => images.filter(({ image }) => tagOf(image, 'amikeep:source-instance') === id);
  const members = company.servers.filter(
    ({ id, server }) => regions.some((one) => one === server.region) && imagesOf(id).length > 0,
  );
  if (members.length === 0) return undefined;
  const member = chance.pick(members);
  const all = imagesOf(member.id);
  const what = whatOf(ports, all[0]?.image.BlockDeviceMappings ?? [], member);
  if (what.kind === 'machine' && chance.hits(0.75)) {
    await company.terminate(member);
    await clock.sleep(chance.pick([MINUTE, 30 * MINUTE, 3 * HOUR]));
  }
  const isImage = chance.hits(0.15);
  const places = all.map(({ region }) => region).filter((region) => region !== member.server.region);
  const place =
    !isImage && what.kind !== 'root' && places.length > 0 && chance.hits(0.35) ? chance.pick(places) : undefined;
  return {
    word: isImage ? chance.pick(all).image.ImageId : member.id,
    of: member.id,
    what,
    takeOver: what.kind === 'machine' && member.state === 'terminated' && chance.hits(0.6),
    ...(place !== undefined && { region: place }),
  };
}

function whatOf(
  { chance, company }: AffairPorts,
  devices: readonly { readonly DeviceName?: string | undefined }[],
  { id, server }: Member,
): Restorable {
  const kind = chance.weighted([
    [60, 'machine'],
    [15, 'root'],
    [25, 'volume'],
  ] as const);
  if (kind !== 'volume') return { kind };
  const device = devices.length === 0 ? '/dev/xvda' : (chance.pick(devices).DeviceName ?? '');
  const others = company.live.filter((one) => one.server.region === server.region && one.id !== id);
  if (others.length === 0 || chance.hits(0.5)) return { kind, device };
  return { kind, device, attach: instanceId(chance.pick(others).id) };
}

/** A restored machine is one of the company's from now on; what it was launched from is in use by it. */
function welcome({ sandbox, account, company }: AffairPorts): void {
  const known = new Set(company.members.map(({ id }) => id));
  for (const { region, instance } of sandbox.ec2.inspect.instances({ account })) {
    const tags = Object.fromEntries((instance.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
    const { InstanceId: id = '' } = instance;
    if (tags[RESTORED_FROM] === undefined || known.has(id) || instance.State?.Name === 'terminated') continue;
    company.members.push({ id, server: { region, tags, volumes: [] }, state: 'running' });
  }
}

/** A machine that took nobody's place has been looked at, and is of no more use. */
async function dropOne({ company, chance }: AffairPorts): Promise<string | undefined> {
  const beside = company.live.filter(
    ({ server: { tags } }) => tags[RESTORED_FROM] !== undefined && tags.Backup === undefined,
  );
  if (beside.length === 0) return undefined;
  const member = chance.pick(beside);
  await company.terminate(member);
  return `${member.id}, which was restored, is terminated`;
}

function tagOf(
  {
    Tags = [],
  }: {
    readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined;
  },
  key: string,
): string | undefined {
  return Tags.find(({ Key }) => Key === key)?.Value;
}
