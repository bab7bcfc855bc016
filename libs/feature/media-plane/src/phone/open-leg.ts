import { randomInt } from 'node:crypto';
import type { CommandPayload, Refusal } from '@carillon/contracts';
import { EndpointId, newId, type MediaEncryption, type OwnerId } from '@carillon/domain';
import { firstOrigin, type SessionDescription } from '@carillon/sdp';
import { answerLeg, codecsOf } from './handle-negotiation.js';
import type { LegSecurity } from './leg-security.js';
import { chooseAudio, offerFor, readSdp, type OfferedAudio } from './negotiate.js';
import type { PhoneLeg } from './phone-leg.js';
import { answer, type PhoneParts } from './phone-parts.js';
import { sdesToOffer } from './sdes-side.js';
import { openWebRtcSide } from './webrtc-side.js';

type Opened = { ok: true; endpointId: EndpointId; ownerId: OwnerId; sdp: string } | Refusal;

/** `media.open` */
export async function openLeg(parts: PhoneParts, payload: CommandPayload<'media.open'>): Promise<Opened> {
  const { engine, legs, ownerId, advertisedAddress } = parts;
  const offered = readOffer(parts, payload.offer);
  if ('ok' in offered) return offered;
  const { offer, audio } = offered;
  const kind = audio?.security.kind ?? OFFERS[payload.encryption].kind;
  const endpointId = newId(EndpointId);
  const opened = await engine.openEndpoint({ endpointId, group: payload.callId, loopback: kind === 'dtls' });
  if (!opened.ok) return answer(opened, () => ({ endpointId, ownerId, sdp: '' }));
  const leg: PhoneLeg = {
    organisationId: payload.organisationId,
    callId: payload.callId,
    legId: payload.legId,
    endpointId,
    endpoint: opened.value,
    security: offer === null ? ourSecurity(payload.encryption) : { kind: 'none' },
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
  const refused = kind === 'dtls' ? await addWebRtc(parts, leg, audio) : undefined;
  const result = refused ?? (await describe(parts, leg, payload));
  if (!result.ok) {
    legs.remove(endpointId);
    await engine.closeEndpoint(endpointId, 'not acceptable');
    return result;
  }
  return { ok: true, endpointId, ownerId, sdp: result.sdp };
}

const OFFERS = {
  none: { kind: 'none' },
  srtp: { kind: 'sdes', protocol: 'RTP/SAVP' },
  'srtp-optional': { kind: 'sdes', protocol: 'RTP/AVP' },
  dtls: { kind: 'dtls' },
} as const satisfies Readonly<Record<MediaEncryption, object>>;

/** Of an offer of ours; WebRTC is added once its transport is open. */
function ourSecurity(encryption: MediaEncryption): LegSecurity {
  const wanted = OFFERS[encryption];
  return wanted.kind === 'sdes' ? sdesToOffer(wanted.protocol) : { kind: 'none' };
}

type ReadOffer = { readonly offer: SessionDescription | null; readonly audio: OfferedAudio | undefined };

function readOffer(parts: PhoneParts, text: string | undefined): ReadOffer | Refusal {
  if (text === undefined) return { offer: null, audio: undefined };
  const read = readSdp(text);
  if (!read.ok) return read;
  const chosen = chooseAudio(read.value, { dtls: parts.webRtc !== undefined });
  return chosen.ok ? { offer: read.value, audio: chosen.value } : chosen;
}

async function addWebRtc(
  parts: PhoneParts,
  leg: PhoneLeg,
  audio: OfferedAudio | undefined,
): Promise<Refusal | undefined> {
  const media = audio === undefined ? undefined : leg.remoteOffer?.media[audio.index];
  const side = await openWebRtcSide(parts, leg.endpoint, media);
  if (!side.ok) return side;
  leg.security = side.value;
  return undefined;
}

/** Our offer, our answer, or nothing yet. */
async function describe(
  parts: PhoneParts,
  leg: PhoneLeg,
  payload: CommandPayload<'media.open'>,
): Promise<{ ok: true; sdp: string } | Refusal> {
  const preferred = codecsOf(parts, payload.preferCodecsOf);
  if (leg.remoteOffer === null)
    return { ok: true, sdp: offerFor(leg, { address: parts.advertisedAddress, preferred }) };
  if (payload.answer === 'later') return { ok: true, sdp: '' };
  const answered = await answerLeg(parts, leg, leg.remoteOffer, preferred);
  if (answered.ok) parts.webRtc?.expectConnection(leg.endpointId);
  return answered;
}
