import { granted } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** Closing what is closed is no error. */
export const closeProducer: RequestHandler<'close-producer'> = ({ participant }, { producerId }) => {
  participant.producer(producerId)?.producer.close();
  return granted({});
};
