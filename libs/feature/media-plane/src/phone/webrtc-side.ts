import type { Refusal } from '@carillon/contracts';
import {
  MID_EXTENSION_ID,
  type EndpointMedia,
  type OpenedEndpoint,
  type SfuOutcome,
  type WebRtcFormat,
  type WebRtcSource,
} from '@carillon/media-engine';
import {
  answerSetup,
  dtlsOf,
  dtlsRole,
  iceOf,
  isIceRestart,
  isNewDtlsAssociation,
  midExtensionOf,
  midOf,
  rtpFormatsOf,
  sends,
  ssrcsOf,
  directionOf,
  TELEPHONE_EVENT_PAYLOAD_TYPES,
  type AgreedAudio,
  type MediaDescription,
} from '@carillon/sdp';
import type { WebRtcSecurity } from './leg-security.js';
import { engineCodecOf, PHONE_CODECS } from './phone-codecs.js';
import type { PhoneLeg } from './phone-leg.js';
import type { PhoneParts } from './phone-parts.js';
import { isNamed } from './send-to-remote.js';

const MOST_MID_OCTETS = 8;
/** RFC 8827 §6.5 for browsers, RFC 5764 §8 for phones. */
const OUR_PROTOCOL = { withIce: 'UDP/TLS/RTP/SAVPF', withoutIce: 'UDP/TLS/RTP/SAVP' } as const;

/** The formats that we and an offered section have in common, with the numbers it gives them. */
export function formatsOf(media: MediaDescription): WebRtcFormat[] {
  const formats = new Map<string, WebRtcFormat>();
  for (const { name, clockRate, channels, payloadType } of rtpFormatsOf(media)) {
    const known = name.toLowerCase() === 'telephone-event' ? 'telephone-event' : engineCodecOf(name);
    const key = `${known} ${clockRate}`;
    if (known !== undefined && !formats.has(key)) formats.set(key, { name: known, clockRate, channels, payloadType });
  }
  return [...formats.values()];
}

/** The formats of an offer of ours. */
export function ourFormats(): WebRtcFormat[] {
  const codecs = PHONE_CODECS.map(({ engineName: name, clockRate, channels = 1, payloadType }) => ({
    name,
    clockRate,
    channels,
    payloadType,
  }));
  const events = Object.entries(TELEPHONE_EVENT_PAYLOAD_TYPES).map(([clockRate, payloadType]) => ({
    name: 'telephone-event' as const,
    clockRate: Number(clockRate),
    channels: 1,
    payloadType,
  }));
  return [...codecs, ...events];
}

/** Whom a WebRTC side is for. */
export interface WebRtcPeer {
  /** Theirs; undefined: we offer. */
  readonly media: MediaDescription | undefined;
  readonly withoutIce: boolean;
}

/** Opens the WebRTC side of an endpoint that was opened with `loopback`. */
export async function openWebRtcSide(
  { webRtc }: Pick<PhoneParts, 'webRtc'>,
  endpoint: OpenedEndpoint,
  { media, withoutIce }: WebRtcPeer,
): Promise<{ ok: true; value: WebRtcSecurity } | Refusal> {
  if (webRtc === undefined) return { ok: false, code: 'MEDIA.BUSY', detail: 'Nothing here does WebRTC.' };
  const { endpointId, rtpPort, ssrc, cname } = endpoint;
  const formats = media === undefined ? ourFormats() : formatsOf(media);
  const sourceUnsaid = media !== undefined && !withoutIce && isSourceUnsaid(media);
  const opened = await webRtc.open({ endpointId, rtpPort, ssrc, cname, formats, withoutIce, sourceUnsaid });
  if (!opened.ok) return refusalOf(opened);
  const protocol = media?.protocol ?? OUR_PROTOCOL[withoutIce ? 'withoutIce' : 'withIce'];
  return { ok: true, value: { kind: 'dtls', protocol, formats, role: undefined, ssrc: undefined, ...opened.value } };
}

/** What a later offer changes beneath the sound: another certificate needs a new transport, ICE may restart. */
export async function followOffer(
  parts: PhoneParts,
  leg: PhoneLeg,
  agreed: AgreedAudio,
): Promise<WebRtcSecurity | Refusal> {
  let side = leg.security;
  if (side.kind !== 'dtls') return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE', detail: 'The leg does without WebRTC.' };
  if (leg.agreed === null) return side;
  // A refused offer changes nothing (RFC 3261 §14.2): what it replaces could not be had again.
  const refused = refusedAtOnce(side, agreed);
  if (refused !== undefined) return refused;
  const before = { session: leg.agreed.remoteSession, media: leg.agreed.remoteMedia };
  const after = { session: agreed.remoteSession, media: agreed.remoteMedia };
  if (isNewDtlsAssociation(before, after)) {
    const renewed = await openWebRtcSide(parts, leg.endpoint, {
      media: agreed.remoteMedia,
      withoutIce: side.port !== undefined,
    });
    if (!renewed.ok) return renewed;
    leg.security = renewed.value;
    side = renewed.value;
  } else if (side.port === undefined && isIceRestart(before, after)) {
    const restarted = await parts.webRtc?.restartIce(leg.endpointId);
    if (restarted?.ok !== true) return refusalOf(restarted);
    side.ice = restarted.value;
  }
  return side;
}

