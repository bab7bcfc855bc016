import type { WebRtcEvent } from '@carillon/media-engine';
import type { PhoneParts } from './phone-parts.js';

/** Tells the bus which browsers are lost, once their endpoints are closed. @returns stops telling */
export function publishWebRtcEvents(parts: PhoneParts): () => void {
  return parts.webRtc?.on((event) => void lose(parts, event)) ?? (() => undefined);
}

async function lose(
  { bus, engine, legs, logger }: PhoneParts,
  { endpointId, reason, detail }: WebRtcEvent,
): Promise<void> {
  const leg = legs.find(endpointId);
  if (leg === undefined) return;
  const { organisationId, callId, legId } = leg;
  const names = { organisationId, callId, legId, endpointId: leg.endpointId };
  logger.warn(names, `A browser is lost: ${detail}.`);
  // Closed first, so that its recording is in place and told before the loss.
  const closed = await engine.closeEndpoint(endpointId, reason);
  if (!closed.ok && closed.code !== 'MEDIA.ENDPOINT_UNKNOWN')
    logger.error(names, `It cannot be closed: ${closed.detail}`);
  if (legs.remove(endpointId) !== undefined) bus.publish('media.endpoint-lost', { ...names, reason });
}
