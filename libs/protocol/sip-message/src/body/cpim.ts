import type { HeaderLine } from '../message/build-message.js';
import { buildEntity, parseEntity } from './header-block.js';
import type { Entity } from './header-block.js';

/** message/cpim (RFC 3862): headers of the message itself, then a MIME part with its content. */
export interface Cpim {
  /** From, To, cc, DateTime, Subject, NS, Require and those of other name spaces, in order. */
  readonly headers: readonly HeaderLine[];
  readonly content: Entity;
}

/** @returns undefined when malformed */
export function parseCpim(bytes: Buffer): Cpim | undefined {
  const outer = parseEntity(bytes);
  const content = outer && parseEntity(outer.body);
  return outer === undefined || content === undefined || outer.headers.length === 0
    ? undefined
    : { headers: outer.headers, content };
}

export function buildCpim(cpim: {
  headers: readonly HeaderLine[];
  content: { headers: readonly HeaderLine[]; body: string | Uint8Array };
}): Buffer {
  return buildEntity({ headers: cpim.headers, body: buildEntity(cpim.content) });
}
