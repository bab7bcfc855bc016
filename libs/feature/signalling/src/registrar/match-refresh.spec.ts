import { parseMessage, type SipRequest } from '@carillon/sip-message';
import { describe, expect, it } from 'vitest';
import { testBinding } from '../testing/binding.js';
import type { Binding } from './binding.js';
import { hashBranch, matchRefresh } from './match-refresh.js';
import { DEFAULT_REGISTRATION_POLICY } from './registration-policy.js';

const CONTACT = '<sip:alice@10.0.0.7:5060>;+sip.instance="<urn:uuid:1>"';
const NOW = 1_000_000;

function register({ contact = CONTACT, callId = 'c', cseq = 8, branch = 'z9hG4bKnew', more = '' } = {}): SipRequest {
  const text =
    `REGISTER sip:example.org SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.7;branch=${branch}\r\nFrom: <sip:alice@example.org>;tag=1\r\n` +
    `To: <sip:alice@example.org>\r\nCall-ID: ${callId}\r\nCSeq: ${cseq} REGISTER\r\nContact: ${contact}\r\n${more}Content-Length: 0\r\n\r\n`;
  const result = parseMessage(Buffer.from(text));
  if (!result.ok || result.message.kind !== 'request') throw new Error('No request');
  return result.message;
}

const present = (rest: Partial<Binding> = {}): Binding =>
  testBinding(CONTACT, { flowId: 'f', instance: 'urn:uuid:1', cseq: 7, expiresAt: NOW + 60_000, ...rest });
const match = (request: SipRequest, binding: Binding, { gruu = false, flowId = 'f' } = {}) =>
  matchRefresh(request, [binding], {
    flowId,
    now: NOW,
    policy: DEFAULT_REGISTRATION_POLICY,
    extensions: { path: true, outbound: false, gruu },
  });

describe('a REGISTER', () => {
  it('with the same contact over the same flow only renews', () => {
    const binding = present();
    expect(match(register({ more: 'Expires: 600\r\n' }), binding)).toMatchObject({
      kind: 'refresh',
      binding,
      times: { callId: 'c', cseq: 8, expiresAt: NOW + 600_000 },
    });
    expect(match(register({ callId: 'another', cseq: 1 }), binding)).toMatchObject({ kind: 'refresh' });
  });

  it.each([
    ['another flow', register(), present(), { flowId: 'g' }],
    ['another contact', register({ contact: '<sip:alice@10.0.0.8>' }), present(), {}],
    ['two contacts', register({ contact: `${CONTACT}, <sip:b@h>` }), present(), {}],
    ['a Path', register({ more: 'Path: <sip:p;lr>\r\n' }), present(), {}],
    ['its end', register({ more: 'Expires: 0\r\n' }), present(), {}],
    ['too short a time', register({ more: 'Expires: 10\r\n' }), present(), {}],
    ['less time than is left', register({ more: 'Expires: 45\r\n' }), present(), {}],
    ['an old CSeq', register({ cseq: 6 }), present(), {}],
    ['a GRUU for the first time', register(), present(), { gruu: true }],
    ['other abilities after a new start', register({ callId: 'n', more: 'Allow: INVITE\r\n' }), present(), {}],
    ['a new Call-ID, which ends its GRUUs', register({ callId: 'n' }), present({ gruuId: 'a' }), { gruu: true }],
  ])('with %s changes something', (_, request, binding, facts) => {
    expect(match(request, binding, facts)).toEqual({ kind: 'change' });
  });

  it('over the same proxies only renews', () => {
    const binding = present({ path: ['<sip:p;lr>'] });
    expect(match(register({ more: 'Path: <sip:p;lr>\r\n' }), binding)).toMatchObject({ kind: 'refresh' });
    expect(match(register({ more: 'Path: <sip:q;lr>\r\n' }), binding)).toEqual({ kind: 'change' });
  });

  it('that came before is told from one that came late', () => {
    const request = register({ cseq: 7, branch: 'z9hG4bKsame' });
    const binding = present({ branchHash: hashBranch(request) });
    expect(match(request, binding)).toEqual({ kind: 'repeated', binding });
    expect(match(register({ cseq: 7, branch: 'z9hG4bKother' }), binding)).toEqual({ kind: 'change' });
  });
});
