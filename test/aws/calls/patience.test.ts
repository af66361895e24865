import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DescribeImagesCommand } from '@aws-sdk/client-ec2';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bundleOptions } from '../../../deploy/bundle/options.ts';
import { Caller } from '../../../lib/aws/calls/caller.ts';
import { createClients } from '../../../lib/aws/calls/clients.ts';
import { Pace } from '../../../lib/aws/calls/pace.ts';
import { handlerSettings, PATIENCE } from '../../../lib/aws/calls/patience.ts';
import { ListRulesCommand } from '../../../lib/aws/calls/recycle-bin-client.ts';
import { accountId, region } from '../../../lib/model/ids.ts';
import { SECOND } from '../../../lib/model/time.ts';

const SHORT = { connection: 500, answer: 100 };
const TARGET = { account: accountId('111122223333'), region: region('eu-central-1') };
const CREDENTIALS = { accessKeyId: TARGET.account, secretAccessKey: 'any' };

interface Bundle {
  readonly createClients: typeof createClients;
  readonly DescribeImagesCommand: typeof DescribeImagesCommand;
}

const folder = mkdtempSync(join(tmpdir(), 'amikeep-patience-'));
let bundle: Bundle;

beforeAll(async () => {
  const contents = `export { createClients } from './lib/aws/calls/clients.ts'; export { DescribeImagesCommand } from '@aws-sdk/client-ec2';`;
  const outfile = join(folder, 'clients.mjs');
  await build({ ...bundleOptions, stdin: { contents, resolveDir: process.cwd() }, outfile, logLevel: 'silent' });
  bundle = await import(pathToFileURL(outfile).href);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A server until the test is over; gives its URL and how many requests have come. */
async function aServer(listener: RequestListener) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return { endpoint: `http://127.0.0.1:${port}`, requests: () => requests };
}

const silent: RequestListener = () => {};
const breakingOff: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-type': 'text/xml' });
  response.write('<DescribeImagesResponse>');
};

describe('a call that is never answered', () => {
  it.each([
    ['at all', silent],
    ['whole', breakingOff],
  ])('%s is told as lost, after as many tries as lost answers of reads have', async (_, listener) => {
    const { endpoint, requests } = await aServer(listener);
    const clients = createClients({ endpoint, credentials: CREDENTIALS, patience: SHORT });
    onTestFinished(() => clients.close());
    const clock = { now: () => 0, sleep: async () => {} };
    const ports = { clients, pace: new Pace(clock, 1), clock, random: () => 0.5 };
    const caller = new Caller(ports, Number.POSITIVE_INFINITY, 'ec2');
    const answer = await caller.call(TARGET, 'DescribeImages', (ec2) => ec2.send(new DescribeImagesCommand({})));
    expect(answer).toMatchObject({ ok: false, failure: { meaning: 'no-answer', code: 'TimeoutError' } });
    expect(requests()).toBe(6);
  });

  it.each([
    ['at all', silent],
    ['whole', breakingOff],
  ])('%s ends in the bundles as well', async (_, listener) => {
    const { endpoint } = await aServer(listener);
    const clients = bundle.createClients({ endpoint, credentials: CREDENTIALS, patience: SHORT });
    onTestFinished(() => clients.close());
    const sent = clients.ec2(TARGET.region).send(new bundle.DescribeImagesCommand({}));
    await expect(sent).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('ends with the client that is our own', async () => {
    const { endpoint } = await aServer(silent);
    const clients = createClients({ endpoint, credentials: CREDENTIALS, patience: SHORT });
    onTestFinished(() => clients.close());
    const sent = clients.recycleBin(TARGET.region).send(new ListRulesCommand({ ResourceType: 'EC2_IMAGE' }));
    await expect(sent).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

it('a call that begins as a run ends is over before the function is stopped', () => {
  expect(PATIENCE.connection + PATIENCE.answer).toBeLessThanOrEqual(30 * SECOND);
  expect(handlerSettings()).toMatchObject({ throwOnRequestTimeout: true, requestTimeout: PATIENCE.answer });
});
