import type { types } from 'mediasoup';
import { ClosingSteps } from '../sfu/bridge/closing-steps.js';
import { BridgeFailure } from '../sfu/bridge/bridge-failure.js';
import { MID_EXTENSION_ID, type WebRtcFormat, type WebRtcMedia, type WebRtcSource } from './webrtc-api.js';

export interface StreamWay {
  readonly router: types.Router;
  readonly webRtc: types.WebRtcTransport;
  readonly plain: types.PlainTransport;
}

/** Sound on its way through the SFU, in one direction. */
export interface CarriedStream {
  /** What it arrives with. */
  readonly ssrc: number;
  close(): Promise<void>;
}

const MID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const MID_CAPABILITY = { kind: 'audio', uri: MID_EXTENSION, preferredId: MID_EXTENSION_ID } as const;

/**
 * `browser ─SRTP→ WebRTC transport: producer → consumer :plain transport ─RTP→ endpoint`
 * @throws {Error} where mediasoup refuses; what was opened is closed again
 */
export function carryToEndpoint(
  { router, webRtc, plain }: StreamWay,
  media: WebRtcMedia,
  source: WebRtcSource,
): Promise<CarriedStream> {
  const rtpParameters = { codecs: codecParameters(media), ...sourceParameters(source), rtcp: { cname: 'remote' } };
  return carry(router, { from: webRtc, to: plain, rtpParameters });
}

/**
 * `endpoint ─RTP→ plain transport: producer → consumer :WebRTC transport ─SRTP→ browser`
 * @param sender of the audio engine's stream
 * @throws {Error} as `carryToEndpoint`
 */
export function carryToBrowser(
  { router, webRtc, plain }: StreamWay,
  media: WebRtcMedia,
  { ssrc, cname }: { readonly ssrc: number; readonly cname: string },
): Promise<CarriedStream> {
  const rtpParameters = { codecs: codecParameters(media), encodings: [{ ssrc }], rtcp: { cname, reducedSize: true } };
  return carry(router, { from: plain, to: webRtc, rtpParameters, mid: media.ourMid });
}

interface Carrying {
  readonly from: types.Transport;
  readonly to: types.Transport;
  readonly rtpParameters: types.RtpParameters;
  readonly mid?: string | undefined;
}

async function carry(router: types.Router, { from, to, rtpParameters, mid }: Carrying): Promise<CarriedStream> {
  const closing = new ClosingSteps();
  try {
    const producer = await from.produce({ kind: 'audio', rtpParameters });
    closing.add(() => producer.close());
    // Other header extensions stay at their end: the audio engine reads none, and browsers need none of ours.
    const headerExtensions = mid === undefined ? [] : [MID_CAPABILITY];
    const consumer = await to.consume({
      producerId: producer.id,
      rtpCapabilities: { codecs: router.rtpCapabilities.codecs ?? [], headerExtensions },
      ...(mid === undefined ? {} : { mid }),
    });
    closing.add(() => consumer.close());
    const ssrc = consumer.rtpParameters.encodings?.[0]?.ssrc;
    if (ssrc === undefined) throw new BridgeFailure('The SFU', 'gave a consumer without SSRC');
    return { ssrc, close: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}

/**
 * A format as mediasoup is told of it. Its consumers pass on media alone and drop telephone events (RFC 4733), so these
 * travel under names of codecs that nobody offers: to mediasoup all that counts of a second codec is the payload type.
 */
export function sfuCodecOf({ name, clockRate, channels }: WebRtcFormat): {
  mimeType: string;
  clockRate: number;
  channels: number;
} {
  if (name !== 'telephone-event') return { mimeType: `audio/${name}`, clockRate, channels };
  return clockRate === 8000
    ? { mimeType: 'audio/iLBC', clockRate: 8000, channels: 1 }
    : { mimeType: 'audio/SILK', clockRate: 24_000, channels: 1 };
}

function codecParameters({ codec, telephoneEvent }: WebRtcMedia): types.RtpCodecParameters[] {
  return [codec, ...(telephoneEvent === undefined ? [] : [telephoneEvent])].map((format) => ({
    ...sfuCodecOf(format),
    payloadType: format.payloadType,
  }));
}

function sourceParameters({
  ssrc,
  mid,
}: WebRtcSource): Pick<types.RtpParameters, 'mid' | 'headerExtensions' | 'encodings'> {
  return {
    encodings: ssrc === undefined ? [{}] : [{ ssrc }],
    ...(mid === undefined ? {} : { mid: mid.value, headerExtensions: [{ uri: MID_EXTENSION, id: mid.extensionId }] }),
  };
}
