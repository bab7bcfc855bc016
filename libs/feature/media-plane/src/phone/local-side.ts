import { isIPv6 } from 'node:net';
import { MID_EXTENSION_ID } from '@carillon/media-engine';
import {
  FIRST_MID,
  answerSetup,
  dtlsOf,
  dtlsLines,
  ICE_LITE,
  midExtensionLine,
  midExtensionOf,
  midOf,
  PLAIN_RTP_PROTOCOLS,
  webRtcLines,
  type AudioCodec,
  type LocalAudio,
  type SessionDescription,
} from '@carillon/sdp';
import type { WebRtcSecurity } from './leg-security.js';
import { codecsPreferring } from './phone-codecs.js';
import type { PhoneLeg } from './phone-leg.js';
import { sdesLines } from './sdes-side.js';

export interface LocalContext {
  /** The address that goes into SDP where ICE says no other. */
  readonly address: string;
  /** SDP names of codecs, best first. */
  readonly preferred: readonly string[];
}

/** Our side in an answer. @param index the section that was chosen */
export function audioToAnswer(
  leg: PhoneLeg,
  offer: SessionDescription,
  { index, ...context }: LocalContext & { readonly index: number },
): LocalAudio {
  const media = offer.media[index];
  const chosen = { onlySection: index, protocols: media === undefined ? [] : [media.protocol] };
  const { security } = leg;
  if (media === undefined || security.kind === 'none') return plainAudio(leg, context, chosen);
  if (security.kind === 'sdes') return { ...plainAudio(leg, context, chosen), attributes: sdesLines(security) };
  const setup = answerSetup(dtlsOf(offer, media)?.setup, security.role);
  if (security.port !== undefined)
    return {
      ...webRtcAudio(leg, security, context),
      ...chosen,
      attributes: dtlsLines({ ...security, setup, cname: leg.endpoint.cname }),
    };
  const extension = midExtensionOf(media);
  const lines = webRtcLines({ ...security, ...security.ice, setup, cname: leg.endpoint.cname });
  return {
    ...webRtcAudio(leg, security, context),
    ...chosen,
    attributes: extension === undefined ? lines : [midExtensionLine(extension), ...lines],
    sessionAttributes: [ICE_LITE],
  };
}

/** Our side in an offer, the first or a later one. */
export function audioToOffer(leg: PhoneLeg, context: LocalContext): LocalAudio {
  const { security } = leg;
  if (security.kind === 'none') return plainAudio(leg, context);
  if (security.kind === 'sdes')
    return { ...plainAudio(leg, context), protocols: [security.protocol], attributes: sdesLines(security) };
  if (security.port !== undefined)
    return {
      ...webRtcAudio(leg, security, context),
      protocols: [security.protocol],
      attributes: dtlsLines({ ...security, setup: 'actpass', cname: leg.endpoint.cname }),
    };
  const before = leg.agreed === null ? undefined : leg.local?.description.media[leg.agreed.index];
  const mid = (before === undefined ? undefined : midOf(before)) ?? FIRST_MID;
  const lines = webRtcLines({ ...security, ...security.ice, setup: 'actpass', cname: leg.endpoint.cname });
  const extension = before === undefined ? MID_EXTENSION_ID : midExtensionOf(before);
  return {
    ...webRtcAudio(leg, security, context),
    protocols: [security.protocol],
    attributes: [
      ...(before === undefined || midOf(before) === undefined ? [{ name: 'mid', value: mid }] : []),
      ...(extension === undefined ? [] : [midExtensionLine(extension)]),
      ...lines,
    ],
    sessionAttributes: [{ name: 'group', value: `BUNDLE ${mid}` }, ICE_LITE],
  };
}

/** @param chosen the section of an offer that is answered, in its protocol */
function plainAudio(
  leg: PhoneLeg,
  { address, preferred }: LocalContext,
  chosen?: Pick<LocalAudio, 'onlySection' | 'protocols'>,
): LocalAudio {
  return {
    address,
    port: leg.endpoint.rtpPort,
    rtcpMux: true,
    codecs: codecsPreferring(preferred),
    direction: leg.direction,
    protocols: chosen?.protocols ?? PLAIN_RTP_PROTOCOLS,
    onlySection: chosen?.onlySection,
  };
}

function webRtcAudio(leg: PhoneLeg, security: WebRtcSecurity, context: LocalContext): LocalAudio {
  const codecs = codecsPreferring(context.preferred).flatMap((codec): AudioCodec[] => {
    const format = security.formats.find(({ name }) => name.toLowerCase() === codec.name.toLowerCase());
    return format === undefined ? [] : [{ ...codec, payloadType: format.payloadType }];
  });
  return {
    ...plainAudio(leg, context),
    ...(security.port === undefined ? candidateAddress(security, context.address) : { port: security.port }),
    codecs,
  };
}

/** The default candidate, for who reads `c=` and `m=` (RFC 8839 §4.2.1.2): the first that has the other side's family. */
function candidateAddress(
  { ice: { candidates } }: WebRtcSecurity,
  towards: string,
): Partial<Pick<LocalAudio, 'address' | 'port'>> {
  const udp = candidates.filter(({ protocol }) => protocol === 'udp');
  const candidate = udp.find(({ address }) => isIPv6(address) === isIPv6(towards)) ?? udp[0] ?? candidates[0];
  return candidate === undefined ? {} : { address: candidate.address, port: candidate.port };
}