/** What a description lacks for DTLS with its sound, whatever becomes of the rest. */
function refusedAtOnce({ port }: WebRtcSecurity, agreed: AgreedAudio): Refusal | undefined {
  const ice = iceOf(agreed.remoteSession, agreed.remoteMedia);
  if (dtlsOf(agreed.remoteSession, agreed.remoteMedia) === undefined)
    return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE', detail: 'DTLS was not agreed.' };
  if (port === undefined && (ice === undefined || ice.lite))
    return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE', detail: 'DTLS with ICE was not agreed.' };
  // Without ICE, DTLS begins at once, and with that address.
  if (port !== undefined && isNamed(agreed))
    return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE', detail: 'With DTLS the c= line must hold an IP address.' };
  return undefined;
}

/** Lets the other side connect, and carries the agreed sound. @param ours what our description says about DTLS */
export async function agreeWebRtc(
  { webRtc }: PhoneParts,
  leg: PhoneLeg,
  side: WebRtcSecurity,
  agreed: AgreedAudio,
): Promise<Refusal | undefined> {
  const refused = refusedAtOnce(side, agreed);
  if (refused !== undefined) return refused;
  const dtls = dtlsOf(agreed.remoteSession, agreed.remoteMedia);
  if (webRtc === undefined || dtls === undefined)
    return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE', detail: 'DTLS was not agreed.' };
  const codec = formatFor(side, agreed.codec);
  if (codec === undefined)
    return { ok: false, code: 'MEDIA.NOT_ACCEPTABLE', detail: 'A payload type means something else than before.' };
  if (side.role === undefined) {
    const client =
      leg.localOffer === null ? answerSetup(dtls.setup) === 'active' : dtlsRole('actpass', dtls.setup) === 'client';
    side.role = client ? 'active' : 'passive';
  }
  const connected = await webRtc.connect(leg.endpointId, {
    dtlsRole: side.role === 'active' ? 'server' : 'client',
    fingerprints: dtls.fingerprints,
    ...(side.port === undefined
      ? {}
      : { address: { ...agreed.remote, rtcpMux: agreed.rtcpMux, rtcp: agreed.remoteRtcp } }),
  });
  if (!connected.ok) return refusalOf(connected);
  const source = sourceOf(agreed);
  const mid = shortMidOf(agreed.remoteMedia);
  const event =
    agreed.telephoneEvent === undefined
      ? undefined
      : formatFor(side, { ...agreed.telephoneEvent, name: 'telephone-event' });
  const carried = await webRtc.setMedia(leg.endpointId, {
    codec,
    ...(event === undefined ? {} : { telephoneEvent: event }),
    others: agreed.others.flatMap(({ receivePayloadType, ...other }) => {
      const format = formatFor(side, { ...other, payloadType: receivePayloadType });
      return format === undefined ? [] : [format];
    }),
    ...(source === undefined ? {} : { source }),
    ...(mid === undefined || midExtensionOf(agreed.remoteMedia) !== MID_EXTENSION_ID ? {} : { ourMid: mid }),
  });
  if (!carried.ok) return refusalOf(carried);
  side.ssrc = carried.value.ssrc;
  return undefined;
}

/** The same sound, with mediasoup in the other side's place. */
export function throughLoopback(media: EndpointMedia, { loopback }: WebRtcSecurity): EndpointMedia {
  const { remoteRtcp: _theirs, ...rest } = media;
  return { ...rest, remote: loopback, rtcpMux: true };
}

/** RFC 8843 §9.2: by MID where it was agreed, by SSRC where that was said. */
function sourceOf({ remoteSession, remoteMedia }: AgreedAudio): WebRtcSource | undefined {
  if (!sends(directionOf(remoteSession, remoteMedia))) return undefined;
  const [ssrc] = ssrcsOf(remoteMedia).keys();
  const mid = midSourceOf(remoteMedia);
  if (ssrc === undefined && mid === undefined) return undefined;
  return { ...(ssrc === undefined ? {} : { ssrc }), ...(mid === undefined ? {} : { mid }) };
}

/** Its packets are told by nothing that is said beforehand: phones and gateways with ICE of which RFC 5576 is unknown. */
function isSourceUnsaid(media: MediaDescription): boolean {
  return ssrcsOf(media).size === 0 && midSourceOf(media) === undefined;
}

function midSourceOf(media: MediaDescription): WebRtcSource['mid'] {
  const extensionId = midExtensionOf(media);
  const value = shortMidOf(media);
  return extensionId === undefined || value === undefined ? undefined : { value, extensionId };
}

/** A longer one does not fit into the packets' one-byte header (RFC 8285 §4.2), nor into mediasoup. */
function shortMidOf(media: MediaDescription): string | undefined {
  const mid = midOf(media);
  return mid === undefined || mid.length > MOST_MID_OCTETS ? undefined : mid;
}

function formatFor(
  side: WebRtcSecurity,
  wanted: { readonly name: string; readonly clockRate: number; readonly payloadType: number },
): WebRtcFormat | undefined {
  return side.formats.find(
    ({ name, clockRate, payloadType }) =>
      name.toLowerCase() === wanted.name.toLowerCase() &&
      clockRate === wanted.clockRate &&
      payloadType === wanted.payloadType,
  );
}

function refusalOf(outcome: SfuOutcome<unknown> | undefined): Refusal {
  const detail = outcome === undefined || outcome.ok ? 'Nothing here does WebRTC.' : outcome.detail;
  const unfit = outcome?.ok === false && outcome.code === 'SFU.BAD_REQUEST';
  return { ok: false, code: unfit ? 'MEDIA.NOT_ACCEPTABLE' : 'MEDIA.BUSY', detail };
}
