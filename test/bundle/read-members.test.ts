import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { READ_MEMBERS } from '../../deploy/bundle/read-members.ts';

const folder = mkdtempSync(join(tmpdir(), 'amikeep-types-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** What the compiler has to find fault with: here is a member that a bundle's client does not read. */
const CONTROL = `
import type { Instance } from '@aws-sdk/client-ec2';
export const read = ({ InstanceId }: Instance) => InstanceId;
export const unread = ({ Hypervisor }: Instance) => Hypervisor;
`;

const MEMBER = /^ {4}(\w+)\??: [^;]*;\n/gm;

/** The same declarations, in which the structures of the table have no other members than its own. */
function withReadMembers(declarations: string, met: Set<string>, table: Readonly<Record<string, readonly string[]>>) {
  return declarations.replace(/(?<=^export interface (\w+) \{\n).*?(?=^\}$)/gms, (members: string, name: string) => {
    const read = table[name];
    if (!read) return members;
    met.add(name);
    return members.replace(MEMBER, (member, of: string) => (read.includes(of) ? member : ''));
  });
}

/** A copy of a client's types with the members that a bundle has; gives back where it is. */
function typesOf(client: string, table: Readonly<Record<string, readonly string[]>>): string {
  const types = join(folder, client);
  cpSync(`node_modules/@aws-sdk/${client}/dist-types`, types, { recursive: true });
  const met = new Set<string>();
  for (const file of readdirSync(join(types, 'models'))) {
    const path = join(types, 'models', file);
    writeFileSync(path, withReadMembers(readFileSync(path, 'utf8'), met, table));
  }
  expect([...met].sort()).toEqual(Object.keys(table));
  return types;
}

it('what the functions read of an answer is what their bundles read of it', () => {
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const control = join(folder, 'control.mts');
  writeFileSync(control, CONTROL);
  const clients = Object.entries(READ_MEMBERS).map(([client, table]) => [client, typesOf(client, table)]);
  const project = {
    extends: resolve('tsconfig.json'),
    compilerOptions: {
      paths: Object.fromEntries(clients.map(([client, types]) => [`@aws-sdk/${client}`, [`${types}/index.d.ts`]])),
    },
    include: [],
    files: [control, ...readdirSync('functions').map((name) => resolve('functions', name))],
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(project));
  const tsc = resolve('node_modules/.bin/tsc');
  const { stdout, stderr } = spawnSync(tsc, ['--pretty', 'false', '-p', folder], { encoding: 'utf8' });
  const mistakes = stdout.split('\n').filter((line) => line !== '');
  expect(stderr).toBe('');
  expect(mistakes).toEqual([
    expect.stringMatching(/control\.mts.*: error TS2339: Property 'Hypervisor' does not exist on type 'Instance'\.$/),
  ]);
});
