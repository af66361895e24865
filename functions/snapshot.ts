import { createHandler } from '../lib/lambda/handler.ts';
import { systemPorts } from '../lib/lambda/system-ports.ts';

/** Creates images of the instances that the policies select: the handler of the schedules and of whoever wants one now. */
export const handler = createHandler('snapshot', systemPorts());
