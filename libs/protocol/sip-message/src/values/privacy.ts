import { isToken } from './characters.js';

/**
 * Privacy values in lower case (RFC 3323 §4.2): `header`, `session`, `user`, `none`, `critical`; `id` (RFC 3325 §9.3),
 * `history` (RFC 7044 §10.1). `none` never comes with others but `critical`.
 */
export type Privacy = readonly string[];

/** @returns undefined when malformed. Commas between values are read too: some senders write them */
export function parsePrivacy(text: string): Privacy | undefined {
  const values = text.split(/[;,]/, 17).map((value) => value.trim().toLowerCase());
  return values.length <= 16 && values.every(isToken) ? values : undefined;
}

export function buildPrivacy(values: Privacy): string {
  return values.join(';');
}
