import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkMandatoryHeaders } from './check-mandatory-headers.js';
import { parseMessage } from './parse-message.js';
import type { SipMessage } from './sip-message.js';
import { parseSipOrSipsUri } from '../values/uri.js';
import { parseVia } from '../values/via.js';

interface Facts {
  method?: string;
  status?: number;
  reason?: string;
  requestUri?: string;
  requestUserDecoded?: string;
  requestHost?: string;
  requestPort?: number | null;
  cseq?: { seq: number; method: string };
  maxForwards?: number | null;
  callId?: string;
  fromTag?: string | null;
  from?: { displayName?: string; uri: string; tag?: string };
  viaCount?: number;
  viaTransports?: string[];
  viaHosts?: string[];
  viaHost?: string;
  viaReceived?: string;
  contactCount?: number;
  contactHost?: string;
  contactUri?: string;
  contactUsersDecodedHex?: string[];
  toUserDecoded?: string;
  fromUserDecoded?: string;
  toDisplayHex?: string;
  toDisplayName?: string;
  extensionHeaders?: Record<string, string>;
  require?: string[];
  bodyLength?: number;
}

interface Vector {
  id: string;
  file: string;
  section: string;
  title: string;
  class: string;
  parse: string;
  facts: Facts;
  uas: (number | string)[] | null;
  registrar?: (number | string)[] | null;
}

const folder = (rfc: string): URL => new URL(`../../vectors/${rfc}/`, import.meta.url);
const load = (rfc: string): Vector[] =>
  (JSON.parse(readFileSync(new URL('expected.json', folder(rfc)), 'utf8')) as { messages: Vector[] }).messages;

/** Messages whose only allowed outcome is a refusal as malformed, or being dropped. */
function mustBeRefused(vector: Vector): boolean {
  const outcomes = vector.uas ?? vector.registrar ?? [];
  const refused = outcomes.every((outcome) => outcome === 400 || outcome === 'discard');
  // A broadcast Via is well-formed; where its response goes is the transport's matter.
  return outcomes.length > 0 && refused && vector.parse !== 'accept';
}

function mustBeAccepted(vector: Vector): boolean {
  return vector.parse === 'accept' || vector.parse === 'accept-start-line';
}

function checkFacts(message: SipMessage, facts: Facts): void {
  const seen: Facts = {};
  const uri = message.kind === 'request' ? parseSipOrSipsUri(message.uriText) : undefined;
  if (message.kind === 'request') {
    if (facts.method !== undefined) seen.method = message.method;
    if (facts.requestUri !== undefined) seen.requestUri = message.uriText;
    if (facts.maxForwards !== undefined) seen.maxForwards = message.maxForwards ?? null;
  } else {
    if (facts.status !== undefined) seen.status = message.status;
    if (facts.reason !== undefined) seen.reason = message.reason;
  }
  if (facts.requestUserDecoded !== undefined) seen.requestUserDecoded = uri?.user ?? '';
  if (facts.requestHost !== undefined) seen.requestHost = uri?.host ?? '';
  if (facts.requestPort !== undefined) seen.requestPort = uri?.port ?? null;
  if (facts.cseq !== undefined) seen.cseq = { seq: message.cseq?.sequence ?? -1, method: message.cseq?.method ?? '' };
  if (facts.callId !== undefined) seen.callId = message.callId ?? '';
  if (facts.fromTag !== undefined) seen.fromTag = message.fromTag ?? null;
  const vias = message.values('Via').map(parseVia);
  if (facts.viaCount !== undefined) seen.viaCount = vias.length;
  if (facts.viaTransports !== undefined) seen.viaTransports = vias.map((via) => via?.transport ?? '');
  if (facts.viaHosts !== undefined) seen.viaHosts = vias.map((via) => via?.host ?? '');
  if (facts.viaHost !== undefined) seen.viaHost = message.topVia?.host ?? '';
  if (facts.viaReceived !== undefined) {
    // Brackets in received are an old mistake (RFC 5118 §4.5): readable, never written.
    seen.viaReceived = message.topVia?.parameters.get('received')?.replace(/[[\]]/g, '') ?? '';
  }
  const contacts = message.contacts.flatMap((contact) => (contact.wildcard ? [] : [contact]));
  if (facts.contactCount !== undefined) seen.contactCount = contacts.length;
  if (facts.contactUri !== undefined) seen.contactUri = contacts[0]?.uri ?? '';
  if (facts.contactHost !== undefined) seen.contactHost = parseSipOrSipsUri(contacts[0]?.uri ?? '')?.host ?? '';
  if (facts.contactUsersDecodedHex !== undefined) {
    seen.contactUsersDecodedHex = contacts.map(({ uri: text }) => hex(parseSipOrSipsUri(text)?.user));
  }
  if (facts.toUserDecoded !== undefined) seen.toUserDecoded = parseSipOrSipsUri(message.to?.uri ?? '')?.user ?? '';
  if (facts.fromUserDecoded !== undefined)
    seen.fromUserDecoded = parseSipOrSipsUri(message.from?.uri ?? '')?.user ?? '';
  if (facts.toDisplayHex !== undefined) seen.toDisplayHex = hex(message.to?.displayName);
  if (facts.toDisplayName !== undefined) seen.toDisplayName = message.to?.displayName ?? '';
  if (facts.extensionHeaders !== undefined) {
    const names = Object.keys(facts.extensionHeaders);
    seen.extensionHeaders = Object.fromEntries(names.map((name) => [name, message.header(name) ?? '']));
  }
  if (facts.require !== undefined) seen.require = message.values('Require');
  if (facts.bodyLength !== undefined) seen.bodyLength = message.body.length;
  expect(facts).toMatchObject(seen);
}

function hex(text: string | undefined): string {
  return Buffer.from(text ?? '', 'utf8')
    .toString('hex')
    .toUpperCase();
}

describe.each(['rfc4475', 'rfc5118'])('%s', (rfc) => {
  it.each(load(rfc))('$section $id: $title', (vector) => {
    const bytes = readFileSync(new URL(vector.file, folder(rfc)));
    const result = parseMessage(bytes);
    const wrong = result.ok ? checkMandatoryHeaders(result.message) : result;
    if (mustBeRefused(vector)) expect(wrong).toMatchObject({ ok: false });
    if (mustBeAccepted(vector)) {
      // RFC 4475 §3.3.4: URIs of unknown schemes are well-formed.
      expect(wrong).toBeUndefined();
      expect(result.ok).toBe(true);
    }
    if (result.ok && wrong === undefined) checkFacts(result.message, vector.facts);
  });
});

describe('every beginning of a torture message', () => {
  it.each(['rfc4475', 'rfc5118'])('%s is read without throwing', (rfc) => {
    for (const { file } of load(rfc)) {
      const bytes = readFileSync(new URL(file, folder(rfc)));
      for (let length = 0; length < bytes.length; length += 3) {
        for (const framing of ['datagram', 'stream'] as const) {
          const result = parseMessage(bytes.subarray(0, length), { framing });
          if (result.ok) checkMandatoryHeaders(result.message);
        }
      }
    }
  });
});
