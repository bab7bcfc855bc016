import type { RequestTarget } from './outgoing-invite.js';
import type { RegistrationRetry } from './registration.js';
import type { RequestFailure } from './request-outcome.js';

export interface PublishOptions extends RequestTarget {
  /** Event package, e.g. `presence`. */
  event: string;
  contentType: string;
  body: string;
  /** Time to ask for, seconds; default 3600. */
  expiresSeconds?: number;
  retry?: Partial<RegistrationRetry>;
}

export interface PublicationEvents {
  /** The state is known to the server: published, changed or refreshed. */
  published: (expiresSeconds: number) => void;
  /** An attempt failed; the next one comes after `retrySeconds`, or never. */
  failed: (failure: RequestFailure, retrySeconds: number | undefined) => void;
  /** Once, last. */
  ended: () => void;
}

/** A state kept published until it is closed (RFC 3903 §4). */
export interface Publication {
  readonly state: 'publishing' | 'published' | 'waiting' | 'ended';
  on<E extends keyof PublicationEvents>(event: E, handler: PublicationEvents[E]): this;
  /** A new state. While one is on its way only the newest is sent next. */
  modify(body: string): void;
  /** Removes the state from the server. Idempotent. */
  close(): Promise<void>;
}
