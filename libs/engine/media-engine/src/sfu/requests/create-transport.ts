import { granted, refused } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

const INITIAL_OUTGOING_BITRATE = 1_000_000;

/** A browser has one transport for each direction: a new one closes the old, with all that it carried. */
export const createTransport: RequestHandler<'create-transport'> = async ({ room, participant, limits }, request) => {
  const { direction } = request;
  const transport = await room.router.createWebRtcTransport({
    webRtcServer: room.webRtcServer,
    enableUdp: true,
    enableTcp: true,
    preferUdp: true,
    initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BITRATE,
  });
  if (direction === 'send') await transport.setMaxIncomingBitrate(limits.maxIncomingBitrate);
  if (participant.closed) {
    transport.close();
    return refused('SFU.PARTICIPANT_UNKNOWN', 'The participant left meanwhile');
  }
  participant.transports.get(direction)?.close();
  participant.transports.set(direction, transport);
  transport.observer.once('close', () => {
    if (participant.transports.get(direction) === transport) participant.transports.delete(direction);
  });
  transport.on('dtlsstatechange', (state) => {
    if (state === 'failed' || state === 'closed') transport.close();
  });
  return granted({
    transportId: transport.id,
    iceParameters: transport.iceParameters,
    iceCandidates: transport.iceCandidates,
    dtlsParameters: transport.dtlsParameters,
  });
};
