import type { types } from 'mediasoup';
import { granted, refused } from '../sfu-outcome.js';
import type { RequestHandler } from './request-context.js';

/** Takes the browser's DTLS fingerprints; mediasoup checks their form. */
export const connectTransport: RequestHandler<'connect-transport'> = async ({ participant }, request) => {
  const transport = participant.transport(request.transportId);
  if (transport === undefined) return refused('SFU.TRANSPORT_UNKNOWN', 'There is no such transport');
  const { fingerprints } = request.dtlsParameters;
  if (!Array.isArray(fingerprints) || fingerprints.length === 0 || fingerprints.length > 8)
    return refused('SFU.BAD_REQUEST', 'dtlsParameters need one to eight fingerprints');
  await transport.connect({ dtlsParameters: request.dtlsParameters as unknown as types.DtlsParameters });
  return granted({});
};
