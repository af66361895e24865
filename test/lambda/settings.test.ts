import { describe, expect, it } from 'vitest';
import { readPolicyFile } from '../../lib/lambda/policy-file.ts';
import { readSettings } from '../../lib/lambda/settings.ts';

describe('the settings of a function', () => {
  it('have a default each', () => {
    expect(readSettings({})).toEqual({
      bus: 'amikeep',
      rateShare: 0.8,
      maxCopiesInFlight: 100,
    });
  });

  it('come from the environment', () => {
    const settings = readSettings({
      AMIKEEP_BUS: 'events',
      AMIKEEP_RATE_SHARE: '0.25',
      AMIKEEP_MAX_COPIES_IN_FLIGHT: '20',
    });
    expect(settings).toEqual({ bus: 'events', rateShare: 0.25, maxCopiesInFlight: 20 });
  });

  it.each([
    ['AMIKEEP_BUS', '', "'' names no event bus; write its name, or leave the variable out"],
    ['AMIKEEP_RATE_SHARE', 'abc', "'abc' is not a share above 0 and up to 1, such as 0.8"],
    ['AMIKEEP_RATE_SHARE', '0', "'0' is not a share"],
    ['AMIKEEP_RATE_SHARE', '1.5', "'1.5' is not a share"],
    ['AMIKEEP_RATE_SHARE', ' ', "' ' is not a share"],
    ['AMIKEEP_MAX_COPIES_IN_FLIGHT', '2.5', "'2.5' is not a whole number from 1 up"],
    ['AMIKEEP_MAX_COPIES_IN_FLIGHT', '0', "'0' is not a whole number"],
  ])('are refused where %s is %j', (name, value, problem) => {
    expect(() => readSettings({ [name]: value })).toThrow(`environment ${name}: ${problem}`);
  });

  it.each([
    ['no-such-file.yml', 'no-such-file.yml: there is no such file; name yours with --policies or AMIKEEP_POLICY_FILE'],
    ['test', 'test: it is a folder; name the policy file in it'],
  ])('name a policy file that is none, and what to do: %s', (path, problem) => {
    expect(() => readPolicyFile(path)).toThrow(problem);
  });
});
