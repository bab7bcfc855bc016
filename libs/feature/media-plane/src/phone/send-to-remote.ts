import { isIP } from 'node:net';
import type { EndpointMedia, Outcome } from '@carillon/media-engine';
import type { AgreedAudio, MediaDescription, SessionDescription } from '@carillon/sdp';
import type { PhoneLeg } from './phone-leg.js';
import type { PhoneParts } from './phone-parts.js';

/** Nobody is sent to; who speaks from somewhere is sent to there. */
export const NOWHERE = '0.0.0.0';
/** RFC 4291 §2.5.6: fe80::/10, which means something on one network alone, and another thing on each. */
const LINK_LOCAL = /^fe[89ab]/i;

/** Whether SDP gives the name of a host instead of its address (RFC 8866 §5.7). */
export function isNamed({ remote }: AgreedAudio): boolean {
  return isIP(remote.address) === 0;
}

/**
 * What can be sent to at once. A zone is that phone's own business (RFC 4007 §6), and a name has to be looked up first:
 * until then, and where nobody knows it, media goes to where the phone's comes from.
 */
export function sendable(address: string): string {
  const family = isIP(address);
  if (family === 0 || (family === 6 && LINK_LOCAL.test(address))) return NOWHERE;
  const zone = address.indexOf('%');
  return zone < 0 ? address : address.slice(0, zone);
}

/** Tells the engine what was agreed, and once more when a name has become an address. No answer waits for a name server. */
export function sendToRemote(
  { engine, names, logger }: PhoneParts,
  leg: PhoneLeg,
  { agreed, media }: { readonly agreed: AgreedAudio; readonly media: EndpointMedia },
): Outcome<void> {
  if (leg.security.kind === 'dtls' || !isNamed(agreed)) return engine.setMedia(leg.endpointId, media);
  const { address: name } = agreed.remote;
  const towards = (address: string): EndpointMedia => ({ ...media, ...addressed(agreed, address) });
  const known = names.knownTo(leg, name);
  if (known !== undefined) return engine.setMedia(leg.endpointId, towards(known));
  const told = engine.setMedia(leg.endpointId, media);
  if (!told.ok) return told;
  void names.find(leg, name, familyBefore(agreed.remoteSession, agreed.remoteMedia)).then((address) => {
    logger.debug({ callId: leg.callId, name, address }, 'SDP named a host');
    // Something else may have been agreed meanwhile.
    if (address === undefined || leg.agreed !== agreed) return;
    engine.setMedia(leg.endpointId, { ...towards(address), lookedUp: true });
  });
  return told;
}

/** Where its sound and its reports go, once the name that stands for both is an address. */
function addressed({ remote, remoteRtcp }: AgreedAudio, address: string): Pick<EndpointMedia, 'remote' | 'remoteRtcp'> {
  const sound = { remote: { address, port: remote.port } };
  return remoteRtcp.address === remote.address ? { ...sound, remoteRtcp: { address, port: remoteRtcp.port } } : sound;
}

/** What SDP says in front of an address or a name. */
export function familyBefore({ connection }: SessionDescription, { connections }: MediaDescription): 4 | 6 {
  return (connections[0] ?? connection)?.addressType === 'IP6' ? 6 : 4;
}
