import type { MediaStats } from '@carillon/contracts';
import type { EndpointStatistics } from '@carillon/media-engine';
import type { PhoneParts } from './phone-parts.js';

/** The end of an endpoint, and its figures. @returns what stops handling */
export function handleClosing(parts: PhoneParts): (() => void)[] {
  const { bus, engine, legs, webRtc } = parts;
  const owned = { ownerId: parts.ownerId };
  return [
    bus.handle(
      'media.close',
      async ({ endpointId }) => {
        const remote = webRtc?.remoteAddress(endpointId);
        const closed = await engine.closeEndpoint(endpointId, 'closed');
        legs.remove(endpointId);
        return { ok: true, stats: closed.ok ? statsOf(closed.value, remote) : null };
      },
      owned,
    ),
  ];
}

/** @param remote of the WebRTC side, which stands between the endpoint and the network */
function statsOf(statistics: EndpointStatistics, remote?: string | null): MediaStats {
  const { latchedRemote } = statistics;
  return {
    codec: statistics.codec,
    packetsReceived: statistics.packetsReceived,
    packetsLost: statistics.packetsLost,
    packetsSent: statistics.packetsSent,
    jitterMs: statistics.jitterMs,
    roundTripMs: statistics.roundTripMs,
    remoteAddress: remote ?? (latchedRemote === null ? null : `${latchedRemote.address}:${latchedRemote.port}`),
  };
}
