import { buildReason, reasonPhrase, type Entity, type SipMessage, type SipResponse } from '@carillon/sip-message';
import type { HeaderFields } from '@carillon/sip-stack';
import { addHistory, retarget, type CallHistory } from '../history/call-history.js';
import { addIdentity, type Audience, type Presented } from '../identity/present-party.js';
import { hidesUser, readPrivacy } from '../identity/privacy.js';
import type { Call } from '../call.js';
import type { Leg } from '../leg.js';
import { conveyedPlaces } from './conveyed-location.js';
import { passHeaders, passRefusal, type HeadersInMaking, type PassPolicy } from './pass-headers.js';
import { addSession, newSessionUuid, readSessionUuid, sessionHeader } from './session-identifier.js';

/** What may leave this leg towards the other one. */
export function passPolicyOf(call: Call, leg: Leg): PassPolicy {
  const { trunk, presented } = leg;
  const { privateHeaders } = call;
  return {
    trusted: trunk?.trusted ?? true,
    privacy: presented.privacy,
    privateHeaders,
    location: tellsPlace(call, leg),
  };
}

/** Whether this leg may be told where the caller is, and tell what is wrong with that (RFC 6442). */
function tellsPlace({ privateHeaders, led }: Call, leg: Leg): boolean {
  if (leg.isEmergency) return true;
  const isListed = privateHeaders.some((name) => /^geolocation$/i.test(name));
  return isListed && !hidesUser((led ?? leg).presented.privacy);
}

/** What goes beside the offer: the places that the caller's Geolocation names, where that goes along. */
export function placesFor(call: Call, leg: Leg): readonly Entity[] {
  return tellsPlace(call, leg) ? placesOfCaller(call) : [];
}

/** Whether the INVITE to this leg says anything of where the caller is. */
export function tellsOfPlace(call: Call, leg: Leg): boolean {
  const { led } = call;
  if (led?.origin.kind !== 'incoming' || led.state === 'answered') return false;
  return led.origin.invite.request.has('Geolocation') && tellsPlace(call, leg);
}

/** Those that came with the call, whoever may be told. */
export function placesOfCaller({ led }: Call): readonly Entity[] {
  if (led?.origin.kind !== 'incoming' || led.state === 'answered') return [];
  const { request } = led.origin.invite;
  return request.has('Geolocation') ? conveyedPlaces(request) : [];
}

/** How much this leg may be told about the other one. */
export function audienceOf(call: Call, { trunk }: Leg): Audience {
  return { domain: trunk?.host ?? call.domain, trusted: trunk?.trusted ?? false };
}

/** Headers of the INVITE to a leg. @param presented who calls, as that leg is to see them */
export function inviteHeaders(call: Call, leg: Leg, presented: Presented): HeaderFields {
  const { led, referredBy } = call;
  const audience = audienceOf(call, leg);
  leg.connectedUuid = led?.sessionUuid;
  const calls = led?.origin.kind === 'incoming' && led.state !== 'answered' ? led.origin.invite.request : undefined;
  const headers: HeadersInMaking =
    calls === undefined || led === undefined
      ? {}
      : passHeaders(calls, 'invite', { ...passPolicyOf(call, led), location: tellsPlace(call, leg) });
  addIdentity(headers, presented, audience);
  // Our numbers are no business of a provider outside our trust domain (RFC 7044 §10.1, RFC 5806 §9).
  if (leg.trunk === undefined || audience.trusted)
    addHistory(headers, historyFor(call, leg), { privacy: presented.privacy, trusted: audience.trusted });
  addSession(headers, led?.sessionUuid, undefined);
  if (referredBy !== undefined && leg.trunk === undefined) headers['Referred-By'] = referredBy;
  return headers;
}

