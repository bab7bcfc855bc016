import type { types } from 'mediasoup';
import { ClosingSteps } from '../sfu/bridge/closing-steps.js';
import { BridgeFailure } from '../sfu/bridge/bridge-failure.js';
import type { WebRtcFormat, WebRtcMedia, WebRtcSource } from './webrtc-api.js';

export interface StreamPairRequest {
  readonly router: types.Router;
  readonly webRtc: types.WebRtcTransport;
  readonly plain: types.PlainTransport;
  /** Of the audio engine's stream. */
  readonly ssrc: number;
  readonly cname: string;
  readonly media: WebRtcMedia;
}

/** The streams of one offer/answer round. */
export interface StreamPair {
  /** What the other side hears us with. */
  readonly ssrc: number;
  close(): Promise<void>;
}

const MID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:mid';

/**
 * ```text
 * browser ─SRTP→ WebRTC transport: producer → consumer :plain transport ─RTP→ endpoint
 *         ←SRTP─                  consumer ← producer                  ←RTP─
 * ```
 * @throws {Error} where mediasoup refuses; what was opened is closed again
 */
export async function openStreamPair(request: StreamPairRequest): Promise<StreamPair> {
  const { router, webRtc, plain, ssrc, cname, media } = request;
  const closing = new ClosingSteps();
  // Header extensions stay at their end: the audio engine reads none, and browsers need none of ours.
  const rtpCapabilities = { codecs: router.rtpCapabilities.codecs ?? [], headerExtensions: [] };
  const carry = async (
    from: types.Transport,
    to: types.Transport,
    rtpParameters: types.RtpParameters,
  ): Promise<types.Consumer> => {
    const producer = await from.produce({ kind: 'audio', rtpParameters });
    closing.add(() => producer.close());
    const consumer = await to.consume({ producerId: producer.id, rtpCapabilities });
    closing.add(() => consumer.close());
    return consumer;
  };
  try {
    const codecs = codecParameters(media);
    if (media.source !== undefined) {
      await carry(webRtc, plain, { codecs, ...sourceParameters(media.source), rtcp: { cname: 'remote' } });
    }
    const heard = await carry(plain, webRtc, { codecs, encodings: [{ ssrc }], rtcp: { cname, reducedSize: true } });
    const heardSsrc = heard.rtpParameters.encodings?.[0]?.ssrc;
    if (heardSsrc === undefined) throw new BridgeFailure('The SFU', 'gave a consumer without SSRC');
    return { ssrc: heardSsrc, close: () => closing.run() };
  } catch (error) {
    await closing.run();
    throw error;
  }
}

/** mediasoup's name of a format. */
export function mimeTypeOf({ name }: WebRtcFormat): string {
  return `audio/${name}`;
}

function codecParameters({ codec, telephoneEvent }: WebRtcMedia): types.RtpCodecParameters[] {
  return [codec, ...(telephoneEvent === undefined ? [] : [telephoneEvent])].map((format) => ({
    mimeType: mimeTypeOf(format),
    payloadType: format.payloadType,
    clockRate: format.clockRate,
    channels: format.channels,
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
