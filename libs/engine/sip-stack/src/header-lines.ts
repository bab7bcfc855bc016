import type { HeaderLine } from '@carillon/sip-message';
import type { HeaderFields } from './api/header-fields.js';

/** Flattens header fields into lines. */
export function headerLines(fields: HeaderFields | undefined): HeaderLine[] {
  if (fields === undefined) return [];
  const lines: HeaderLine[] = [];
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (typeof value === 'string') lines.push([name, value]);
    else if (value !== undefined) for (const one of value) lines.push([name, one]);
  }
  return lines;
}