/** A member of a group has a number of their own: one more retarget. */
function historyFor(call: Call, leg: Leg): CallHistory {
  const { domain, to, history } = call;
  if (leg.role !== 'callee' || to.kind !== 'group' || leg.party.number === '') return history;
  return retarget(history, { domain, from: to, number: leg.party.number, diverts: true });
}

/** Takes from a response of an outgoing leg what stays with the leg: who it is (RFC 7989) and what it wants kept back. */
export function learnFromResponse(leg: Leg, response: SipResponse): void {
  leg.sessionUuid = readSessionUuid(response) ?? leg.sessionUuid;
  if (response.status >= 200) leg.sessionUuid ??= newSessionUuid();
  const wish = readPrivacy(response);
  if (wish.ok && wish.privacy.size > 0) leg.presented = { ...leg.presented, privacy: wish.privacy };
}

/**
 * Headers of a provisional answer to the leg that is led, out of what came from the one that rings.
 * @param alone no other device of somebody else rings: the identity of who will talk is known (RFC 7989 §7, RFC 3325 §5)
 */
export function progressHeaders(
  call: Call,
  led: Leg,
  ringing: { leg: Leg; response: SipResponse; alone: boolean },
): HeaderFields {
  const { leg, response, alone } = ringing;
  led.connectedUuid = alone ? leg.sessionUuid : undefined;
  const headers = passHeaders(response, 'progress', passPolicyOf(call, leg));
  if (alone) addIdentity(headers, leg.presented, audienceOf(call, led));
  addSession(headers, led.connectedUuid, led.sessionUuid);
  return headers;
}

/** Headers of the 2xx to the leg that is led. @param callee who answered; undefined where an application did */
export function answerHeaders(call: Call, led: Leg, callee: Leg | undefined): HeaderFields {
  led.connectedUuid = callee?.sessionUuid ?? led.connectedUuid ?? newSessionUuid();
  const headers: HeadersInMaking = {};
  if (callee !== undefined) {
    Object.assign(headers, callee.placeRefused, callee.answerHeaders);
    addIdentity(headers, callee.presented, audienceOf(call, led));
  }
  if (wantsHistory(led)) {
    const { trusted } = audienceOf(call, led);
    addHistory(headers, call.history, { privacy: led.presented.privacy, trusted });
  }
  addSession(headers, led.connectedUuid, led.sessionUuid);
  return headers;
}

function wantsHistory({ origin }: Leg): boolean {
  if (origin.kind !== 'incoming') return false;
  const { request } = origin.invite;
  return request.has('Supported') && request.tokens('Supported').includes('histinfo');
}

/** What a refusal of one leg tells the other beside its status. */
export function refusalHeaders(call: Call, leg: Leg, response: SipMessage): HeaderFields {
  return { ...leg.placeRefused, ...passRefusal(response, passPolicyOf(call, leg), call.domain) };
}

/** The same of a 3xx that was not followed: its status goes along as the cause, since the refusal has another one (RFC 3326). */
export function redirectionHeaders(call: Call, leg: Leg, response: SipResponse): HeaderFields {
  const { Reason: causes = [], ...others } = refusalHeaders(call, leg, response);
  const own = buildReason({ protocol: 'SIP', cause: response.status, text: reasonPhrase(response.status) });
  // One value of each protocol (RFC 3326 §2).
  const more = (typeof causes === 'string' ? [causes] : causes).filter((cause) => !/^sip\b/i.test(cause));
  return { ...others, Reason: [own, ...more] };
}

/** What a leg finds wrong with the place of the caller: told the caller though the call goes on without. */
export function placeRefusal(call: Call, leg: Leg, response: SipMessage): HeaderFields {
  const { 'Geolocation-Error': why } = refusalHeaders(call, leg, response);
  return why === undefined ? {} : { 'Geolocation-Error': why };
}

/** Session-ID of a request or response of ours to this leg. */
export function sessionHeaderTo({ connectedUuid, sessionUuid }: Leg): HeaderFields {
  return sessionHeader(connectedUuid, sessionUuid);
}
