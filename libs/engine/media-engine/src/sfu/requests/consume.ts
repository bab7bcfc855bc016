import type { types } from 'mediasoup';
import { granted, refused } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

const MOST_LIST_ENTRIES = 200;

/** Starts paused, so that the browser is ready before the first key frame comes. The same producer again replaces. */
export const consume: RequestHandler<'consume'> = async ({ room, participant, limits }, request) => {
  const transport = participant.transport(request.transportId, 'receive');
  if (transport === undefined) return refused('SFU.TRANSPORT_UNKNOWN', 'There is no such receiving transport');
  const found = room.findProducer(request.producerId);
  if (found === undefined || found.participant === participant)
    return refused('SFU.PRODUCER_UNKNOWN', 'There is no such producer of another participant');
  const { codecs, headerExtensions } = request.rtpCapabilities;
  if ([codecs, headerExtensions].some((list) => Array.isArray(list) && list.length > MOST_LIST_ENTRIES))
    return refused('SFU.BAD_REQUEST', 'rtpCapabilities are too long');
  const rtpCapabilities = request.rtpCapabilities as unknown as types.RtpCapabilities;
  if (!room.router.canConsume({ producerId: request.producerId, rtpCapabilities }))
    return refused('SFU.CANNOT_CONSUME', 'The receiver knows none of the producer’s codecs');
  for (const old of participant.consumers.values()) if (old.producerId === request.producerId) old.close();
  if (participant.consumers.size >= limits.consumersPerParticipant)
    return refused('SFU.LIMIT', 'The participant receives too much already');

  const consumer = await transport.consume({ producerId: request.producerId, rtpCapabilities, paused: true });
  if (participant.closed) {
    consumer.close();
    return refused('SFU.PARTICIPANT_UNKNOWN', 'The participant left meanwhile');
  }
  participant.consumers.set(consumer.id, consumer);
  consumer.observer.once('close', () => participant.consumers.delete(consumer.id));
  return granted({
    consumerId: consumer.id,
    producerId: consumer.producerId,
    kind: consumer.kind,
    rtpParameters: consumer.rtpParameters,
    paused: consumer.producerPaused,
    source: found.held.source,
    participantId: found.participant.participantId,
  });
};
