import { SECOND } from '../../model/time.ts';

/** How long a call waits, in milliseconds, before it counts as one that was not answered. */
export interface Patience {
  /** For a connection. */
  readonly connection: number;
  /** For an answer to begin, and for each further part of it. */
  readonly answer: number;
}

/** EC2 answers within seconds. A run keeps 30 of them back at its end, within which the last call has to have ended. */
export const PATIENCE: Patience = { connection: 5 * SECOND, answer: 25 * SECOND };

/** What a client of the SDK takes as `requestHandler`. By itself it would wait for ever. */
export function handlerSettings({ connection, answer }: Patience = PATIENCE) {
  return {
    connectionTimeout: connection,
    requestTimeout: answer,
    // Otherwise the SDK says so in the log and goes on waiting.
    throwOnRequestTimeout: true,
    socketTimeout: answer,
  };
}
