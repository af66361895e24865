import { endQuietly } from '../../cli/quiet-pipes.ts';
import { main } from './main.ts';

endQuietly(process.stdout, process.stderr);
process.exitCode = await main(process.argv.slice(2), process);
