import { HOUR, MINUTE } from '../../lib/model/time.ts';
import type { FaultPorts } from './faults.ts';

/** Images that do not come up from some day on, whatever is started of them. */
export function spoilImages({ sandbox, chance, from, until, at }: FaultPorts): void {
  const topic = 'images-down';
  for (let moment = from + chance.pause(36 * HOUR); moment < until; moment += chance.pause(60 * HOUR)) {
    at(moment, { topic, text: 'images-down begins: an image comes up no more' }, () => {
      const images = sandbox.ec2.inspect
        .images()
        .filter(({ image }) => image.Tags?.some(({ Key }) => Key === 'amikeep:deployment'));
      const { statusCheckRules: checks, nodeRules: nodes, commandRules: commands } = sandbox.ec2.behaviour().settings;
      if (images.length === 0) return;
      const { ImageId: imageId, SourceImageId } = chance.pick(images.slice(-3)).image;
      // Either one image, or all that was ever made of the same one: no later version comes up either.
      const rule = SourceImageId && chance.hits(0.5) ? { sourceImageId: SourceImageId } : { imageId };
      const way = chance.below(5);
      if (way === 0) sandbox.ec2.setBehaviour({ nodeRules: [...nodes, { ...rule, outcome: 'never' }] });
      else if (way === 1) {
        const fails = chance.hits(0.5) ? { exitStatus: 1 } : { isLost: true };
        sandbox.ec2.setBehaviour({ commandRules: [...commands, { ...rule, ...fails }] });
      } else {
        const outcome = chance.pick(['never', 'impaired', 'flapping'] as const);
        sandbox.ec2.setBehaviour({ statusCheckRules: [...checks, { ...rule, outcome }], statusFlapMs: 7 * MINUTE });
      }
    });
  }
  at(until, { topic, text: 'images-down ends', isOver: true }, () => {
    sandbox.ec2.setBehaviour({ statusCheckRules: [], nodeRules: [], commandRules: [] });
  });
}
