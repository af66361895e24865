import { InputError } from '../lib/run/input-error.ts';

/** What a person named is nowhere. Nothing has been done; the words make sense, so it is a failure as any other. */
export class NotThereError extends InputError {}
