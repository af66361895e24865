import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Image } from '@aws-sdk/client-ec2';
import { machine } from '../machine.ts';
import { virtualEnvironment } from '../virtual-environment.ts';

export interface MotoServer {
  /** `http://127.0.0.1:43121` */
  readonly url: string;
  /** Ends the server, and returns when its process is gone. */
  close(): Promise<void>;
}

const START_LIMIT_MS = 60_000;

/**
 * Starts moto on a free port of the loopback interface, in a process of its own.
 *
 * @param catalogue the public images that it has, in every region
 * @throws Error with what the server printed where it does not come up
 */
export async function startMoto(catalogue: readonly Image[]): Promise<MotoServer> {
  const moto = await virtualEnvironment('moto', join(import.meta.dirname, 'requirements.txt'));
  const folder = await mkdtemp(join(tmpdir(), 'moto-'));
  const images = join(folder, 'images.json');
  await writeFile(images, JSON.stringify(catalogue.map(asMotoWritesIt)));
  const server = spawn(moto.program('moto_server'), ['--host', '127.0.0.1', '--port', '0'], {
    cwd: folder,
    env: {
      ...machine(),
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: 'true',
      MOTO_AMIS_PATH: images,
      MOTO_ENABLE_AMI_VALIDATION: 'true',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const endWithThisProcess = () => {
    server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', endWithThisProcess);
  const close = async () => {
    process.off('exit', endWithThisProcess);
    await stop(server);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { url: await addressOf(server), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The server is given any port and prints which one it got. */
async function addressOf(server: ChildProcess): Promise<string> {
  let printed = '';
  return await new Promise<string>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`moto did not start in time:\n${printed}`)), START_LIMIT_MS);
    const settle = (act: () => void) => {
      clearTimeout(limit);
      act();
    };
    server.once('error', (error) => settle(() => reject(error)));
    server.once('exit', (code) => settle(() => reject(new Error(`moto ended with code ${code}:\n${printed}`))));
    // It goes on being read to the end: a server whose output nobody takes stands still.
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      printed = `${printed}${text}`.slice(-10_000);
      const [, url] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(printed) ?? [];
      if (url !== undefined) settle(() => resolve(url));
    });
  });
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const gone = once(server, 'exit');
  server.kill('SIGKILL');
  await gone;
}

/** A public image in the words of moto's catalogue file. */
function asMotoWritesIt(image: Image) {
  return {
    ami_id: image.ImageId,
    architecture: image.Architecture,
    creation_date: image.CreationDate,
    description: image.Description,
    hypervisor: image.Hypervisor,
    image_location: image.ImageLocation,
    image_type: image.ImageType,
    name: image.Name,
    owner_id: image.OwnerId,
    public: image.Public,
    root_device_name: image.RootDeviceName,
    root_device_type: image.RootDeviceType,
    sriov: image.SriovNetSupport,
    state: image.State,
    virtualization_type: image.VirtualizationType,
  };
}
