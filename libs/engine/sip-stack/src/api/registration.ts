import type { SipResponse } from '@carillon/sip-message';
import type { Flow } from './flow.js';
import type { RequestTarget } from './outgoing-invite.js';
import type { RequestFailure, RequestOutcome } from './request-outcome.js';

/** How long to wait after failures, seconds (RFC 5626 §4.5). */
export interface RegistrationRetry {
  /** Doubled with every failure in a row; the wait is 50–100 % of it. Default 30. */
  readonly baseSeconds: number;
  /** Default 1800. */
  readonly maximumSeconds: number;
}

export interface RegisterOptions extends Omit<RequestTarget, 'target' | 'from' | 'to'> {
  /** Request-URI: a domain without user part, e.g. `sip:provider.example`. That of `address` when left out. */
  registrar?: string;
  /** Address of record to bind, a URI or name-addr: `sip:4930123@provider.example`. */
  address: string;
  /** Who registers, when it is not the address itself (third-party registration, RFC 3261 §10.2). */
  from?: string;
  /** User part of our Contact; the one of `address` when left out. */
  contactUser?: string;
  /** Time to ask for, seconds. Default 3600. */
  expiresSeconds?: number;
  /** Registers this flow as one of several of an instance (RFC 5626); `instanceId` is a URN such as `urn:uuid:…`. */
  outbound?: { readonly instanceId: string; readonly regId: number };
  retry?: Partial<RegistrationRetry>;
}

/** What the registrar said. */
export interface RegistrationGrant {
  readonly response: SipResponse;
  /** Seconds until the binding would run out. */
  readonly expiresSeconds: number;
  /** Route for requests of this address, URIs (RFC 3608). */
  readonly serviceRoute: readonly string[];
  /** Proxies in front of us, URIs (RFC 3327). */
  readonly path: readonly string[];
  /** Public and temporary GRUU of this instance (RFC 5627). */
  readonly publicGruu: string | undefined;
  readonly temporaryGruu: string | undefined;
  /** The flow it went by: use it for keep-alives, and to reach the registrar by the same connection. */
  readonly flow: Flow | undefined;
}

export interface RegistrationEvents {
  /** After the first registration and every refresh. */
  registered: (grant: RegistrationGrant) => void;
  /** An attempt failed for good; the next one comes after `retrySeconds`. Calls may still arrive until the binding runs out. */
  failed: (failure: RequestFailure, retrySeconds: number) => void;
  /** Closed; the binding is removed, or could not be. Once, last. */
  ended: () => void;
}

/**
 * One address kept registered until it is closed.
 *
 * ```text
 * registering --2xx--> registered --before expiry, flow gone, refresh()--> registering
 *     | \---failure--> waiting ------after the delay, refresh()--------------^
 *     `--close()--> closing --answer, timeout--> ended
 * ```
 */
export interface Registration {
  readonly state: 'registering' | 'registered' | 'waiting' | 'closing' | 'ended';
  /** The latest grant, while its time has not run out. */
  readonly grant: RegistrationGrant | undefined;
  on<E extends keyof RegistrationEvents>(event: E, handler: RegistrationEvents[E]): this;
  /** Registers now instead of later. */
  refresh(): void;
  /** Takes the binding away (expires 0) and ends. Idempotent. */
  close(): Promise<RequestOutcome | undefined>;
}
