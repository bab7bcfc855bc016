import { parseNameAddress, parseSipOrSipsUri, sameUri } from '@carillon/sip-message';
import type { ContactAddress, SipResponse } from '@carillon/sip-message';
import type { Flow } from '../api/flow.js';
import type { RegistrationGrant } from '../api/registration.js';

/** What we asked for. */
export interface RegistrationAsked {
  readonly contactUri: string;
  readonly expiresSeconds: number;
  readonly outbound: { readonly instanceId: string; readonly regId: number } | undefined;
}

/** Reads a 2xx to REGISTER (RFC 3261 §10.2.4). The time is that of our own Contact; the header is for registrars without. */
export function readRegistration(
  response: SipResponse,
  asked: RegistrationAsked,
  flow: Flow | undefined,
): RegistrationGrant {
  const own = ownContact(response, asked);
  const expiresSeconds = own?.expires ?? response.expires ?? asked.expiresSeconds;
  return {
    response,
    expiresSeconds,
    serviceRoute: routes(response, 'Service-Route'),
    path: routes(response, 'Path'),
    publicGruu: own?.parameters.get('pub-gruu'),
    temporaryGruu: own?.parameters.get('temp-gruu'),
    flow,
  };
}

function ownContact(response: SipResponse, asked: RegistrationAsked): ContactAddress | undefined {
  const contacts = response.contacts.flatMap((contact) => (contact.wildcard ? [] : [contact]));
  const { outbound } = asked;
  if (outbound !== undefined) {
    const byInstance = contacts.find(
      ({ parameters }) =>
        parameters.get('+sip.instance') === `<${outbound.instanceId}>` &&
        parameters.get('reg-id') === String(outbound.regId),
    );
    if (byInstance !== undefined) return byInstance;
  }
  // §10.2.4 compares by §19.1.4; registrars that write URIs in their own way are understood as well.
  return (
    contacts.find(({ uri }) => sameUri(uri, asked.contactUri)) ??
    contacts.find(({ uri }) => reachesSame(uri, asked.contactUri))
  );
}

/** Whether user, host and port are alike, whatever became of the parameters; a port that is left out is 5060. */
function reachesSame(left: string, right: string): boolean {
  const a = parseSipOrSipsUri(left);
  const b = parseSipOrSipsUri(right);
  if (a === undefined || b === undefined) return false;
  return a.user === b.user && a.host === b.host && (a.port ?? 5060) === (b.port ?? 5060);
}

function routes(response: SipResponse, name: string): string[] {
  return response.values(name).flatMap((value) => parseNameAddress(value)?.uri ?? []);
}
