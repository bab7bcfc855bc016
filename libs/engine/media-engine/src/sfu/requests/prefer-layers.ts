import { granted, refused } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** The simulcast layer worth sending: a small tile needs no more than the lowest. */
export const preferLayers: RequestHandler<'prefer-layers'> = async ({ participant }, request) => {
  const consumer = participant.consumers.get(request.consumerId);
  if (consumer === undefined) return refused('SFU.CONSUMER_UNKNOWN', 'There is no such consumer');
  const { spatialLayer, temporalLayer } = request;
  await consumer.setPreferredLayers({ spatialLayer, ...(temporalLayer === undefined ? {} : { temporalLayer }) });
  return granted({});
};
