import { plural } from '../../lib/model/plural.ts';
import { verifiedText } from '../../lib/planning/verified.ts';
import { printable } from '../printable.ts';
import { table } from '../table.ts';
import type { List } from './list.ts';
import type { Server, VersionImage } from './servers.ts';
import { noImageText } from './unread-seals.ts';

/** The list for people: each server with its versions, newest first, what is nowhere, what could not be read, and totals. */
export function listText({ servers, unlisted, problems, unreadSeals }: List): string {
  const parts = [
    ...servers.map(serverText),
    ...unlisted.map(({ word, near }) => {
      const meant = near === undefined ? '' : `; did you mean ${near}?`;
      return printable(`not found: ${noImageText(unreadSeals)} of ${word}${meant}`);
    }),
    ...[...problems, ...(unreadSeals === undefined ? [] : [unreadSeals])].map((one) => printable(`problem: ${one}`)),
    totalOf(servers),
  ];
  return `${parts.join('\n\n')}\n`;
}

function serverText({ policy, lineage, name, instances, account, region, versions }: Server): string {
  const ids = [lineage, ...instances.filter((id) => id !== lineage)];
  const heading = `${[...(name === undefined ? [] : [name]), ...ids].join(', ')}: policy ${policy}, ${region} of account ${account}`;
  const rows = versions.flatMap(({ version, images }) =>
    images.map((image, index) => [index === 0 ? version : '', ...imageCells(image, account)]),
  );
  return [printable(heading), ...table(rows.map((row) => row.map(printable))).map((line) => `  ${line}`)].join('\n');
}

function imageCells(
  { id, account, region, state, action, reason, hold, passed, drilled }: VersionImage,
  home: string,
): string[] {
  const why = LEAVING.has(action) ? `leaving: ${reason}` : reason;
  // Where the hold alone keeps it, the reason says so.
  const what = hold === undefined || reason.includes(hold) ? why : `${why}; on hold: ${hold}`;
  return [account === home ? region : `${account}/${region}`, id, state, verifiedText({ passed, drilled }), what];
}

/** What an image is decided to do that is on its way out. */
const LEAVING: ReadonlySet<VersionImage['action']> = new Set([
  'wait',
  'mark',
  'deprecate',
  'disable',
  'deregister',
] as const);

function totalOf(servers: readonly Server[]): string {
  const versions = servers.flatMap((server) => server.versions);
  const images = versions.reduce((sum, version) => sum + version.images.length, 0);
  return `${plural(servers.length, 'server')}, ${plural(versions.length, 'version')}, ${plural(images, 'image')}. Nothing was changed.`;
}

/** The same as one JSON document. */
export function listJson(list: List): string {
  return `${JSON.stringify(list, undefined, 2)}\n`;
}
