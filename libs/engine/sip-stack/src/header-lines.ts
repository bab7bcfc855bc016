import type { HeaderLine } from '@carillon/sip-message';
import type { HeaderFields } from './api/header-fields.js';

/** Flattens header fields into lines. */
export function headerLines(fields: HeaderFields | undefined): HeaderLine[] {
  if (fields === undefined) return [];
  return Object.entries(fields).flatMap(([name, value]): HeaderLine[] =>
    typeof value === 'string' ? [[name, value]] : value.map((one): HeaderLine => [name, one]),
  );
}
