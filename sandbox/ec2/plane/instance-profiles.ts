/** An instance profile as a launch sees it. */
export interface KnownProfile {
  readonly arn: string;
  readonly id: string;
  /** Whether there is a role in it, without which nothing can be launched with it. */
  readonly hasRole: boolean;
}

/** IAM, as far as EC2 asks it for the instance profile of an account by its name. */
export type InstanceProfiles = (account: string, name: string) => KnownProfile | undefined;
