import { Presets, SingleBar } from 'cli-progress';

/** Shows how far a run has come. */
export interface Progress {
  /** @param share from 0 to 1 */
  show(share: number): void;
  end(): void;
}

/** A bar on a terminal; elsewhere one plain line, since a log keeps what a terminal paints over. */
export function progressOn(stream: NodeJS.WritableStream & { readonly isTTY?: boolean }, what: string): Progress {
  if (stream.isTTY !== true) {
    stream.write(`${what}\n`);
    return { show: () => {}, end: () => {} };
  }
  const bar = new SingleBar(
    { stream, format: `${what} [{bar}] {percentage} %`, clearOnComplete: true, hideCursor: true },
    Presets.shades_classic,
  );
  bar.start(100, 0);
  return { show: (share) => bar.update(Math.floor(share * 100)), end: () => bar.stop() };
}
