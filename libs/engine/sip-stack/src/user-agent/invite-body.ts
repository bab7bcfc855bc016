import { buildMultipart, type Entity } from '@carillon/sip-message';

/** Parts of a body that goes beside an offer, at most 16 with it. */
export interface InviteBody {
  readonly body: string | Buffer | undefined;
  /** Undefined where it is SDP alone, or there is none. */
  readonly contentType: string | undefined;
}

/** The offer alone, or with what goes along in one multipart/mixed (RFC 5621 §3). @param boundary that nobody can guess */
export function inviteBody(
  sdp: string | undefined,
  attached: readonly Entity[] | undefined,
  boundary: () => string,
): InviteBody {
  if (attached === undefined || attached.length === 0) return { body: sdp, contentType: undefined };
  const offer = sdp === undefined ? [] : [{ headers: [['Content-Type', 'application/sdp'] as const], body: sdp }];
  return buildMultipart({ subtype: 'mixed', boundary: boundary(), parts: [...offer, ...attached] });
}
