import { describe, expect, it } from 'vitest';
import { holderIn, readError } from '../../../lib/aws/calls/errors.ts';

function ec2Error(name: string, httpStatusCode: number, message = 'as EC2 says it'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

describe('what an error means', () => {
  it.each([
    ['RequestLimitExceeded', 503, 'throttled'],
    ['InternalError', 500, 'transient'],
    ['Unavailable', 503, 'transient'],
    ['InsufficientAddressCapacity', 500, 'transient'],
    ['UnauthorizedOperation', 403, 'denied'],
    ['AuthFailure', 401, 'denied'],
    ['InvalidAMIID.NotFound', 400, 'absent'],
    ['InvalidAMIID.Unavailable', 400, 'absent'],
    ['InvalidSnapshot.NotFound', 400, 'absent'],
    ['InvalidAMIName.Duplicate', 400, 'name-taken'],
    ['InvalidSnapshot.InUse', 400, 'in-use'],
    ['ResourceLimitExceeded', 400, 'limit'],
    ['SnapshotCreationPerVolumeRateExceeded', 400, 'too-soon'],
    ['InvalidParameterValue', 400, 'refused'],
    ['SomethingNew', 400, 'refused'],
    ['SomethingNew', 502, 'transient'],
  ])('%s with status %i is %s', (name, status, meaning) => {
    expect(readError(ec2Error(name, status))).toEqual({ meaning, code: name, message: 'as EC2 says it' });
  });

  it.each([
    ['a connection that died', Object.assign(new Error('socket hang up'), { name: 'TimeoutError', $metadata: {} })],
    ['an error of the network', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })],
    ['an answer that broke off', ec2Error('TimeoutError', 200)],
    ['metadata that is none', Object.assign(new Error('odd'), { $metadata: null })],
  ])('%s is an answer that never came', (_, error) => {
    expect(readError(error).meaning).toBe('no-answer');
  });

  it('something thrown that is no error is kept as text', () => {
    expect(readError('boom')).toEqual({ meaning: 'no-answer', code: 'Unknown', message: 'boom' });
  });
});

describe('the holder of a name', () => {
  it.each([
    ['AMI name prod/nightly is already in use by AMI ami-0123456789abcdef0', 'ami-0123456789abcdef0'],
    ['AMI name of-ami-11111111 is already in use by AMI ami-22222222', 'ami-22222222'],
    ['AMI name x is already in use', undefined],
  ])('in %j is %s', (message, holder) => {
    expect(holderIn(message)).toBe(holder);
  });
});
