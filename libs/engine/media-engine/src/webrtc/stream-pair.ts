import type { types } from 'mediasoup';
import { ClosingSteps } from '../sfu/bridge/closing-steps.js';
import { BridgeFailure } from '../sfu/bridge/bridge-failure.js';
import { MID_EXTENSION_ID, type WebRtcFormat, type WebRtcMedia, type WebRtcSource } from './webrtc-api.js';

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
const MID_CAPABILITY = { kind: 'audio', uri: MID_EXTENSION, preferredId: MID_EXTENSION_ID } as const;

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
  const known = router.rtpCapabilities.codecs ?? [];
  const carry = async (
    producing: Promise<types.Producer>,
    to: types.Transport,
    mid?: string,
  ): Promise<types.Consumer> => {
    const producer = await producing;
    closing.add(() => producer.close());
    const rtpCapabilities = { codecs: known, headerExtensions: mid === undefined ? [] : [MID_CAPABILITY] };
    const consumer = await to.consume({
      producerId: producer.id,
      rtpCapabilities,
      ...(mid === undefined ? {} : { mid }),
    });
    closing.add(() => consumer.close());
    return consumer;
  };
  try {
    const codecs = codecParameters(media);
    if (media.source !== undefined) {
      const rtpParameters = { codecs, ...sourceParameters(media.source), rtcp: { cname: 'remote' } };
      await carry(webRtc.produce({ kind: 'audio', rtpParameters }), plain);
    }
    const rtpParameters = { codecs, encodings: [{ ssrc }], rtcp: { cname, reducedSize: true } };
    const heard = await carry(plain.produce({ kind: 'audio', rtpParameters }), webRtc, media.ourMid);
    const heardSsrc = heard.rtpParameters.encodings?.[0]?.ssrc;
    if (heardSsrc === undefined) throw new BridgeFailure('The SFU', 'gave a consumer without SSRC');
    return { ssrc: heardSsrc, close: () => closing.run() };
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
