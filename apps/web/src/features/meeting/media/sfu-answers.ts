import { ProducerInfo } from '@carillon/contracts';
import type { types } from 'mediasoup-client';
import { z } from 'zod';

/** mediasoup's own parameters are passed on whole; only that they are objects is looked at. */
const whole = <Shape>() => z.custom<Shape>((value) => typeof value === 'object' && value !== null);

export const CapabilitiesAnswer = z.object({ rtpCapabilities: whole<types.RtpCapabilities>() });
export const TransportAnswer = z.object({
  transportId: z.string(),
  iceParameters: whole<types.IceParameters>(),
  iceCandidates: whole<types.IceCandidate[]>(),
  dtlsParameters: whole<types.DtlsParameters>(),
});
export const IceAnswer = z.object({ iceParameters: whole<types.IceParameters>() });
export const ProduceAnswer = z.object({ producerId: z.string() });
export const ConsumeAnswer = z.object({
  consumerId: z.string(),
  kind: z.enum(['audio', 'video']),
  rtpParameters: whole<types.RtpParameters>(),
});
export const ProducersAnswer = z.object({ producers: z.array(ProducerInfo) });
