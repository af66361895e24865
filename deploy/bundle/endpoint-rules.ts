/** Where a client of the SDK has the rules by which its endpoint follows from region and partition. */
export const ENDPOINT_RULES = 'dist-es/endpoint/bdd.js';

/** EC2's client is in every bundle. */
export const RULES_OF_EC2 = `@aws-sdk/client-ec2/${ENDPOINT_RULES}`;

/** The host in every region of every partition, as the rules have it. */
const HOST = /"https:\/\/([a-z0-9]+)\.\{Region\}\.\{PartitionResult#dnsSuffix\}"/;

/**
 * STS has rules besides EC2's for its global endpoint alone, which it takes for a region, `aws-global`, and which older
 * programs ask for. Ours ask in a region.
 */
const AS_EC2_IN_REGIONS: readonly string[] = ['client-sts'];

/**
 * The module of a client's rules, made of EC2's where they are the same but for the name of the host, as most are.
 *
 * @param text the client's own module
 * @param ofEc2 that of EC2's client
 * @param client the package's name within its scope: `client-ssm`
 */
export function sharedEndpointRules(text: string, ofEc2: string, client: string): string {
  const [host, model] = [HOST.exec(text)?.[1], HOST.exec(ofEc2)?.[1]];
  const named = (name: string) => new RegExp(`(?<="https://)${name}(?=-fips\\.|\\.)`, 'g');
  if (!host || !model || host === model) return text;
  if (ofEc2.replace(named(model), host) !== text && !AS_EC2_IN_REGIONS.includes(client)) return text;
  return `
    import { BinaryDecisionDiagram } from '@smithy/core/endpoints';
    import { bdd as model } from '../../../client-ec2/${ENDPOINT_RULES}';
    const named = (part) => typeof part === 'string' ? part.replace('https://${model}', 'https://${host}') : part;
    const results = model.results.map((result) => result.map(named));
    export const bdd = BinaryDecisionDiagram.from(model.nodes, model.root, model.conditions, results);`;
}
