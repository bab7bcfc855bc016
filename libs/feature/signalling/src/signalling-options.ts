import type { Database } from '@carillon/database';
import type { Bus } from '@carillon/event-bus';
import type { Clock, Logger, Metrics, Settings } from '@carillon/service-runtime';
import type { Pinning } from '@carillon/sip-stack';
import type { SecureSip } from './sip/secure-sip.js';
import type { SipWebSocket } from './sip/sip-web-socket.js';

export interface SignallingOptions {
  readonly settings: Pick<Settings, 'sip' | 'sipDomain' | 'advertisedAddress'> &
    Partial<Pick<Settings, 'maxRegistrations' | 'sipDscp'>>;
  readonly database: Database;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly webSocket: SipWebSocket;
  /** 0 to 1, for which of the new calls are shed in overload; `Math.random` where left out. */
  readonly random?: () => number;
  /** Marks the dialogs that only pass through us, so that they still do after a restart. */
  readonly proxySecret?: Uint8Array;
  /** Opens the stored password of a trunk. */
  readonly unsealTrunkPassword: (sealed: string) => string;
  /** Without it there is no TLS. */
  readonly secure?: SecureSip | undefined;
  /** Our place among the processes that signalling runs in; left out, we are the only one. */
  readonly pinning?: Pinning | undefined;
  /** Opens what was sealed for a HEP collector; without it no key is sent. */
  readonly unsealHepKey?: (sealed: string) => string;
}
