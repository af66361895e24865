import type { Finding, RestorePlan, Setting } from '../../lib/planning/restore/plan.ts';
import { snapshotsOf } from '../../lib/planning/snapshots.ts';
import { isHoldOfRestore } from '../../lib/run/restore/applying.ts';
import { HOLD } from '../../lib/tagging/tag-keys.ts';
import { printable } from '../printable.ts';
import { table } from '../table.ts';
import type { Answered } from './restore.ts';

/** A restore for people: which image, each setting and its source, what is lost, the checks, and what became of it. */
export function restoreText(answered: Answered): string {
  const { plan, chosen } = answered;
  const { id, region } = chosen.image.image;
  const parts = [
    [`${headingOf(answered)}: ${plan.version}, ${id} in ${region}`, `  ${plan.why}`].map(printable).join('\n'),
    ['settings:', ...indented(plan.settings.map(settingCells))].join('\n'),
    ['not restored:', ...plan.lost.map((text) => `  ${printable(text)}`)].join('\n'),
    ['checks:', ...indented(plan.findings.map(findingCells))].join('\n'),
    verdictText(plan),
    ...outcomeText(answered),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** A name may be anybody's word: beside it stands what the image says, by its seal, of whose it is. */
function headingOf({ server: { name }, chosen: { image } }: Answered): string {
  const { source, lineage, policy } = image.stamp;
  const { instance } = source;
  const rest = [...(lineage === instance ? [] : [lineage]), `policy ${policy}`];
  return name === undefined ? `${instance} (${rest.join(', ')})` : `${name} (${[instance, ...rest].join(', ')})`;
}

function indented(rows: readonly (readonly string[])[]): string[] {
  return table(rows.map((row) => row.map(printable))).map((line) => `  ${line}`);
}

function settingCells({ name, value, source, proven }: Setting): string[] {
  // Of tags of its image nobody expects more.
  return [name, value, proven || source === 'image' ? source : `${source}, which nothing proves`];
}

function findingCells({ about, outcome, text }: Finding): string[] {
  return [outcome, about, text];
}

function verdictText({ verdict, findings, estimate }: RestorePlan): string {
  if (verdict === 'admissible') return `admissible: ${estimate}`;
  const isBlocked = verdict === 'blocked';
  // Of what stands in the way first: the rest can be looked at once that is gone.
  const isWhy = ({ outcome }: Finding) => (isBlocked ? outcome === 'blocked' : outcome !== 'ok' && outcome !== 'note');
  const why = [...new Set(findings.filter(isWhy).map(({ about }) => about))].join(', ');
  return `${verdict} (${why})${isBlocked ? '' : `: ${estimate}`}`;
}

function outcomeText(answered: Answered): string[] {
  const { plan, made, found, problem } = answered;
  if (problem !== undefined) return [`nothing was made: ${printable(problem)}`];
  if (found) return [foundText(found)];
  if (!made) return plan.verdict === 'blocked' ? [] : ['Nothing was changed; --mode apply does it.'];
  return [madeText(answered, made), ...holdText(answered)];
}

function foundText(found: readonly string[]): string {
  return `an earlier restore has made ${found.join(', ')} already, so nothing was made; --another makes one more`;
}

function madeText(answered: Answered, made: NonNullable<Answered['made']>): string {
  switch (made.kind) {
    case 'done':
      return [
        doneText(made.id, answered),
        ...(made.flaw === undefined ? [] : [`problem: ${printable(made.flaw)}`]),
      ].join('\n\n');
    case 'unknown':
      return `whether it was made is not known (${printable(made.problem)}): ${againText(answered)}`;
    case 'refused':
      return `EC2 made nothing: ${printable(made.problem)}`;
  }
}

/** With --another what is there keeps nothing from being made: asked for twice, it makes two. */
function againText({ another }: Answered): string {
  return another
    ? 'ask for the same again without --another, which makes nothing beside what is there and tells of it'
    : 'ask for the same again, which looks for what is there first';
}

/** The hold is on the snapshots as well, and comes off when the server is well; an earlier restore may have written it. */
function holdText({ held, chosen: { image } }: Answered): string[] {
  if (!held && !isHoldOfRestore(image.hold)) return [];
  const { id, region } = image.image;
  const resources = [id, ...snapshotsOf(image)].join(' ');
  return [
    `the image has a hold for this, so that no sweep takes it; take it off once all is well:\n  aws ec2 delete-tags --region ${region} --resources ${resources} --tags Key=${HOLD}`,
  ];
}

function doneText(id: string, answered: Answered): string {
  const { plan, chosen } = answered;
  const { region } = chosen.image.image;
  switch (plan.making.kind) {
    case 'machine':
      return [`launched ${id} of ${plan.image}`, leftToPeople(id, answered)].join('\n\n');
    case 'root':
      return [
        `${id} replaces the root of ${plan.making.replacement?.instance}, which reboots; how it goes:`,
        `  aws ec2 describe-replace-root-volume-tasks --region ${region} --replace-root-volume-task-ids ${id}`,
        'the old root stays as a volume: it is the way back, and is billed until you delete it',
      ].join('\n');
    case 'volume': {
      const { attachment } = plan.making.volume ?? {};
      return `made ${id}${attachment ? `, as ${attachment.device} of ${attachment.instance}` : ''}`;
    }
  }
}

/** What amikeep does not touch, as commands. */
function leftToPeople(instance: string, { chosen: { image }, plan: { elasticAddress } }: Answered): string {
  const { region } = image.image;
  const commands = [
    `aws ec2 wait instance-status-ok --region ${region} --instance-ids ${instance}`,
    ...(elasticAddress === undefined ? [] : elasticCommands(instance, region, elasticAddress)),
    `aws elbv2 register-targets --region ${region} --target-group-arn TARGET_GROUP_ARN --targets Id=${instance}`,
  ];
  const what =
    'left to you: wait until it is up, give it its addresses and its place behind load balancers and in DNS:';
  return [what, ...commands.map((line) => `  ${line}`)].join('\n');
}

/** Without the last option it would be taken from a machine that has it and runs. */
function elasticCommands(instance: string, region: string, address: string): string[] {
  const id = `$(aws ec2 describe-addresses --region ${region} --public-ips ${address} --query 'Addresses[0].AllocationId' --output text)`;
  return [
    `aws ec2 associate-address --region ${region} --instance-id ${instance} --allocation-id ${id} --no-allow-reassociation`,
  ];
}
