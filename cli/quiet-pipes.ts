/**
 * A reader that has seen enough, such as `head`, closes the pipe. What is said after that is said to nobody, which is no
 * failure of whoever says it.
 */
export function endQuietly(...streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
