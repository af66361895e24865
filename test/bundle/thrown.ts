import { readFileSync } from 'node:fs';
import type { BundledClient } from './clients.ts';

interface Thrown {
  /** On the wire. */
  readonly code: string;
  /** What the SDK calls it. */
  readonly is: string;
}

/** What an operation says that it throws, by its own names, and in XML also by those that AWS's model has for the wire. */
export function thrownBy({ module, service }: BundledClient, operation: string): Thrown[] {
  if (!module.startsWith('@')) return [];
  const types = readFileSync(`node_modules/${module}/dist-types/commands/${operation}Command.d.ts`, 'utf8');
  const names = [...types.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name = '']) => name);
  const schemas = readFileSync(`node_modules/${module}/dist-es/schemas/schemas_0.js`, 'utf8');
  const query = ['autoscaling', 'sts'].includes(service);
  return names
    .filter((name) => !name.endsWith('ServiceException'))
    .flatMap((is) => {
      const [, code = is] = query
        ? (new RegExp(`var ${is}\\$ = [^;]*?_aQE\\]: \\[\`(\\w+)\``).exec(schemas) ?? [])
        : [];
      return [...new Set([is, code])].map((one) => ({ code: one, is }));
    });
}
