import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { machine } from '../machine.ts';
import type { Credentials } from './ministack.ts';
import { PATIENCE_MS } from './until.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  /** Where osls tells people of its progress and of what went wrong. */
  readonly stderr: string;
}

/** Where the deployer deploys to, and as whom. */
export interface Destination {
  readonly url: string;
  readonly credentials: Credentials;
  /** Where the deployer's own configuration would be; it has none. */
  readonly home: string;
}

/** The stack of one policy file, in the hands of who deploys it. */
export class Stack {
  readonly #destination: Destination;
  readonly #policyFile: string;

  /** @param policyFile path from the root of the project */
  constructor(destination: Destination, policyFile: string) {
    this.#destination = destination;
    this.#policyFile = policyFile;
  }

  deploy(): Promise<Finished> {
    return this.#serverless('deploy');
  }

  remove(): Promise<Finished> {
    return this.#serverless('remove');
  }

  /** Invokes a function with the payload of a file, or an own one, and waits for its answer. */
  invoke(name: string, payload: { readonly path: string } | { readonly data: object }): Promise<Finished> {
    const input = 'path' in payload ? ['--path', payload.path] : ['--data', JSON.stringify(payload.data)];
    return this.#serverless('invoke', '--function', name, ...input);
  }

  /** Hands a function its payload, as a schedule does, and does not wait. */
  send(name: string, payload: object): Promise<Finished> {
    return this.#serverless('invoke', '--function', name, '--type', 'Event', '--data', JSON.stringify(payload));
  }

  async #serverless(...args: string[]): Promise<Finished> {
    const { url, credentials, home } = this.#destination;
    const child = spawn('serverless', args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE_MS,
      env: {
        ...machine(),
        PATH: [join(ROOT, 'node_modules', '.bin'), dirname(process.execPath), process.env.PATH].join(delimiter),
        HOME: home,
        TMPDIR: home,
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AMIKEEP_POLICY_FILE: this.#policyFile,
        // osls is started some thirty times.
        NODE_COMPILE_CACHE: join(home, 'compiled'),
        SLS_AWS_MONITORING_FREQUENCY: '200',
      },
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  }
}

/** What ended well. @throws AssertionError with what it printed where it did not */
export function assertDone(finished: Finished): Finished {
  assert.equal(finished.code, 0, `${finished.stderr}${finished.stdout}`);
  return finished;
}
