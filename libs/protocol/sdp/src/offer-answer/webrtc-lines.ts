import type { Attribute, MediaDescription } from '../session-description.js';
import { attributeValues } from '../views/attributes.js';
import { buildIceCandidate } from '../views/ice.js';
import type { DtlsSetup } from '../views/security.js';

/** Our side of a stream with DTLS-SRTP: a certificate, and what we send. */
export interface DtlsSide {
  readonly fingerprints: readonly { readonly hash: string; readonly value: string }[];
  readonly setup: DtlsSetup;
  /** Of what we send; undefined while it is not known. */
  readonly ssrc: number | undefined;
  readonly cname: string;
}

/** The same as an ICE-lite agent (RFC 8445 §2.5). */
export interface WebRtcSide extends DtlsSide {
  readonly usernameFragment: string;
  readonly password: string;
  readonly candidates: readonly {
    readonly foundation: string;
    readonly priority: number;
    readonly address: string;
    readonly port: number;
    readonly protocol: 'udp' | 'tcp';
  }[];
}

export const ICE_LITE: Attribute = { name: 'ice-lite' };
/** The name of the only stream in an offer of ours. */
export const FIRST_MID = '0';
const MID_EXTENSION = 'urn:ietf:params:rtp-hdrext:sdes:mid';
/** Browsers put what they receive into a stream of this name (RFC 8830). */
const STREAM_ID = 'carillon';

/** The media-level lines (RFC 8839 §4, RFC 8842 §5, RFC 8843, RFC 5576). All our candidates are known at once. */
export function webRtcLines(side: WebRtcSide): Attribute[] {
  return [
    { name: 'ice-ufrag', value: side.usernameFragment },
    { name: 'ice-pwd', value: side.password },
    ...side.candidates.map((candidate) => ({ name: 'candidate', value: candidateValue(candidate) })),
    { name: 'end-of-candidates' },
    { name: 'msid', value: `${STREAM_ID} audio` },
    ...dtlsLines(side),
  ];
}

/** The media-level lines of DTLS-SRTP alone, for who does without ICE (RFC 5763 §5, RFC 8122, RFC 5576). */
export function dtlsLines({ fingerprints, setup, ssrc, cname }: DtlsSide): Attribute[] {
  return [
    ...fingerprints.map(({ hash, value }) => ({ name: 'fingerprint', value: `${hash} ${value}` })),
    { name: 'setup', value: setup },
    ...(ssrc === undefined ? [] : [{ name: 'ssrc', value: `${ssrc} cname:${cname}` }]),
  ];
}

/** The id under which a section offers its MID in packets (RFC 8843 §15, RFC 8285 §5); undefined where it does not. */
export function midExtensionOf(media: MediaDescription): number | undefined {
  for (const value of attributeValues(media, 'extmap')) {
    const match = /^(\d{1,3})(?:\/\S+)?\s+(\S+)/.exec(value);
    const id = Number(match?.[1]);
    if (match?.[2] === MID_EXTENSION && id >= 1 && id <= 14) return id;
  }
  return undefined;
}

/** Accepts what `midExtensionOf` found. */
export function midExtensionLine(id: number): Attribute {
  return { name: 'extmap', value: `${id} ${MID_EXTENSION}` };
}

function candidateValue({ foundation, priority, address, port, protocol }: WebRtcSide['candidates'][number]): string {
  return buildIceCandidate({
    foundation,
    component: 1,
    transport: protocol,
    priority,
    address,
    port,
    type: 'host',
    // RFC 6544 §4.5: the browser opens the connection.
    extensions: protocol === 'tcp' ? { tcptype: 'passive' } : {},
  });
}
