import { SRTP_SUITES, type AgreedFormat, type EndpointMedia } from '@carillon/media-engine';
import {
  answerOffer,
  applyAnswer,
  buildSessionDescription,
  chooseSecurity,
  makeOffer,
  nextOrigin,
  packetTimeToSend,
  parseSessionDescription,
  type AgreedAudio,
  type AlsoAgreed,
  type AppliedAnswer,
  type SecurityProblem,
  type SessionDescription,
} from '@carillon/sdp';
import { audioToAnswer, audioToOffer, type LocalContext } from './local-side.js';
import { codecsPreferring, engineCodecOf } from './phone-codecs.js';
import type { PhoneLeg, RemoteOffer } from './phone-leg.js';
import { NOWHERE, sendable } from './send-to-remote.js';

/** Codes of `media.*` that negotiation can refuse with; signalling maps them to 488 and 400. */
export type Negotiated<T> =
  | { ok: true; value: T }
  | {
      ok: false;
      code: 'MEDIA.NOT_ACCEPTABLE' | 'MEDIA.TRANSPORT_NOT_ACCEPTABLE' | 'MEDIA.BAD_SDP';
      detail: string;
    };

/** Reads what the wire brought. */
export function readSdp(text: string): Negotiated<SessionDescription> {
  const parsed = parseSessionDescription(text);
  if (parsed.ok) return { ok: true, value: parsed.description };
  return { ok: false, code: 'MEDIA.BAD_SDP', detail: `SDP line ${parsed.line}: ${parsed.code}.` };
}

const PROBLEMS: Readonly<Record<SecurityProblem, string>> = {
  'no-audio': 'There is no audio in the offer.',
  'no-codec': 'No audio that both sides can do.',
  'no-protocol': 'Audio comes by RTP or SRTP.',
  'no-keys': 'SRTP needs keys: a crypto line, or DTLS.',
  'no-address': 'The offer does not say where its audio goes.',
};

/** About what is heard, and not how it travels. */
const OF_MEDIA: readonly SecurityProblem[] = ['no-audio', 'no-codec', 'no-address'];

export interface OfferTerms {
  /** Whether WebRTC can be done here. */
  readonly dtls: boolean;
  /** Whether sound in the clear is refused. */
  readonly mustEncrypt: boolean;
}

/** Reads an offer, and what of it can be taken. */
export function readOffer(text: string, { dtls, mustEncrypt }: OfferTerms): Negotiated<RemoteOffer> {
  const read = readSdp(text);
  if (!read.ok) return read;
  const choice = chooseSecurity(read.value, { codecs: codecsPreferring([]), suites: SRTP_SUITES, dtls });
  if (choice.ok && mustEncrypt && choice.security.kind === 'none')
    return notEncrypted('The offer has sound in the clear');
  if (choice.ok) return { ok: true, value: { description: read.value, audio: choice } };
  return {
    ok: false,
    code: OF_MEDIA.includes(choice.problem) ? 'MEDIA.NOT_ACCEPTABLE' : 'MEDIA.TRANSPORT_NOT_ACCEPTABLE',
    detail: PROBLEMS[choice.problem],
  };
}

export interface Answer {
  readonly description: SessionDescription;
  readonly agreed: AgreedAudio;
}

/** Answers an offer; nothing is remembered yet. */
export function writeAnswer(
  leg: PhoneLeg,
  offer: SessionDescription,
  context: LocalContext & { readonly index: number },
): Negotiated<Answer> {
  const outcome = answerOffer({ offer, origin: leg.origin, audio: audioToAnswer(leg, offer, context) });
  if (!outcome.ok) return notAcceptable(PROBLEMS['no-codec']);
  return { ok: true, value: { description: outcome.answer, agreed: outcome.audio } };
}

/** Remembers what was agreed in `leg`. An unchanged answer keeps its version (RFC 3264 §8). */
export function rememberAnswer(leg: PhoneLeg, { description, agreed }: Answer): void {
  remember(leg, description);
  leg.agreed = agreed;
  leg.remoteOffer = null;
  leg.localOffer = null;
}

/** Makes an offer of ours, the first or a later one. */
export function offerFor(leg: PhoneLeg, context: LocalContext): string {
  const audio = audioToOffer(leg, context);
  const previous =
    leg.local === null || leg.agreed === null
      ? {}
      : {
          previous: {
            description: leg.local.description,
            audioIndex: leg.agreed.index,
            other: leg.agreed.remoteMedia,
          },
        };
  const offer = makeOffer({ origin: leg.origin, audio, ...previous });
  remember(leg, offer);
  leg.localOffer = leg.local?.description ?? offer;
  return leg.local?.text ?? buildSessionDescription(offer);
}

