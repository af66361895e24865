/**
 * The name of the one instance profile that a drill may have, and of its role: deploy/drill-network.yml makes both. It is not that of
 * the role of drills in another account, `<rolePrefix>-drill`, whatever the prefix.
 */
export function drillProfile(deployment: string): string {
  return `amikeep-${deployment}-drilled`;
}
