import { randomInt } from 'node:crypto';
import type { CommandPayload, OfferedEncryption, Refusal } from '@carillon/contracts';
import { EndpointId, newId, type OwnerId } from '@carillon/domain';
import { firstOrigin } from '@carillon/sdp';
import { answerLeg, codecsOf, expectingConnection } from './handle-negotiation.js';
import type { LegSecurity } from './leg-security.js';
import { offerFor, readOffer } from './negotiate.js';
import type { PhoneLeg } from './phone-leg.js';
import { answer, type PhoneParts } from './phone-parts.js';
import { sdesToOffer } from './sdes-side.js';
import { openWebRtcSide } from './webrtc-side.js';

type Opened = { ok: true; endpointId: EndpointId; ownerId: OwnerId; sdp: string } | Refusal;

/** `media.open` */
export async function openLeg(parts: PhoneParts, payload: CommandPayload<'media.open'>): Promise<Opened> {
  const { engine, legs, ownerId, advertisedAddress } = parts;
  const { mustEncrypt } = payload;
  const terms = { dtls: parts.webRtc !== undefined, mustEncrypt };
  const read = payload.offer === undefined ? NO_OFFER : readOffer(payload.offer, terms);
  if (!read.ok) return read;
  const offer = read.value;
  const kind = offer?.audio.security.kind ?? OFFERS[payload.encryption].kind;
  const endpointId = newId(EndpointId);
  const opening = engine.openEndpoint({ endpointId, group: payload.callId, loopback: kind === 'dtls' });
  // Open at once, as a rule: then nothing is waited for.
  const opened = opening instanceof Promise ? await opening : opening;
  if (!opened.ok) return answer(opened, () => ({ endpointId, ownerId, sdp: '' }));
  const leg: PhoneLeg = {
    organisationId: payload.organisationId,
    callId: payload.callId,
    legId: payload.legId,
    endpointId,
    endpoint: opened.value,
    security: offer === null ? ourSecurity(payload.encryption) : { kind: 'none' },
    mustEncrypt,
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
  const refused = kind === 'dtls' ? await addWebRtc(parts, leg, payload.encryption) : undefined;
  const described = refused ?? describe(parts, leg, payload);
  const result = described instanceof Promise ? await described : described;
  if (!result.ok) {
    legs.remove(endpointId);
    await engine.closeEndpoint(endpointId, 'not acceptable');
    return result;
  }
  return { ok: true, endpointId, ownerId, sdp: result.sdp };
}

const NO_OFFER = { ok: true, value: null } as const;

const OFFERS = {
  none: { kind: 'none' },
  srtp: { kind: 'sdes', protocol: 'RTP/SAVP' },
  'srtp-optional': { kind: 'sdes', protocol: 'RTP/AVP' },
  dtls: { kind: 'dtls' },
  'dtls-without-ice': { kind: 'dtls' },
} as const satisfies Readonly<Record<OfferedEncryption, object>>;

/** Of an offer of ours; WebRTC is added once its transport is open. */
function ourSecurity(encryption: OfferedEncryption): LegSecurity {
  const wanted = OFFERS[encryption];
  return wanted.kind === 'sdes' ? sdesToOffer(wanted.protocol) : { kind: 'none' };
}

/** @param encryption of an offer of ours */
async function addWebRtc(
  parts: PhoneParts,
  leg: PhoneLeg,
  encryption: OfferedEncryption,
): Promise<Refusal | undefined> {
  const offer = leg.remoteOffer;
  const theirs = offer?.audio.security;
  const withoutIce =
    theirs === undefined ? encryption === 'dtls-without-ice' : theirs.kind === 'dtls' && theirs.ice === undefined;
  const media = offer?.description.media[offer.audio.index];
  const side = await openWebRtcSide(parts, leg.endpoint, { media, withoutIce });
  if (!side.ok) return side;
  leg.security = side.value;
  return undefined;
}

/** Our offer, our answer, or nothing yet. */
function describe(
  parts: PhoneParts,
  leg: PhoneLeg,
  payload: CommandPayload<'media.open'>,
): { ok: true; sdp: string } | Refusal | Promise<{ ok: true; sdp: string } | Refusal> {
  const preferred = codecsOf(parts, payload.preferCodecsOf);
  if (leg.remoteOffer === null)
    return { ok: true, sdp: offerFor(leg, { address: parts.advertisedAddress, preferred }) };
  if (payload.answer === 'later') return { ok: true, sdp: '' };
  return expectingConnection(parts, leg.endpointId, answerLeg(parts, leg, leg.remoteOffer, preferred));
}
