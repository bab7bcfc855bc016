import { randomInt } from 'node:crypto';
import type { CommandPayload, OfferedEncryption, Refusal } from '@carillon/contracts';
import { EndpointId, newId, type OwnerId } from '@carillon/domain';
import type { OpenedEndpoint, Outcome } from '@carillon/media-engine';
import { firstOrigin } from '@carillon/sdp';
import { answerLeg, codecsOf, expectingConnection } from './handle-negotiation.js';
import type { LegSecurity } from './leg-security.js';
import { offerFor, readOffer } from './negotiate.js';
import { addressTowards, familyOf } from './own-address.js';
import type { PhoneLeg, RemoteOffer } from './phone-leg.js';
import { refusalOf, type PhoneParts } from './phone-parts.js';
import { sdesToOffer } from './sdes-side.js';
import { openWebRtcSide } from './webrtc-side.js';

export type Opened = { ok: true; endpointId: EndpointId; ownerId: OwnerId; sdp: string } | Refusal;

/** `media.open`: at once where the endpoint is, as a rule; what has a WebRTC side comes later. */
export function openLeg(parts: PhoneParts, payload: CommandPayload<'media.open'>): Opened | Promise<Opened> {
  const terms = { dtls: parts.webRtc !== undefined, mustEncrypt: payload.mustEncrypt };
  const read = payload.offer === undefined ? NO_OFFER : readOffer(payload.offer, terms);
  if (!read.ok) return read;
  const offer = read.value;
  const isWebRtc = (offer?.audio.security.kind ?? OFFERS[payload.encryption].kind) === 'dtls';
  const endpointId = newId(EndpointId);
  const opening = parts.engine.openEndpoint({ endpointId, group: payload.callId, loopback: isWebRtc });
  const settle = (opened: Outcome<OpenedEndpoint>): Opened | Promise<Opened> => {
    if (!opened.ok) return refusalOf(opened);
    const leg = addLeg(parts, payload, { endpoint: opened.value, endpointId, offer });
    return isWebRtc ? describeWebRtc(parts, leg, payload) : describe(parts, leg, payload);
  };
  return opening instanceof Promise ? opening.then(settle) : settle(opening);
}

function addLeg(
  parts: PhoneParts,
  { organisationId, callId, legId, encryption, mustEncrypt, family }: CommandPayload<'media.open'>,
  { endpoint, endpointId, offer }: Pick<PhoneLeg, 'endpoint' | 'endpointId'> & { readonly offer: RemoteOffer | null },
): PhoneLeg {
  const address = addressTowards(parts, offer === null ? family : familyOf(offer));
  const leg: PhoneLeg = {
    organisationId,
    callId,
    legId,
    endpointId,
    endpoint,
    security: offer === null ? ourSecurity(encryption) : { kind: 'none' },
    mustEncrypt,
    address,
    // Some phones take the family of a description from its first line that has one.
    origin: firstOrigin(String(randomInt(2 ** 47)), address),
    local: null,
    remoteOffer: offer,
    localOffer: null,
    agreed: null,
    direction: 'sendrecv',
    playId: null,
    recordingId: null,
    recordingPath: '',
  };
  parts.legs.add(leg);
  return leg;
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

async function describeWebRtc(
  parts: PhoneParts,
  leg: PhoneLeg,
  payload: CommandPayload<'media.open'>,
): Promise<Opened> {
  const refused = await addWebRtc(parts, leg, payload.encryption);
  return refused === undefined ? describe(parts, leg, payload) : giveUp(parts, leg, refused);
}

/** Nothing of it is left when its refusal is heard. */
async function giveUp({ legs, engine }: PhoneParts, { endpointId }: PhoneLeg, refusal: Refusal): Promise<Refusal> {
  legs.remove(endpointId);
  await engine.closeEndpoint(endpointId, 'not acceptable');
  return refusal;
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

/** With our offer, our answer, or nothing yet. */
function describe(parts: PhoneParts, leg: PhoneLeg, payload: CommandPayload<'media.open'>): Opened | Promise<Opened> {
  const { endpointId } = leg;
  const { ownerId } = parts;
  if (leg.remoteOffer !== null && payload.answer === 'later') return { ok: true, endpointId, ownerId, sdp: '' };
  const preferred = codecsOf(parts, payload.preferCodecsOf);
  if (leg.remoteOffer === null)
    return { ok: true, endpointId, ownerId, sdp: offerFor(leg, { address: leg.address, preferred }) };
  const described = (answer: { ok: true; sdp: string } | Refusal): Opened | Promise<Opened> =>
    answer.ok ? { ok: true, endpointId, ownerId, sdp: answer.sdp } : giveUp(parts, leg, answer);
  const answered = expectingConnection(parts, endpointId, answerLeg(parts, leg, leg.remoteOffer, preferred));
  return answered instanceof Promise ? answered.then(described) : described(answered);
}
