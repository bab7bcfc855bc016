import { granted } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** Closing what is closed is no error. */
export const closeConsumer: RequestHandler<'close-consumer'> = ({ participant }, { consumerId }) => {
  participant.consumers.get(consumerId)?.close();
  return granted({});
};
