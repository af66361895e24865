/** What a process needs of this machine, its settings of AWS left out. */
const NEEDED = ['PATH', 'TZ'];

/** By these libfaketime, which `npm run test:days` uses, gives a process and its children another time. */
const TIME_IS_GIVEN_BY = ['LD_PRELOAD', 'FAKETIME', 'FAKETIME_DONT_FAKE_MONOTONIC'];

/**
 * The part of this process's environment for children that are to have the same programs, zone and time, and nothing
 * else of whoever runs the tests.
 */
export function machine(): NodeJS.ProcessEnv {
  return Object.fromEntries([...NEEDED, ...TIME_IS_GIVEN_BY].map((name) => [name, process.env[name]]));
}
