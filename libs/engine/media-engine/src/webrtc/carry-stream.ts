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
  /** Whether a packet of it has come. */
  readonly begun: boolean;
  close(): Promise<void>;
}

const MID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:mid';
const MID_CAPABILITY = { kind: 'audio', uri: MID_EXTENSION, preferredId: MID_EXTENSION_ID } as const;

/**
 * `browser ─SRTP→ WebRTC transport: producer → consumer :plain transport ─RTP→ endpoint`
 * @param begunWith payload type of its first packet where that is not the codec's: mediasoup takes no other for the
 * beginning of a stream, and every agreed one afterwards
 * @throws {Error} where mediasoup refuses; what was opened is closed again
 */
export function carryToEndpoint(
  { router, webRtc, plain }: StreamWay,
  media: WebRtcMedia,
  { source, begunWith }: { readonly source: WebRtcSource; readonly begunWith?: number | undefined },
): Promise<CarriedStream> {
  const codecs = codecParameters(receivedFormats(media, begunWith));
  const rtpParameters = { codecs, ...sourceParameters(source), rtcp: { cname: 'remote' } };
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
  const codecs = codecParameters(sentFormats(media));
  const rtpParameters = { codecs, encodings: [{ ssrc }], rtcp: { cname, reducedSize: true } };
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
    let begun = false;
    // Told first when a stream of it begins.
    producer.on('score', () => (begun = true));
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
    return {
      ssrc,
      get begun() {
        return begun;
      },
      close: () => closing.run(),
    };
  } catch (error) {
    await closing.run();
    throw error;
  }
}

/** Audio that the other side may send, the first choice first. */
export function receivedAudio({ codec, others = [] }: WebRtcMedia): WebRtcFormat[] {
  return [codec, ...others.filter(({ name }) => name !== 'telephone-event')];
}

function receivedFormats(media: WebRtcMedia, begunWith: number | undefined): WebRtcFormat[] {
  const audio = receivedAudio(media);
  const first = audio.find(({ payloadType }) => payloadType === begunWith) ?? media.codec;
  const events = [media.telephoneEvent, ...(media.others ?? [])].filter((format) => format?.name === 'telephone-event');
  return [first, ...audio.filter((format) => format !== first), ...events.filter((format) => format !== undefined)];
}

function sentFormats({ codec, telephoneEvent }: WebRtcMedia): WebRtcFormat[] {
  return telephoneEvent === undefined ? [codec] : [codec, telephoneEvent];
}

/** Names and clocks of telephone events in mediasoup: of codecs that nobody offers. */
const EVENT_CODECS: Readonly<Record<number, { mimeType: string; clockRate: number; channels: number }>> = {
  8000: { mimeType: 'audio/iLBC', clockRate: 8000, channels: 1 },
  16_000: { mimeType: 'audio/SILK', clockRate: 16_000, channels: 1 },
  48_000: { mimeType: 'audio/SILK', clockRate: 24_000, channels: 1 },
};
const OTHER_EVENT_CODEC = { mimeType: 'audio/SILK', clockRate: 12_000, channels: 1 };

/**
 * A format as mediasoup is told of it. Its consumers pass on media alone and drop telephone events (RFC 4733), so these
 * travel under names of codecs that nobody offers: to mediasoup all that counts of a second codec is the payload type.
 */
export function sfuCodecOf({ name, clockRate, channels }: WebRtcFormat): {
  mimeType: string;
  clockRate: number;
  channels: number;
} {
  return name === 'telephone-event'
    ? (EVENT_CODECS[clockRate] ?? OTHER_EVENT_CODEC)
    : { mimeType: `audio/${name}`, clockRate, channels };
}

function codecParameters(formats: readonly WebRtcFormat[]): types.RtpCodecParameters[] {
  return formats.map((format) => ({ ...sfuCodecOf(format), payloadType: format.payloadType }));
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
