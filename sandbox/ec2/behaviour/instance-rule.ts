/** Which instances something is said of: those of which all is so that it names. */
export interface InstanceRule {
  readonly region?: string | undefined;
  readonly instanceId?: string | undefined;
  /** The image that it was launched from. */
  readonly imageId?: string | undefined;
  /** The image that its image was made from: that of the instance imaged, or the source of a copy. */
  readonly sourceImageId?: string | undefined;
  /**
   * The instance itself, or one that its system comes from: by images of it, by copies of those in whatever region and
   * account, and by images of what was launched from them.
   */
  readonly originInstanceId?: string | undefined;
  readonly instanceType?: string | undefined;
}
