import type { DigestChallenge } from '@carillon/sip-message';
import type { Credentials, CredentialSource } from '../api/credentials.js';
import type { Identifiers } from '../identifiers.js';
import type { Logger } from '../logger.js';

/** A realm whose challenge we can answer (RFC 7616 §2.2). */
export interface ProtectionSpace {
  readonly proxy: boolean;
  readonly challenge: DigestChallenge;
  readonly credentials: Credentials;
  readonly ha1: string;
  /** Nonce to use from now on: the challenge's, or the next one that the server named. */
  nonce: string;
  /** Times the nonce was used (RFC 7616 §3.4, `nc`). */
  nonceCount: number;
  /** Kept as long as the nonce: `-sess` algorithms make their A1 of it (RFC 7616 §3.4.2). */
  cnonce: string;
}

const NONE: readonly (readonly [string, ProtectionSpace])[] = [];

/** Most realms remembered in one dialog or registration: a few proxies and the peer. */
const MAX_SPACES = 8;

/**
 * What a client knows of the realms on its way: shared by the requests of one dialog or one registration, so that later
 * requests carry credentials at once (RFC 3261 §22.3, RFC 7616 §3.6).
 */
export class ProtectionSpaces {
  /** Made when the first realm asks: most requests are never challenged. */
  private spaces: Map<string, ProtectionSpace> | undefined;

  constructor(
    readonly source: CredentialSource | undefined,
    readonly context: { readonly identifiers: Identifiers; readonly logger: Logger },
  ) {}

  all(): Iterable<readonly [key: string, space: ProtectionSpace]> {
    return this.spaces ?? NONE;
  }

  get(key: string): ProtectionSpace | undefined {
    return this.spaces?.get(key);
  }

  set(key: string, space: ProtectionSpace): void {
    this.spaces ??= new Map();
    if (!this.spaces.has(key) && this.spaces.size >= MAX_SPACES) return;
    this.spaces.set(key, space);
  }

  forget(key: string): void {
    this.spaces?.delete(key);
  }
}
