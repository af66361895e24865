import type { Row } from '../row.ts';
import type { Tool } from './tool.ts';

/** So many of something. Only of a tool that is held to it the bench asks for the number that is wanted. */
export function count(
  { name, held }: Tool,
  what: string,
  { value, wanted, note }: { readonly value: number; readonly wanted: number; readonly note?: string },
): Row {
  return {
    what: `${name}: ${what}`,
    value,
    unit: '',
    ...(held && { target: { exactly: wanted } }),
    ...(note && { note }),
  };
}
