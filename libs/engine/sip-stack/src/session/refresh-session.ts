import { sendOffer } from './send-offer.js';
import type { Session } from './session.js';

/**
 * Refreshes a session whose timer is ours (RFC 4028 §7.4, §10): by UPDATE without SDP when the peer takes it, else by a
 * re-INVITE with the last description. When that fails, the session ends at its time unless the peer refreshes it.
 */
export function refreshSession(session: Session): void {
  const byUpdate = session.remoteAllow.has('UPDATE') || session.localSdp === undefined;
  const options = byUpdate || session.localSdp === undefined ? {} : { sdp: session.localSdp };
  void sendOffer(session, byUpdate ? 'UPDATE' : 'INVITE', options).then((outcome) => {
    if (outcome.ok || session.state === 'ended') return;
    session.core.logger.warn({ callId: session.id.callId, status: outcome.status }, 'Session refresh refused');
    // Half of the interval is left.
    const seconds = session.timerOptions.expiresSeconds / 2;
    session.startTimer({ seconds, refresher: 'remote' });
  });
}
