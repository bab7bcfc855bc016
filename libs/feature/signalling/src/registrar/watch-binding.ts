import { parseUri } from '@carillon/sip-message';
import { isListening, type Flow, type UserAgent } from '@carillon/sip-stack';
import type { Clock } from '@carillon/service-runtime';
import type { Binding } from './binding.js';
import type { BindingPings } from './binding-pings.js';
import { flowOf, isWebSocket } from './reach-binding.js';
import { DEFAULT_REGISTRATION_POLICY, type RegistrationPolicy } from './registration-policy.js';
import type { Registrar } from './registrar.js';
import { watchContact } from './watch-contact.js';

/** Time to take a connection. */
const CONNECT_MS = 3_000;

export interface WatchParts {
  readonly registrar: Registrar;
  readonly pings: BindingPings;
  readonly clock: Clock;
}

export interface WatchFacts {
  readonly flow: Flow | undefined;
  /** The phone knows Outbound and was told the Flow-Timer: it keeps its flow alive itself (RFC 5626 §4.4). */
  readonly expectKeepAlive: boolean;
  readonly policy: RegistrationPolicy;
}

/**
 * Watches whether a phone can still be reached the way it registered, so that everybody knows soon when it cannot:
 *
 * | phone                              | how                                             |
 * | ---------------------------------- | ----------------------------------------------- |
 * | through a proxy (Path)             | not ours: its proxy answers 430                 |
 * | Outbound over UDP, TCP, TLS        | its own keep-alives must come (RFC 5626 §5.4)   |
 * | WebSocket                          | its close; the transport pings it (RFC 7118 §6) |
 * | TCP, TLS behind a NAT              | OPTIONS, and the close                          |
 * | UDP behind a NAT                   | OPTIONS, which keep the NAT's binding open      |
 * | TCP, TLS that we can connect to    | its close, then whether it takes connections    |
 * | UDP                                | nothing: its expiry                             |
 */
export function watchBinding({ registrar, pings, clock }: WatchParts, binding: Binding, facts: WatchFacts): void {
  const { flow, policy } = facts;
  if (binding.path.length > 0) return;
  if (flow !== undefined && isWebSocket(binding.protocol))
    registrar.watchFlow(binding, (onDead) => flow.onClosed(onDead));
  else if (flow !== undefined && binding.regId !== null && facts.expectKeepAlive)
    registrar.watchFlow(binding, (onDead) =>
      flow.keepAlive({ role: 'expect', intervalSeconds: policy.flowTimerSeconds, onDead }),
    );
  else if (binding.protocol !== 'udp' && !binding.behindNat && binding.regId === null)
    registrar.watchFlow(binding, (onDead) =>
      watchContact({ clock, listens: () => listensAt(binding.contactUri), onDead }, flow),
    );
  else if (binding.protocol !== 'udp' || binding.behindNat)
    registrar.watchFlow(binding, (onDead) => {
      const stopPings = pings.watch(binding, { seconds: policy.pingSeconds, onDead });
      const forget = flow?.onClosed(onDead);
      return () => {
        stopPings();
        forget?.();
      };
    });
}

/** After a restart: what can be watched without the phone's doing. */
export function watchRestored(parts: WatchParts, userAgent: UserAgent): void {
  for (const binding of parts.registrar.all())
    if (binding.protocol !== 'udp' || binding.behindNat)
      watchBinding(parts, binding, {
        flow: flowOf(userAgent, binding),
        expectKeepAlive: false,
        // Whatever its organisation wants is known with its next REGISTER.
        policy: DEFAULT_REGISTRATION_POLICY,
      });
}

/** The address of a phone that is not behind a NAT is the one that its REGISTER came from. */
async function listensAt(contactUri: string): Promise<boolean> {
  const uri = parseUri(contactUri);
  if (uri?.scheme !== 'sip' && uri?.scheme !== 'sips') return false;
  const secure = uri.scheme === 'sips' || uri.parameters.get('transport')?.toLowerCase() === 'tls';
  return isListening(uri.host, uri.port ?? (secure ? 5061 : 5060), CONNECT_MS);
}
