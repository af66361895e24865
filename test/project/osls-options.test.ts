import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refuseOthers, stackOfPackage } from '../../deploy/osls-options.ts';
import { InputError } from '../../lib/run/input-error.ts';

const OURS = { deployment: 'prod', homeRegion: 'eu-central-1' };
const asked = (options: object, packaged?: typeof OURS) => () => refuseOthers(options, packaged, OURS);

describe('what the command line of osls says', () => {
  test.each([
    [{}],
    [{ stage: 'prod' }],
    [{ region: 'eu-central-1' }],
    [{ stage: 'prod', region: 'eu-central-1', 'aws-profile': 'shop' }],
  ])('is taken where it is what the policy file says: %j', (options) => {
    expect(asked(options)).not.toThrow();
  });

  test.each([
    [
      { stage: 'staging' },
      /^--stage: 'staging', but the policy file is of deployment 'prod' in eu-central-1; leave it/,
    ],
    [{ region: 'us-west-2' }, /^--region: 'us-west-2', but .* in eu-central-1, which is the first of its regions; /],
  ])('is refused where it says otherwise: %j', (options, message) => {
    expect(asked(options)).toThrow(message);
    expect(asked(options)).toThrow('AMIKEEP_POLICY_FILE');
  });

  test('is told as a whole', () => {
    expect(asked({ stage: 'staging', region: 'us-west-2' })).toThrow(/^--stage: .*\n--region: /);
  });

  test('deploys a package of this deployment alone', () => {
    expect(asked({}, OURS)).not.toThrow();
    expect(asked({}, { ...OURS, deployment: 'staging' })).toThrow(
      /^--package: a package of deployment 'staging' in eu-central-1, but .*'prod'/,
    );
    expect(asked({}, { ...OURS, homeRegion: 'us-west-2' })).toThrow(/^--package: .* in us-west-2, but /);
  });
});

describe('a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amikeep-package-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('that osls packaged into says of which deployment', () => {
    writeFileSync(join(folder, 'serverless-state.json'), JSON.stringify({ service: { custom: { stack: OURS } } }));
    expect(stackOfPackage(folder)).toEqual(OURS);
  });

  test('without a package is refused', () => {
    expect(() => stackOfPackage(join(folder, 'nothing'))).toThrow(InputError);
  });
});

describe('osls', () => {
  let calls = 0;
  const aws = createServer((_, response) => {
    calls++;
    response.writeHead(500).end();
  });
  let endpoint = '';

  beforeAll(async () => {
    await new Promise<void>((resolve) => aws.listen(0, '127.0.0.1', resolve));
    const address = aws.address();
    endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  });
  afterAll(() => void aws.close());

  test.each(['package', 'deploy', 'remove', 'info'])(
    'asks nothing of AWS for `serverless %s` of a stage or region that is not that of the policy file',
    { timeout: 60_000 },
    async (command) => {
      const { status, output } = await serverless([command, '-s', 'staging', '--region', 'us-west-2'], endpoint);
      expect(output).toContain("--stage: 'staging', but the policy file is of deployment 'prod'");
      expect(output).toContain("--region: 'us-west-2', but the policy file is of deployment 'prod'");
      expect({ status, calls }).toEqual({ status: 1, calls: 0 });
    },
  );
});

/** Runs osls as people do, on the repository's own policy file, with an AWS that is here. */
function serverless(args: readonly string[], endpoint: string): Promise<{ status: unknown; output: string }> {
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_ENDPOINT_URL: endpoint,
  };
  const bin = 'node_modules/serverless/bin/serverless.js';
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...args], { env }, (error, out, err) =>
      resolve({ status: error ? error.code : 0, output: out + err }),
    );
  });
}
