/** Where the SDK has AWS's partitions. */
export const PARTITIONS = '@aws-sdk/core/dist-es/submodules/client/util-endpoints/lib/aws/partitions.js';

interface Partitions {
  readonly partitions: readonly {
    readonly regionRegex: string;
    readonly regions: Readonly<Record<string, object>>;
  }[];
}

/**
 * The SDK's partitions without the regions that a partition's pattern tells as well, which are all but the global ones,
 * and without what regions are called.
 */
export function shortPartitions(text: string): string {
  const [start, end] = [text.indexOf('{'), text.lastIndexOf('}') + 1];
  const all: Partitions = JSON.parse(text.slice(start, end));
  const patterns = all.partitions.map(({ regionRegex }) => new RegExp(regionRegex));
  const partitions = all.partitions.map((partition, index) => {
    const told = (region: string) => patterns.findIndex((pattern) => pattern.test(region)) === index;
    const untold = Object.keys(partition.regions).filter((region) => !told(region));
    return { ...partition, regions: Object.fromEntries(untold.map((region) => [region, {}])) };
  });
  return `${text.slice(0, start)}${JSON.stringify({ ...all, partitions })}${text.slice(end)}`;
}