/** Reads the answer to our offer; may come several times, the last counts. */
export function readAnswer(leg: PhoneLeg, answer: SessionDescription): Negotiated<AgreedAudio> {
  if (leg.localOffer === null) {
    return { ok: false, code: 'MEDIA.BAD_SDP', detail: 'There is no offer of ours to be answered.' };
  }
  const outcome = applyAnswer(leg.localOffer, answer);
  if (outcome.ok) return { ok: true, value: outcome.audio };
  return { ok: false, ...ANSWER_PROBLEMS[outcome.code] };
}

type AnswerRefusal = Omit<Extract<Negotiated<never>, { ok: false }>, 'ok'>;

const ANSWER_PROBLEMS: Readonly<Record<Extract<AppliedAnswer, { ok: false }>['code'], AnswerRefusal>> = {
  rejected: { code: 'MEDIA.NOT_ACCEPTABLE', detail: 'The answer declines the audio.' },
  'no-codec': { code: 'MEDIA.NOT_ACCEPTABLE', detail: 'The answer has no codec of the offer.' },
  mismatch: { code: 'MEDIA.BAD_SDP', detail: 'The answer has other sections than the offer.' },
  'no-address': { code: 'MEDIA.BAD_SDP', detail: 'The answer does not say where its audio goes.' },
  protocol: {
    code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE',
    detail: 'The answer is encrypted and the offer is not, or the other way round.',
  },
  'no-keys': { code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE', detail: 'SRTP was offered, and no key of it came back.' },
};

function remember(leg: PhoneLeg, description: SessionDescription): void {
  let text = buildSessionDescription(description);
  let kept = description;
  if (leg.local !== null && text !== leg.local.text) {
    leg.origin = nextOrigin(leg.origin);
    kept = { ...description, origin: leg.origin };
    text = buildSessionDescription(kept);
  }
  leg.local = { description: kept, text };
}

/** What is sent to who says nothing of it, and in what steps: codecs of 64 kbit/s can be cut anywhere. */
const USUAL_PACKET = { packetTimeMs: 20, frameMs: 10 };

/** What was agreed, as the engine takes it. */
export function endpointMediaOf(agreed: AgreedAudio): Negotiated<EndpointMedia> {
  const codec = engineCodecOf(agreed.codec.name);
  if (codec === undefined) return notAcceptable(`The codec ${agreed.codec.name} is not ours.`);
  const packetTimeMs = packetTimeToSend(agreed.remoteMedia, USUAL_PACKET);
  const event = agreed.telephoneEvent;
  const others = agreed.others.flatMap(formatOf);
  const rtcp = sendable(agreed.remoteRtcp.address);
  return {
    ok: true,
    value: {
      codec,
      payloadType: agreed.codec.payloadType,
      receivePayloadType: agreed.codec.receivePayloadType,
      telephoneEvent:
        event === undefined
          ? undefined
          : {
              payloadType: event.payloadType,
              receivePayloadType: event.receivePayloadType,
              clockRate: event.clockRate,
            },
      others: others.length === 0 ? undefined : others,
      remote: { address: sendable(agreed.remote.address), port: agreed.remote.port },
      remoteRtcp: rtcp === NOWHERE ? undefined : { address: rtcp, port: agreed.remoteRtcp.port },
      rtcpMux: agreed.rtcpMux,
      direction: agreed.direction,
      packetTimeMs: packetTimeMs === USUAL_PACKET.packetTimeMs ? undefined : packetTimeMs,
    },
  };
}

/** None where the engine does not know it. */
function formatOf(agreed: AlsoAgreed): AgreedFormat[] {
  const { name, payloadType, receivePayloadType } = agreed;
  const numbers = receivePayloadType === payloadType ? { payloadType } : { payloadType, receivePayloadType };
  if (name.toLowerCase() === 'telephone-event')
    return [{ format: 'telephone-event', ...numbers, clockRate: agreed.clockRate }];
  const format = engineCodecOf(name);
  return format === undefined ? [] : [{ format, ...numbers }];
}

function notEncrypted(what: string): Negotiated<never> {
  return { ok: false, code: 'MEDIA.TRANSPORT_NOT_ACCEPTABLE', detail: `${what}, and this line takes SRTP alone.` };
}

function notAcceptable(detail: string): Negotiated<never> {
  return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE', detail };
}
