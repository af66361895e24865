import { z } from 'zod';
import { SERVICE_NAMES, type ServiceName } from './contract.ts';
import { remedyFor } from './problems.ts';

const FAULT_KINDS = ['throttle', 'error-before', 'error-after', 'lost-answer', 'denied', 'latency'] as const;

const isoTime = z
  .string()
  .refine((text) => !Number.isNaN(Date.parse(text)), 'write an ISO 8601 time like 2026-01-02T03:04:05Z');

/** Which calls go wrong, and how. What a rule does not name matches every call. */
export const FAULT_RULE = z
  .strictObject({
    id: z.string().min(1).optional(),
    /**
     * - `throttle`, `denied`: the service's own error, and no effect
     * - `error-before`, `error-after`: an error without and with the effect
     * - `lost-answer`: the effect happens and the connection dies
     * - `latency`: the call takes `latencyMs` longer before anything happens
     */
    kind: z.enum(FAULT_KINDS),
    service: z.enum(SERVICE_NAMES).optional(),
    operation: z.string().min(1).optional(),
    region: z.string().min(1).optional(),
    account: z
      .string()
      .regex(/^\d{12}$/, 'an account has twelve digits')
      .optional(),
    /** Of the calls that say who makes them: `shop` is also meant by its sessions, such as `shop/17`. */
    caller: z.string().min(1).optional(),
    /** The first moment, of the sandbox's clock, at which the rule strikes. */
    from: isoTime.optional(),
    /** The first moment at which it no longer does. */
    until: isoTime.optional(),
    /** Always where not written. */
    probability: z.number().min(0).max(1).optional(),
    /** How often it strikes at most. */
    times: z.int().min(1).optional(),
    /** For the two errors; `InternalError`, 500, where not written. */
    code: z.string().min(1).optional(),
    status: z.int().min(400).max(599).optional(),
    message: z.string().optional(),
    /** For `latency`: milliseconds of the sandbox's clock. */
    latencyMs: z.number().positive().optional(),
  })
  .refine(({ kind, latencyMs }) => (kind === 'latency') === (latencyMs !== undefined), {
    message: 'latencyMs, a number of milliseconds, goes with the kind latency and with no other',
  })
  .refine(({ kind, code, status, message }) => kind.startsWith('error-') || (code ?? status ?? message) === undefined, {
    message: 'code, status and message go with the kinds error-before and error-after only',
  });

export type FaultRule = Readonly<z.infer<typeof FAULT_RULE>>;

/** The names of the operations that each service of a sandbox has. */
export type KnownOperations = Readonly<Record<ServiceName, readonly string[]>>;

/** A fault makes no sense; the message names place, value and remedy. */
export class FaultRuleError extends TypeError {
  constructor(message: string) {
    super(message);
    this.name = 'FaultRuleError';
  }
}

/**
 * What is wrong with a rule's operation, if anything: a rule of one that no call can name would never strike, and a
 * test that relies on it would prove nothing. Regions are free, since the sandbox answers for any that a call names.
 */
export function operationProblem({ service, operation }: FaultRule, known: KnownOperations): string | undefined {
  if (operation === undefined) return undefined;
  const meant = service === undefined ? Object.values(known).flat() : known[service];
  if (meant.includes(operation)) return undefined;
  const place = `operation: ${JSON.stringify(operation)} will not do`;
  const owner = Object.entries(known).find(([, names]) => names.includes(operation))?.[0];
  if (owner !== undefined) return `${place}: it is an operation of ${owner}, not of ${service}`;
  return `${place}: ${service === undefined ? `${SERVICE_NAMES.join(', ')} have` : `${service} has`} no such operation here: ${remedyFor(operation, meant)}`;
}
