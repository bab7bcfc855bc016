import type { HeaderIndex } from './header-index.js';

/** A message's octets and where its headers lie in them. */
export interface MessageOctets {
  /** The received octets, shared with the socket's buffer and never written to. */
  readonly bytes: Buffer;
  readonly index: HeaderIndex;
  /** First octet of the start line; empty lines may come before it. */
  readonly start: number;
  /** Whether the start line is written as a copy of the message would write it. */
  readonly usualStart: boolean;
  /** Where the body lies in `bytes`. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Whether Content-Length is there, and right. */
  readonly declared: boolean;
}
