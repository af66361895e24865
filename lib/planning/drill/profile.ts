/** The name of the one instance profile that a drill may have, and of its role: deploy/drill-network.yml makes both. */
export function drillProfile(deployment: string): string {
  return `amikeep-${deployment}-drill`;
}
