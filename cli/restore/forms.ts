/** What the AWS CLI is given a launch as. */
export const FORMS = ['json', 'template'] as const;
export type Form = (typeof FORMS)[number];
