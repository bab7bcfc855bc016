import { randomInt } from 'node:crypto';
import type { CommandPayload, Refusal } from '@carillon/contracts';
import { EndpointId, newId } from '@carillon/domain';
import type { EndpointMedia } from '@carillon/media-engine';
import { firstOrigin, type SessionDescription } from '@carillon/sdp';
import { answerFor, offerFor, readSdp, sharedCodecs, takeAnswer, type Negotiated } from './negotiate.js';
import type { PhoneLeg } from './phone-leg.js';
import { answer, withLeg, type PhoneParts } from './phone-parts.js';

/** Offers and answers. @returns what stops handling */
export function handleNegotiation(parts: PhoneParts): (() => void)[] {
  const { bus, legs } = parts;
  const owned = { ownerId: parts.ownerId };
  return [
    bus.handle(
      'media.answer',
      ({ endpointId, preferCodecsOf }) =>
        withLeg(legs, endpointId, async (leg) => {
          if (leg.remoteOffer === null) {
            if (leg.local === null) return refusal('MEDIA.BAD_SDP', 'There is no offer to answer.');
            return { ok: true as const, sdp: leg.local.text };
          }
          return answerLeg(parts, leg, leg.remoteOffer, codecsOf(parts, preferCodecsOf));
        }),
      owned,
    ),
    bus.handle(
      'media.accept-answer',
      ({ endpointId, sdp }) =>
        withLeg(legs, endpointId, async (leg) => {
          const read = readSdp(sdp);
          if (!read.ok) return read;
          return apply(parts, leg, takeAnswer(leg, read.value), () => ({}));
        }),
      owned,
    ),
    bus.handle(
      'media.accept-offer',
      ({ endpointId, sdp }) =>
        withLeg(legs, endpointId, async (leg) => {
          const read = readSdp(sdp);
          if (!read.ok) return read;
          return answerLeg(parts, leg, read.value, leg.agreed === null ? [] : [leg.agreed.codec.name]);
        }),
      owned,
    ),
    bus.handle(
      'media.make-offer',
      ({ endpointId, direction }) =>
        withLeg(legs, endpointId, (leg) => {
          leg.direction = direction;
          const preferred = leg.agreed === null ? [] : [leg.agreed.codec.name];
          return { ok: true as const, sdp: offerFor(leg, { address: parts.advertisedAddress, preferred }) };
        }),
      owned,
    ),
  ];
}

/** `media.open` */
export async function openLeg(parts: PhoneParts, payload: CommandPayload<'media.open'>) {
  const { engine, legs, ownerId, advertisedAddress } = parts;
  let offer: SessionDescription | null = null;
  if (payload.offer !== undefined) {
    const read = readSdp(payload.offer);
    if (!read.ok) return read;
    if (sharedCodecs(read.value).length === 0)
      return refusal('MEDIA.NOT_ACCEPTABLE', 'No audio that both sides can do.');
    offer = read.value;
  }
  const endpointId = newId(EndpointId);
  const opened = await engine.openEndpoint({ endpointId, group: payload.callId });
  if (!opened.ok) return answer(opened, () => ({ endpointId, ownerId, sdp: '' }));
  const leg: PhoneLeg = {
    organisationId: payload.organisationId,
    callId: payload.callId,
    legId: payload.legId,
    endpointId,
    rtpPort: opened.value.rtpPort,
    origin: firstOrigin(String(randomInt(2 ** 47)), advertisedAddress),
    local: null,
    remoteOffer: offer,
    localOffer: null,
    agreed: null,
    direction: 'sendrecv',
    playId: null,
    recordingId: null,
    recordingPath: '',
  };
  legs.add(leg);
  const preferred = codecsOf(parts, payload.preferCodecsOf);
  if (offer === null) {
    return { ok: true as const, endpointId, ownerId, sdp: offerFor(leg, { address: advertisedAddress, preferred }) };
  }
  if (payload.answer === 'later') return { ok: true as const, endpointId, ownerId, sdp: '' };
  const answered = await answerLeg(parts, leg, offer, preferred);
  if (answered.ok) return { ok: true as const, endpointId, ownerId, sdp: answered.sdp };
  legs.remove(endpointId);
  await engine.closeEndpoint(endpointId, 'not acceptable');
  return answered;
}

function answerLeg(parts: PhoneParts, leg: PhoneLeg, offer: SessionDescription, preferred: readonly string[]) {
  const negotiated = answerFor(leg, offer, { address: parts.advertisedAddress, preferred });
  return apply(parts, leg, negotiated, () => ({ sdp: leg.local?.text ?? '' }));
}

/** Tells the engine what was agreed. */
async function apply<A extends object>(
  parts: PhoneParts,
  leg: PhoneLeg,
  negotiated: Negotiated<EndpointMedia>,
  build: () => A,
): Promise<({ ok: true } & A) | Refusal> {
  if (!negotiated.ok) return negotiated;
  return answer(await parts.engine.setMedia(leg.endpointId, negotiated.value), build);
}

function codecsOf(parts: PhoneParts, endpointId: EndpointId | undefined): string[] {
  return parts.legs.codecsOf(endpointId, (leg) => (leg.remoteOffer === null ? [] : sharedCodecs(leg.remoteOffer)));
}

function refusal(code: string, detail: string): Refusal {
  return { ok: false, code, detail };
}
