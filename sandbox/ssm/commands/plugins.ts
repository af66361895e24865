/** The plugin of the documents that have but one, whose output is then the command's. */
export const PLUGINS: ReadonlyMap<string, string> = new Map([
  ['AWS-RunShellScript', 'aws:runShellScript'],
  ['AWS-RunPowerShellScript', 'aws:runPowerShellScript'],
]);
