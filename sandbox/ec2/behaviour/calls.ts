/** What holds for calls whatever they are about. */
export interface CallBehaviour {
  /** The regions that exist for every account: DescribeRegions lists them, CopyImage takes no other as its source. */
  readonly regions: readonly string[];
  /** Regions that exist and that the account has not opted in to: DescribeRegions lists them where it is asked for all. */
  readonly regionsNotOptedIn: readonly string[];

  // Eventual consistency. Off, so that a test that does not ask for it does not see it.

  /** Milliseconds until a new image and its snapshots can be read or tagged; before, they do not exist. */
  readonly createVisibilityMs: number;
  /** Milliseconds until reads show a change of an image or snapshot: tags, state, deprecation. */
  readonly changeVisibilityMs: number;

  // Inputs.

  /** How long a client token is remembered; the EC2 Developer Guide gives no end. */
  readonly clientTokenMemoryMs: number | 'forever';
  /** ASCII characters of a client token: 64 by the EC2 Developer Guide, 128 by the API model. */
  readonly clientTokenLength: number;
  /** Whether CreateTags and DeleteTags change all the resources or none. */
  readonly tagsAllOrNothing: boolean;
  /** The text of `TagLimitExceeded`, of which only the code is documented. */
  readonly tagLimitMessage: string;
  /** What a well-formed image id that was never given out is called: EC2 validates ids beyond their form. */
  readonly unknownImageId: 'not-found' | 'malformed';

  // Lists.

  /** What a filter without values does. */
  readonly filterWithoutValues: 'refused' | 'matches-nothing' | 'ignored';
  /** The code for a token that was never given out: `InvalidNextToken` or `InvalidPaginationToken`. */
  readonly badTokenCode: string;
  /** The greatest MaxResults of DescribeImages, which the API model does not state. */
  readonly imagesPageMaximum: number;
  /** What MaxResults of DescribeInstances counts. A page never takes a reservation apart where it counts those. */
  readonly instancePageUnit: 'instances' | 'reservations';
  /**
   * Of every service: `uneven` gives, by turns, a half-full, an empty and a full page, each with a token while there is more;
   * `scant` pages of a few, so that lists that fit into one have several.
   */
  readonly pageFill: 'full' | 'uneven' | 'scant';
}

export const defaultCallBehaviour: CallBehaviour = {
  regions: [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-southeast-1',
    'ap-southeast-2',
    'ca-central-1',
    'eu-central-1',
    'eu-north-1',
    'eu-west-1',
    'eu-west-2',
    'eu-west-3',
    'sa-east-1',
    'us-east-1',
    'us-east-2',
    'us-west-1',
    'us-west-2',
  ],
  regionsNotOptedIn: [],
  createVisibilityMs: 0,
  changeVisibilityMs: 0,
  clientTokenMemoryMs: 'forever',
  clientTokenLength: 64,
  tagsAllOrNothing: true,
  tagLimitMessage: 'The maximum number of Tags for a resource has been reached.',
  unknownImageId: 'not-found',
  filterWithoutValues: 'refused',
  badTokenCode: 'InvalidNextToken',
  imagesPageMaximum: 1_000,
  instancePageUnit: 'instances',
  pageFill: 'full',
};
