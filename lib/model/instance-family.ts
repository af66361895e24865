const STANDARD = /^(?:[acdhmrtz]|i[ms]?)\d/;

/**
 * Whether a type counts towards the quota "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances" (Amazon EC2
 * endpoints and quotas, AWS General Reference). The other families have quotas of their own.
 *
 * @example isStandardFamily('im4gn.large') // true
 */
export function isStandardFamily(type: string): boolean {
  return STANDARD.test(type);
}
