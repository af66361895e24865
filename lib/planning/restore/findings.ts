import type { Finding } from './plan.ts';

export function ok(about: string, text: string): Finding {
  return { about, outcome: 'ok', text };
}

export function note(about: string, text: string): Finding {
  return { about, outcome: 'note', text };
}

export function degraded(about: string, text: string): Finding {
  return { about, outcome: 'degraded', text };
}

export function unknown(about: string, text: string): Finding {
  return { about, outcome: 'unknown', text };
}

export function blocked(about: string, text: string): Finding {
  return { about, outcome: 'blocked', text };
}
