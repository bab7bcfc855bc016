import type { MediaStats } from '@carillon/contracts';
import { hostInUrl } from '@carillon/domain';
import type { EndpointStatistics, Outcome, TransportAddress } from '@carillon/media-engine';
import type { PhoneParts } from './phone-parts.js';

/** The end of an endpoint, and its figures. @returns what stops handling */
export function handleClosing(parts: PhoneParts): (() => void)[] {
  const { bus, engine, legs, webRtc } = parts;
  const owned = { ownerId: parts.ownerId };
  return [
    bus.handle(
      'media.close',
      ({ endpointId }) => {
        const remote = webRtc?.remoteAddress(endpointId);
        const closed = (outcome: Outcome<EndpointStatistics>) => {
          legs.remove(endpointId);
          return { ok: true as const, stats: outcome.ok ? statsOf(outcome.value, remote) : null };
        };
        // At once where there was nothing to hear.
        const closing = engine.closeEndpoint(endpointId, 'closed');
        return closing instanceof Promise ? closing.then(closed) : closed(closing);
      },
      owned,
    ),
  ];
}

/** @param remote of the WebRTC side, which stands between the endpoint and the network */
function statsOf(statistics: EndpointStatistics, remote?: TransportAddress | null): MediaStats {
  const from = remote ?? statistics.latchedRemote;
  return {
    codec: statistics.codec,
    packetsReceived: statistics.packetsReceived,
    packetsLost: statistics.packetsLost,
    packetsSent: statistics.packetsSent,
    jitterMs: statistics.jitterMs,
    roundTripMs: statistics.roundTripMs,
    remoteAddress: from === null ? null : `${hostInUrl(from.address)}:${from.port}`,
  };
}
