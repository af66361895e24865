const WIDTH_OF_COMMANDS = 55;

const STEPS: readonly (readonly [command: string, what: string])[] = [
  ['npm run demo -- --verbose', 'every version with the rules that keep it'],
  ['npm run demo -- --json', 'the same and more, for machines'],
  ['aws ec2 describe-instances --output json > fleet.json', 'your own fleet, read only'],
  ['npm run demo -- --fleet fleet.json --policies policies.yml', 'rehearse your policies on a copy of it'],
  ['npx amikeep plan retire', 'what would be retired in your account now, and why'],
];

/** What to try next, as commands to be copied. */
export function nextSteps(): string {
  return ['Next', ...STEPS.map(stepText)].join('\n');
}

function stepText([command, what]: readonly [string, string]): string {
  const room = command.length > WIDTH_OF_COMMANDS ? `\n  ${' '.repeat(WIDTH_OF_COMMANDS)}` : '';
  return `  ${command.padEnd(WIDTH_OF_COMMANDS)}${room}  ${what}`;
}
