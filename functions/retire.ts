import { createHandler } from '../lib/lambda/handler.ts';
import { systemPorts } from '../lib/lambda/system-ports.ts';

/** Retires images that no keep rule wants any more: the handler of its sweep. */
export const handler = createHandler('retire', systemPorts());
