import type { SipRequest } from '@carillon/sip-message';
import { createUserAgent, type UserAgent } from '@carillon/sip-stack';
import type { Border } from '../border/border.js';
import type { Ladders } from '../ladder/ladders.js';
import { REGISTRAR_OPTION_TAGS } from '../registrar/register-extensions.js';
import type { SignallingOptions } from '../signalling-options.js';
import { EVENT_PACKAGES } from '../subscriptions/packages.js';
import { listenAddresses, tlsOptions } from './secure-sip.js';

/** Calls that only pass through us are asked to say so often that they go on (RFC 4028 §8.1). */
const PROXIED_SESSION_SECONDS = 1_800;

export interface SipWatchers {
  readonly border: Border;
  readonly ladders: Pick<Ladders, 'tap'>;
  /** The process that a new call is better off in; undefined to leave it where it came. */
  readonly prefer: ((request: SipRequest) => number | undefined) | undefined;
}

/** Listens, under the eyes of the border and the ladders; what comes waits for `start`. Rejects where a port cannot be taken. */
export function openUserAgent(
  options: SignallingOptions,
  { border, ladders, prefer }: SipWatchers,
): Promise<UserAgent> {
  const { settings, secure, proxySecret, pinning, logger } = options;
  return createUserAgent({
    held: true,
    listen: listenAddresses(settings.sip, secure),
    dscp: settings.sipDscp ?? 0,
    ...(secure === undefined ? {} : { tls: tlsOptions(secure.certificates.current) }),
    advertisedAddress: settings.advertisedAddress,
    proxy: {
      sessionExpiresSeconds: PROXIED_SESSION_SECONDS,
      ...(proxySecret === undefined ? {} : { secret: proxySecret }),
    },
    ...(pinning === undefined || prefer === undefined ? {} : { pinning: { ...pinning, prefer } }),
    serverName: 'Carillon',
    admits: border.admits,
    admitsConnection: border.admitsConnection,
    malformed: border.seeMalformed,
    tap: (message) => {
      border.see(message);
      ladders.tap(message);
    },
    supported: REGISTRAR_OPTION_TAGS,
    eventPackages: EVENT_PACKAGES,
    logger: {
      debug: (details, text) => logger.debug(details, text),
      info: (details, text) => logger.info(details, text),
      warn: (details, text) => logger.warn(details, text),
      error: (details, text) => logger.error(details, text),
    },
  });
}
