import { granted, refused } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** One's own microphone or camera off and on again. On also undoes a mute by others. */
export const pauseProducer: RequestHandler<'pause-producer'> = async ({ participant }, { producerId, paused }) => {
  const held = participant.producer(producerId);
  if (held === undefined) return refused('SFU.PRODUCER_UNKNOWN', 'There is no such producer');
  if (held.source === 'microphone') participant.muted = paused;
  await (paused ? held.producer.pause() : held.producer.resume());
  return granted({});
};
