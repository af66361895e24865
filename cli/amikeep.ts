#!/usr/bin/env node
import { systemClock } from '../lib/aws/calls/system.ts';
import { connectToAws } from './connect.ts';
import { connectForCheckUp } from './doctor/connect.ts';
import { main } from './main.ts';

// All that is to be said is said at the end, so a reader that has seen enough (`| head`) misses nothing that matters.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  environment: process.env,
  clock: systemClock,
  connect: connectToAws,
  connectForCheckUp,
});
