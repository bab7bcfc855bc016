import { isIP } from 'node:net';
import type { EndpointMedia } from '@carillon/media-engine';
import {
  answerOffer,
  applyAnswer,
  buildSessionDescription,
  codecsInCommon,
  makeOffer,
  nextOrigin,
  parseSessionDescription,
  PLAIN_RTP_PROTOCOLS,
  type AgreedAudio,
  type LocalAudio,
  type SessionDescription,
} from '@carillon/sdp';
import { codecsPreferring, engineCodecOf } from './phone-codecs.js';
import type { PhoneLeg } from './phone-leg.js';

/** Codes of `media.*` that negotiation can refuse with; signalling maps them to 488 and 400. */
export type Negotiated<T> =
  { ok: true; value: T } | { ok: false; code: 'MEDIA.NOT_ACCEPTABLE' | 'MEDIA.BAD_SDP'; detail: string };

/** Reads what the wire brought. */
export function readSdp(text: string): Negotiated<SessionDescription> {
  const parsed = parseSessionDescription(text);
  if (parsed.ok) return { ok: true, value: parsed.description };
  return { ok: false, code: 'MEDIA.BAD_SDP', detail: `SDP line ${parsed.line}: ${parsed.code}.` };
}

/** SDP names of the codecs that an offer shares with us, best first; empty when there is nothing usable. */
export function sharedCodecs(offer: SessionDescription): string[] {
  const audio = localAudio({ address: '0.0.0.0', rtpPort: 0, direction: 'sendrecv', preferred: [] });
  return codecsInCommon(offer, audio).map(({ codec }) => codec.name);
}

/** Answers an offer and remembers what was agreed in `leg`. An unchanged answer keeps its version (RFC 3264 §8). */
export function answerFor(
  leg: PhoneLeg,
  offer: SessionDescription,
  context: { address: string; preferred: readonly string[] },
): Negotiated<EndpointMedia> {
  const audio = localAudio({ ...context, rtpPort: leg.rtpPort, direction: leg.direction });
  const outcome = answerOffer({ offer, origin: leg.origin, audio });
  if (!outcome.ok) return notAcceptable('No audio that both sides can do.');
  const media = endpointMediaOf(outcome.audio);
  if (!media.ok) return media;
  remember(leg, outcome.answer);
  leg.agreed = outcome.audio;
  leg.remoteOffer = null;
  leg.localOffer = null;
  return media;
}

/** Makes an offer of ours, the first or a later one. */
export function offerFor(leg: PhoneLeg, context: { address: string; preferred: readonly string[] }): string {
  const audio = localAudio({ ...context, rtpPort: leg.rtpPort, direction: leg.direction });
  const previous =
    leg.local === null || leg.agreed === null
      ? {}
      : { previous: { description: leg.local.description, audioIndex: leg.agreed.index } };
  const offer = makeOffer({ origin: leg.origin, audio, ...previous });
  remember(leg, offer);
  leg.localOffer = leg.local?.description ?? offer;
  return leg.local?.text ?? buildSessionDescription(offer);
}

/** Takes the answer to our offer; may come several times, the last counts. */
export function takeAnswer(leg: PhoneLeg, answer: SessionDescription): Negotiated<EndpointMedia> {
  if (leg.localOffer === null) {
    return { ok: false, code: 'MEDIA.BAD_SDP', detail: 'There is no offer of ours to be answered.' };
  }
  const outcome = applyAnswer(leg.localOffer, answer);
  if (!outcome.ok) {
    const malformed = outcome.code === 'mismatch' || outcome.code === 'no-address';
    return {
      ok: false,
      code: malformed ? 'MEDIA.BAD_SDP' : 'MEDIA.NOT_ACCEPTABLE',
      detail: `Answer: ${outcome.code}.`,
    };
  }
  const media = endpointMediaOf(outcome.audio);
  if (media.ok) leg.agreed = outcome.audio;
  return media;
}

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

function localAudio(leg: {
  address: string;
  rtpPort: number;
  direction: LocalAudio['direction'];
  preferred: readonly string[];
}): LocalAudio {
  return {
    address: leg.address,
    port: leg.rtpPort,
    rtcpMux: true,
    codecs: codecsPreferring(leg.preferred),
    direction: leg.direction,
    protocols: PLAIN_RTP_PROTOCOLS,
  };
}

function endpointMediaOf(agreed: AgreedAudio): Negotiated<EndpointMedia> {
  const codec = engineCodecOf(agreed.codec.name);
  if (codec === undefined) return notAcceptable(`The codec ${agreed.codec.name} is not ours.`);
  // A name would have to be looked up on the word of whoever sent the SDP.
  if (isIP(agreed.remote.address) === 0) {
    return { ok: false, code: 'MEDIA.BAD_SDP', detail: 'The c= line must hold an IP address.' };
  }
  const event = agreed.telephoneEvent;
  return {
    ok: true,
    value: {
      codec,
      payloadType: agreed.codec.payloadType,
      receivePayloadType: agreed.codec.receivePayloadType,
      ...(event === undefined
        ? {}
        : {
            telephoneEvent: {
              payloadType: event.payloadType,
              receivePayloadType: event.receivePayloadType,
              clockRate: event.clockRate === 48_000 ? 48_000 : 8000,
            },
          }),
      remote: agreed.remote,
      ...(isIP(agreed.remoteRtcp.address) === 0 ? {} : { remoteRtcp: agreed.remoteRtcp }),
      rtcpMux: agreed.rtcpMux,
      direction: agreed.direction,
    },
  };
}

function notAcceptable(detail: string): Negotiated<never> {
  return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE', detail };
}
