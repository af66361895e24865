/** What a process needs of this machine, its settings of AWS left out. */
const NEEDED = ['PATH', 'TZ'];

/** By these `npm run test:days` gives a process and its children another day. */
const THE_DAY = ['LD_PRELOAD', 'SECONDS_AHEAD'];

/**
 * The part of this process's environment for children that are to have the same programs, zone and time, and nothing
 * else of whoever runs the tests.
 */
export function machine(): NodeJS.ProcessEnv {
  return Object.fromEntries([...NEEDED, ...THE_DAY].map((name) => [name, process.env[name]]));
}
