import type { ImageId, InstanceId, Region } from '../../model/ids.ts';
import type { Rung } from '../../model/rungs.ts';
import type { Instant } from '../../model/time.ts';
import type { Drilled, Pass } from '../../tagging/verdict.ts';

/** One way to launch a drill: where one has no room, the next may. */
export interface DrillTry {
  readonly subnet: string;
  readonly type: string;
}

/** Starts an image in a sealed network, with all that ends it from its birth. */
export interface LaunchDrill {
  readonly kind: 'drill';
  readonly region: Region;
  readonly image: ImageId;
  readonly deployment: string;
  /** In the order in which they are tried; at least one. */
  readonly tries: readonly DrillTry[];
  readonly securityGroup: string;
  /** Of the image: each volume is to go with the instance, whatever the image says. */
  readonly devices: readonly string[];
  readonly rung: Rung;
  readonly leaseMinutes: number;
  /** When the last verdict on the image was given. */
  readonly since: Instant | undefined;
  /** How often in a row its lineage has failed until now. */
  readonly failures: number;
  /** The drill's own instance profile, for the check that is a command. */
  readonly profile?: string;
}

/** Writes the verdict of a drill on its image, and then ends the drill. */
export interface JudgeImage {
  readonly kind: 'judge';
  readonly region: Region;
  readonly image: ImageId;
  readonly deployment: string;
  readonly verdict: Verdict;
  /** The drill that ends once the verdict is written; absent: it has ended, or never began. */
  readonly ends?: InstanceId;
  /** Whether it ends although the verdict could not be written: its lease is over, or it must not go on. */
  readonly endsAnyway: boolean;
}

export type Verdict =
  | ({ readonly kind: 'passed' } & Omit<Pass, 'at'>)
  | ({ readonly kind: 'failed' | 'inconclusive' } & Omit<Drilled, 'at' | 'verdict'>);

/** Sends the command that a drill has to answer. */
export interface AskDrill {
  readonly kind: 'ask';
  readonly region: Region;
  readonly instance: InstanceId;
  /** The SSM document. */
  readonly document: string;
}

/** Ends a drill on which there is nothing to write. */
export interface EndDrill {
  readonly kind: 'end-drill';
  readonly region: Region;
  readonly instance: InstanceId;
}

/** Deletes a volume or an interface of a drill whose instance is gone. */
export interface ClearRemnant {
  readonly kind: 'clear';
  readonly region: Region;
  readonly what: 'volume' | 'interface';
  readonly remnant: string;
}
