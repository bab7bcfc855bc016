import { granted, refused } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** Resuming video makes mediasoup ask its producer for a key frame. */
export const pauseConsumer: RequestHandler<'pause-consumer'> = async ({ participant }, { consumerId, paused }) => {
  const consumer = participant.consumers.get(consumerId);
  if (consumer === undefined) return refused('SFU.CONSUMER_UNKNOWN', 'There is no such consumer');
  await (paused ? consumer.pause() : consumer.resume());
  return granted({});
};
