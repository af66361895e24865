import { region } from '../model/ids.ts';
import { textReadBy } from './values.ts';

export const regionName = textReadBy(region, 'write the name of an AWS region, such as eu-central-1').meta({
  examples: ['eu-central-1', 'us-east-1'],
});
