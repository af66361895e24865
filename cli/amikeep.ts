#!/usr/bin/env node
import { systemClock } from '../lib/aws/calls/system.ts';
import { connectToAws } from './connect.ts';
import { connectForCheckUp } from './doctor/connect.ts';
import { main } from './main.ts';
import { endQuietly } from './quiet-pipes.ts';

endQuietly(process.stdout, process.stderr);

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  environment: process.env,
  clock: systemClock,
  connect: connectToAws,
  connectForCheckUp,
});
