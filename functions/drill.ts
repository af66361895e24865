import { createHandler } from '../lib/lambda/handler.ts';
import { systemPorts } from '../lib/lambda/system-ports.ts';

/** Starts images to see whether they come up, and looks after what it started: the handler of its sweeps. */
export const handler = createHandler('drill', systemPorts());
