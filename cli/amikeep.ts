#!/usr/bin/env node
import { systemClock } from '../lib/aws/calls/system.ts';
import { main } from './main.ts';
import { endQuietly } from './quiet-pipes.ts';

endQuietly(process.stdout, process.stderr);

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  environment: process.env,
  clock: systemClock,
  // The SDK is most of what there is to load, and not every command needs it.
  connect: async (options) => (await import('./connect.ts')).connectToAws(options),
  connectForCheckUp: async (options) => (await import('./doctor/connect.ts')).connectForCheckUp(options),
});
