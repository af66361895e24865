/** Parameter Store, as far as EC2 asks it for images. */
export interface ImageParameters {
  /** @param reference `name`, `name:version` or `name:label`; nothing where there is no such parameter or version */
  find(
    account: string,
    region: string,
    reference: string,
  ): { readonly value: string; readonly dataType: string } | undefined;
}

/** A Parameter Store without parameters. */
export const noParameters: ImageParameters = { find: () => undefined };
