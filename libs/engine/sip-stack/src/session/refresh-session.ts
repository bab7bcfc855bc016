import type { Session } from './session.js';
import type { SessionTimer } from './session-timer.js';

/** How long after a refused refresh the next one may go: the refusal was no accident, but may pass (RFC 4028 §10). */
const RETRY_MILLISECONDS = 30_000;

/**
 * Refreshes a session whose timer is ours (RFC 4028 §7.4, §10): by UPDATE without SDP when the peer takes it, else by a
 * re-INVITE with the last description. Silence, 408 and 481 end the session (see {@link Session.request}); after another refusal
 * it is tried once more by the other method or a little later, then the session ends at its time unless the peer refreshes it.
 */
export function refreshSession(session: Session, timer: SessionTimer): void {
  void refresh(session, timer);
}

async function refresh(session: Session, timer: SessionTimer): Promise<void> {
  const { localSdp } = session;
  const before = timer.agreed;
  const byUpdate = session.remoteAllow.has('UPDATE') || localSdp === undefined;
  let outcome = byUpdate ? await session.update() : await session.reinvite({ sdp: localSdp });
  if (byUpdate && localSdp !== undefined && (outcome.status === 405 || outcome.status === 501)) {
    outcome = await session.reinvite({ sdp: localSdp });
  }
  // Over, or refreshed meanwhile by the peer or by an offer of ours.
  if (outcome.ok || timer.agreed !== before) return;
  session.core.logger.warn({ callId: session.id.callId, status: outcome.status }, 'Session refresh refused');
  if (timer.refused) timer.waitForEnd();
  else {
    timer.refused = true;
    timer.retryAfter(RETRY_MILLISECONDS);
  }
}
