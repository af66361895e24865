import { createHandler } from '../lib/lambda/handler.ts';
import { systemPorts } from '../lib/lambda/system-ports.ts';

/** Copies images to the DR regions that the policies name: the handler of its sweeps. */
export const handler = createHandler('copy', systemPorts());
