import { granted, refused } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** After a change of network: the same transport under new ICE credentials. */
export const restartIce: RequestHandler<'restart-ice'> = async ({ participant }, { transportId }) => {
  const transport = participant.transport(transportId);
  if (transport === undefined) return refused('SFU.TRANSPORT_UNKNOWN', 'There is no such transport');
  return granted({ iceParameters: await transport.restartIce() });
};
