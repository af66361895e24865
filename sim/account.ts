import { tellDrillIncident } from './drill-account.ts';
import type { Incident } from './incidents.ts';
import type { FailedRun, ImageNews } from './journal.ts';
import type { Row, RowVersion } from './rows.ts';
import type { Simulation } from './simulate.ts';
import { counted, moment } from './tables.ts';

/** Something of note that happened, and how the deployment fared with it. */
export interface Note {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly text: string;
}

/** What happened to the fleet and to the deployment, in order; all of it read from what was recorded. */
export function accountOf(simulation: Simulation, rows: readonly Row[]): Note[] {
  const notes = [
    ...simulation.life.map(({ at, text }): Note => ({ at, text })),
    ...simulation.journal.warnings.map(({ text, count, first }): Note => {
      return { at: Date.parse(first), text: `${counted(count, 'run')} warned, this one first: ${text}` };
    }),
    ...simulation.incidents.map((incident): Note => ({ at: incident.at, text: tell(incident, simulation, rows) })),
  ];
  return notes.sort((one, other) => one.at - other.at);
}

function tell(incident: Incident, simulation: Simulation, rows: readonly Row[]): string {
  switch (incident.kind) {
    case 'outage':
      return tellOutage(incident, simulation);
    case 'in-use': {
      const fate = fateOf(incident.imageId, simulation, rows);
      return `${incident.imageId} in ${incident.region} came into use by ${incident.by}: ${fate}`;
    }
    case 'hold': {
      const fate = fateOf(incident.imageId, simulation, rows);
      const span = `until ${moment(incident.liftedAt)}`;
      return `${incident.imageId} in ${incident.region} was put on hold (${incident.reason}) ${span}: ${fate}`;
    }
    case 'instance-hold': {
      const held = rows
        .filter(({ lineage }) => lineage === incident.instanceId)
        .map(({ region, versions }) => `${versions.filter(isHeld).length} in ${region}`);
      const span = `until ${moment(incident.liftedAt)}`;
      return `${incident.name} was put on hold (${incident.reason}) ${span}: of its images of that time, which keep the hold, it alone still keeps ${held.join(', ')}`;
    }
    case 'failure':
      return tellFailure(incident, simulation, rows);
    case 'needs-volume':
    case 'unlucky-drill':
    case 'no-room':
      return tellDrillIncident(incident, simulation);
    case 'foreign':
      return `${incident.imageId} in ${incident.region} is ${incident.what}: ${tellForeign(incident.imageId, simulation)}`;
  }
}

function tellOutage(outage: Extract<Incident, { kind: 'outage' }>, { journal }: Simulation): string {
  const { at, until, region } = outage;
  const during = journal.failedRuns.filter((run) => isWithin(run.at, at, until));
  const late = journal.copied.filter((copy) => copy.region === region && isWithin(slotOf(copy), at, until));
  const after = late.filter((copy) => Date.parse(copy.at) >= until);
  const last = after.at(-1);
  const caughtUp = last
    ? `${counted(after.length, 'late copy', 'late copies')} followed, the last at ${moment(last.at)}`
    : 'no copy was due in it';
  return `${region} was out until ${moment(until)}: ${counted(during.length, 'run')} failed in part (${byAction(during)}); ${caughtUp}`;
}

function byAction(runs: readonly FailedRun[]): string {
  const groups = Map.groupBy(runs, ({ action }) => action);
  return [...groups].map(([action, members]) => `${action} ${members.length}`).join(', ') || 'none';
}

function tellFailure(
  failure: Extract<Incident, { kind: 'failure' }>,
  { journal }: Simulation,
  rows: readonly Row[],
): string {
  const { at, region, operation } = failure;
  const news = operation === 'CreateImage' ? journal.created : journal.copied;
  const first = news.find((image) => image.region === region && Date.parse(image.at) >= at);
  const again = first && news.filter((image) => isSameSlot(image, first) && image.imageId !== first.imageId).at(0);
  const failed = rows.flatMap(({ versions }) => versions).find(({ imageId }) => imageId === first?.imageId);
  const told = first
    ? `${first.imageId} (${first.lineage} ${first.version}) is listed as ${failed?.code ?? 'gone'}`
    : 'none was made after it';
  const made = again ? `, and ${again.imageId} took its place at ${moment(again.at)}: ${again.reason}` : '';
  return `the next ${operation} in ${region} was made to fail: ${told}${made}`;
}

function tellForeign(imageId: string, { plans, sandbox, options }: Simulation): string {
  const decision = plans.flatMap(({ plan }) => plan.decisions).find(({ subject }) => subject.id === imageId);
  const there = sandbox.ec2.inspect.images({ account: options.account }).some(({ image }) => image.ImageId === imageId);
  const seen = decision
    ? `reported as ${decision.reason.code} (${decision.reason.text})`
    : 'nothing of amikeep on it, so never read';
  return `${there ? 'still there' : 'gone'}, ${seen}`;
}

/** What became of an image: what the last plan says of it, or when and why it was retired. */
function fateOf(imageId: string, { journal }: Simulation, rows: readonly Row[]): string {
  for (const { versions, title } of rows) {
    const version = versions.find((one) => one.imageId === imageId);
    if (version) return `${title} ${version.version} is still there (${version.action}: ${version.why})`;
  }
  const gone = journal.retired.find((one) => one.imageId === imageId);
  return gone ? `retired at ${moment(gone.at)}: ${gone.reason}` : 'gone, and nobody told why';
}

function isHeld({ code }: RowVersion): boolean {
  return code === 'hold';
}

function isSameSlot(one: ImageNews, other: ImageNews): boolean {
  return (
    one.policy === other.policy &&
    one.lineage === other.lineage &&
    one.region === other.region &&
    one.version === other.version
  );
}

function isWithin(at: number | string, from: number, until: number): boolean {
  const moment = typeof at === 'string' ? Date.parse(at) : at;
  return moment >= from && moment < until;
}

/** The slot that a version stands for: `2026.11.23-0300` is in UTC. */
function slotOf({ version }: ImageNews): number {
  const [date = '', time = ''] = version.split('-');
  return Date.parse(`${date.replaceAll('.', '-')}T${time.slice(0, 2)}:${time.slice(2)}:00Z`);
}
