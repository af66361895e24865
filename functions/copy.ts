import { createHandler } from '../lib/lambda/handler.ts';
import { systemPorts } from '../lib/lambda/system-ports.ts';

/** Copies images to the DR regions that the policies name: the handler of its sweep and of EC2's word that an image is ready. */
export const handler = createHandler('copy', systemPorts());
